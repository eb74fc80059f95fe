"""How long a cycle's files are kept, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.files.actions import set_rule
from services.intake.files.queries import read_retention
from services.intake.files.schemas import KeepingSchema, RuleSchema, retention_document
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def retention_api(web: WebDependencies) -> Blueprint:
    """`/v1/cycles/CYCLE/keeping`."""
    blueprint = Blueprint("keeping", __name__, url_prefix="/v1/cycles", description="How long files are kept")

    @blueprint.route("/<slug:cycle>/keeping")
    class Keeping(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, KeepingSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """The period, and for administrators which files would be deleted today."""
            return retention_document(read_retention(web.store, current_actor(), cycle))

        @refuses(blueprint, 404, *BODY)
        @blueprint.arguments(RuleSchema)
        @blueprint.response(200, KeepingSchema)
        def put(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Say how long files are kept; administrators."""
            set_rule(web.store, current_actor(), cycle, given["years"], given["legal_source"])
            return retention_document(read_retention(web.store, current_actor(), cycle))

    return blueprint
