"""The agreement on criteria, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.adoption.actions import confirm, propose, take_position
from services.intake.adoption.queries import read_adoption
from services.intake.adoption.schemas import (
    AdoptionSchema,
    GivenConfirmationSchema,
    GivenPositionSchema,
    GivenProposalSchema,
    adoption_document,
)
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

NUMBER = "<int(min=1, max=1000000):number>"


def adoption_api(web: WebDependencies) -> Blueprint:
    """`/v1/cycles/<cycle>/proposals…`."""
    blueprint = Blueprint("adoption", __name__, url_prefix="/v1/cycles/<slug:cycle>", description="Criteria agreed on")

    def answer(cycle: str) -> Any:
        return adoption_document(read_adoption(web.store, current_actor(), cycle))

    @blueprint.route("/proposals")
    class Proposals(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, AdoptionSchema)
        def get(self, cycle: str) -> Any:
            """The proposals of criteria with all positions, and how the members stand on the newest."""
            return answer(cycle)

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenProposalSchema)
        @blueprint.response(201, AdoptionSchema)
        def post(self, given: dict[str, Any], cycle: str) -> Any:
            """Propose a framework with its overlays, while the cycle is being prepared."""
            propose(web.store, current_actor(), cycle, given["framework"], given["reason"])
            return answer(cycle)

    @blueprint.route(f"/proposals/{NUMBER}/positions")
    class Positions(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenPositionSchema)
        @blueprint.response(201, AdoptionSchema)
        def post(self, given: dict[str, Any], cycle: str, number: int) -> Any:
            """Comment, approve or dissent in the name of a member, on record."""
            take_position(web.store, current_actor(), cycle, number, **given)
            return answer(cycle)

    @blueprint.route(f"/proposals/{NUMBER}/confirmation")
    class Confirmation(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenConfirmationSchema)
        @blueprint.response(201, AdoptionSchema)
        def post(self, given: dict[str, Any], cycle: str, number: int) -> Any:
            """Confirm: its framework becomes the cycle's. The Board's administrators."""
            confirm(web.store, current_actor(), cycle, number, given["document_number"])
            return answer(cycle)

    return blueprint
