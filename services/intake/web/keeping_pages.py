"""How long a cycle's files are kept, for people and for machines; administrators say it and see what would go."""

from typing import Any

import marshmallow as ma
from flask import make_response, redirect, render_template, request, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from services.intake.domain.keeping import LONGEST_YEARS
from services.intake.usecases import keeping
from services.intake.usecases.keeping import KeepingView
from services.intake.web.parts import IN_CYCLE, Parts, Routes
from services.intake.web.schemas import day
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import one_line, read_number
from shared.contracts.fields import Text, WholeNumber
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

LONGEST_SOURCE = 300


class KeepingPages:
    """The page of the files' period."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def keeping(self, cycle: str) -> Any:
        """The period; for administrators the form that sets it and the list of what would be deleted today."""
        errors: dict[str, Sentence] = {}
        if request.method == "POST":
            source = one_line(request.form.get("legal_source", ""))
            if len(source) > LONGEST_SOURCE:
                errors["legal_source"] = sentence("At most %(most)s characters.", most=LONGEST_SOURCE)
            else:
                years = read_number(request.form.get("years", "").strip())
                try:
                    keeping.set_rule(self.parts.intake, current_actor(), cycle, years, source)
                    flash_good(sentence("How long files are kept is noted."))
                    return redirect(url_for("pages.keeping", cycle=cycle), 303)
                except BadInput as bad:
                    errors = {fault.path or "": fault.said for fault in bad.faults}
        view = keeping.read_keeping(self.parts.intake, current_actor(), cycle)
        page = render_template(
            "intake/keeping.html",
            view=view,
            cycle=view.cycle,
            scanned=self.parts.files.scanned,
            errors=errors,
            form=request.form,
        )
        return make_response(page, 422 if errors else 200)


class RuleSchema(ma.Schema):
    """For how many years after intake closed files are kept, and which document says so."""

    years = WholeNumber(required=True, validate=validate.Range(min=1, max=LONGEST_YEARS))
    legal_source = Text(required=True, longest=LONGEST_SOURCE, shortest=1)


class ExpiredFileSchema(ma.Schema):
    """A file that would be deleted today."""

    sha256 = fields.String(required=True)
    size = WholeNumber(required=True)
    unit = fields.String(required=True)


class KeepingSchema(ma.Schema):
    """The period of a cycle's files."""

    rule = fields.Nested(RuleSchema, required=True, allow_none=True)
    kept_until = day(required=True, allow_none=True)
    is_over = fields.Boolean(required=True)
    files = fields.List(
        fields.Nested(ExpiredFileSchema), required=True, metadata={"description": "administrators only"}
    )


def keeping_api(parts: Parts) -> Blueprint:
    """`/v1/cycles/CYCLE/keeping`."""
    blueprint = Blueprint("keeping", __name__, url_prefix="/v1/cycles", description="How long files are kept")

    @blueprint.route("/<slug:cycle>/keeping")
    class Keeping(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, KeepingSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """The period, and for administrators which files would be deleted today."""
            return _document(keeping.read_keeping(parts.intake, current_actor(), cycle))

        @refuses(blueprint, 404, *BODY)
        @blueprint.arguments(RuleSchema)
        @blueprint.response(200, KeepingSchema)
        def put(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Say how long files are kept; administrators."""
            keeping.set_rule(parts.intake, current_actor(), cycle, given["years"], given["legal_source"])
            return _document(keeping.read_keeping(parts.intake, current_actor(), cycle))

    return blueprint


def _document(view: KeepingView) -> dict[str, Any]:
    return {"rule": view.rule, "kept_until": view.until, "is_over": view.is_over, "files": view.files}


def keeping_routes(parts: Parts) -> Routes:
    """How long files are kept."""
    pages = KeepingPages(parts)
    return ((IN_CYCLE + "/keeping", "keeping", pages.keeping, ["GET", "POST"]),)
