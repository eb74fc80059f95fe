"""Where a source's files are fetched from, and what became of it."""

from typing import Any

import marshmallow as ma
from flask import make_response, redirect, render_template, request, url_for

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.fetch import LONGEST_HOURS, save_plan
from services.verify.sources.model import RELEASE_STATES, FetchPlan
from services.verify.sources.queries import MOST_ATTEMPTS
from services.verify.sources.schemas.fetching import LONGEST_ADDRESS, FetchPlanSchema
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.problems import STATUS

IN_PLACE = (Kind.INVALID, Kind.MALFORMED)


class FetchingPage:
    """The form of the plan and the attempts so far."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def fetching(self, source: str) -> Any:
        """Say where files are fetched from; see what became of it."""
        posted, status = Posted(request.form), 200
        if request.method == "POST":
            status = 422
            plan = _plan(posted, source)
            if plan is not None:
                try:
                    save_plan(self.store, current_actor(), plan)
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal)
                    status = STATUS[refusal.kind]
                else:
                    say_good(sentence("The plan is kept; the source is asked within minutes."))
                    return redirect(url_for("pages.fetching", source=source), 303)
        with self.store.view() as view:
            found, kept, attempts = queries.fetching(view, current_actor(), source, MOST_ATTEMPTS)
            cycles = queries.living_cycles(view, found.council)
        page = render_template(
            "sources/fetching.html",
            source=found,
            cycles=cycles,
            posted=posted,
            plan=kept,
            # That an attempt began is worth a line only while nobody knows how it ended.
            attempts=[one for at, one in enumerate(attempts) if at == 0 or one.outcome != "asked"],
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
        messages = {
            "query": sentence("The query is a JSON object, as PX-Web shows it below its tables."),
            "every_hours": sentence("Expected a number of hours from 1 to %(most)s.", most=LONGEST_HOURS),
        }
        posted.errors[field] = messages[field]
        return None
    if data["status"] not in RELEASE_STATES:
        posted.errors["status"] = sentence("Say whether the figures are final or preliminary.")
    if len(data["address"]) > LONGEST_ADDRESS or "\x00" in data["address"]:
        posted.errors["address"] = sentence("At most %(most)s characters.", most=LONGEST_ADDRESS)
    return None if posted.errors else FetchPlan(source=source, **data)
