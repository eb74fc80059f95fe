"""Where a source's files are fetched from, and what became of it: API and page."""

from typing import Any

import marshmallow as ma
from flask import make_response, redirect, render_template, request, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from services.verify.adapters import fetch_rows
from services.verify.adapters.reading.sources import sources_of
from services.verify.claims.store.views import cycles_of
from services.verify.ports.fetching import FetchPlan
from services.verify.ports.store import RELEASE_STATES
from services.verify.roles import LOOKERS_AT_SOURCES, councils_of
from services.verify.usecases.fetch import LONGEST_HOURS, save_plan
from services.verify.web.api_sources import no_such_source
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from services.verify.web.parts import Parts
from shared.contracts.fields import Text, WholeNumber, slug
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.problems import STATUS
from shared.web.routing import refuses

MOST_ATTEMPTS = 50
LONGEST_ADDRESS = 2000
IN_PLACE = (Kind.INVALID, Kind.MALFORMED)


class FetchPlanSchema(ma.Schema):
    """Where a source's file is and how often it is asked for."""

    address = Text(longest=LONGEST_ADDRESS, required=True)
    query = fields.Dict(load_default=None, allow_none=True, metadata={"description": "body of a PX-Web query"})
    cycle = slug(required=True)
    status = fields.String(load_default="preliminary", validate=validate.OneOf(RELEASE_STATES))
    every_hours = WholeNumber(load_default=24, validate=validate.Range(min=1, max=LONGEST_HOURS))
    paused = fields.Boolean(load_default=False)


class FetchPlanSavedSchema(ma.Schema):
    """The version under which a plan was kept."""

    version = WholeNumber(required=True)


class AttemptSchema(ma.Schema):
    """One attempt: `asked` (under way), `taken`, `unchanged`, `refused` or `down`."""

    attempted_at = fields.AwareDateTime(required=True, format="iso")
    outcome = fields.String(required=True)
    release = fields.UUID(required=True, allow_none=True)


class FetchingSchema(ma.Schema):
    """The newest plan (null: none) and the newest attempts."""

    plan = fields.Nested(FetchPlanSchema, required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)


def fetching_api(parts: Parts) -> Blueprint:
    """`/v1/sources/SOURCE/fetching`."""
    blueprint = Blueprint("fetching", __name__, url_prefix="/v1", description="Fetching of sources' files")

    @blueprint.route("/sources/<code:source>/fetching")
    class Plan(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, FetchingSchema)
        def get(self, source: str) -> dict[str, Any]:
            """Where the files of a source are fetched from, and what became of the newest attempts."""
            with parts.database.reader() as connection:
                if not sources_of(connection, councils_of(current_actor(), LOOKERS_AT_SOURCES), source):
                    raise no_such_source()
                plan = fetch_rows.newest_plan(connection, source)
                return {"plan": plan, "attempts": fetch_rows.attempts_of(connection, source, MOST_ATTEMPTS)}

        @refuses(blueprint, 400, 404, 415, 422, 503)
        @blueprint.arguments(FetchPlanSchema)
        @blueprint.response(201, FetchPlanSavedSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say where the files of a source are fetched from; its council's administrators may."""
            return {"version": save_plan(parts.store, current_actor(), FetchPlan(source=source, **data))}

    return blueprint


class FetchingPage:
    """The form of the plan and the attempts so far."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def fetching(self, source: str) -> Any:
        """Say where files are fetched from; see what became of it."""
        posted, status = Posted(request.form), 200
        if request.method == "POST":
            status = 422
            plan = _plan(posted, source)
            if plan is not None:
                try:
                    save_plan(self.parts.store, current_actor(), plan)
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal)
                    status = STATUS[refusal.kind]
                else:
                    say_good(sentence("The plan is kept; the source is asked within minutes."))
                    return redirect(url_for("pages.fetching", source=source), 303)
        with self.parts.database.reader() as connection:
            found = sources_of(connection, councils_of(current_actor(), LOOKERS_AT_SOURCES), source)
            if not found:
                raise no_such_source()
            kept = fetch_rows.newest_plan(connection, source)
            attempts = fetch_rows.attempts_of(connection, source, MOST_ATTEMPTS)
            page = render_template(
                "verify/fetching.html",
                source=found[0],
                cycles=[one for one in cycles_of(connection, [found[0]["council"]]) if one["state"] != "archived"],
                posted=posted,
                plan=kept,
                # That an attempt began is worth a line only while nobody knows how it ended.
                attempts=[one for at, one in enumerate(attempts) if at == 0 or one["outcome"] != "asked"],
            )
        return make_response(page, status)


def _plan(posted: Posted, source: str) -> FetchPlan | None:
    try:
        data = FetchPlanSchema().loads("{}", partial=True) | {
            "address": posted.text("address"),
            "query": None,
            "cycle": posted.text("cycle"),
            "every_hours": int(posted.text("every_hours") or "0"),
            "status": posted.text("status"),
            "paused": posted.text("paused") == "1",
        }
        if posted.text("query"):
            data["query"] = FetchPlanSchema(only=("query",)).loads(
                f'{{"query": {posted.text("query")}}}', partial=True
            )["query"]
    except (ma.ValidationError, ValueError):
        field = "query" if posted.text("every_hours").isdigit() else "every_hours"
        said = {
            "query": sentence("The query is a JSON object, as PX-Web shows it below its tables."),
            "every_hours": sentence("Expected a number of hours from 1 to %(most)s.", most=LONGEST_HOURS),
        }
        posted.errors[field] = said[field]
        return None
    if data["status"] not in RELEASE_STATES:
        posted.errors["status"] = sentence("Say whether the figures are final or preliminary.")
    if len(data["address"]) > LONGEST_ADDRESS or "\x00" in data["address"]:
        posted.errors["address"] = sentence("At most %(most)s characters.", most=LONGEST_ADDRESS)
    return None if posted.errors else FetchPlan(source=source, **data)
