"""Quotas and the copying of a cycle, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.cycles.model import SUM, RollUp
from services.intake.ports import WebDependencies
from services.intake.results.actions import set_roll_up
from services.intake.results.queries import read_roll_up
from services.intake.results.schemas import RollUpSchema
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_roll_up(blueprint: Blueprint, web: WebDependencies) -> None:
    """`/v1/cycles/CYCLE/roll-up`."""

    @blueprint.route("/<slug:cycle>/roll-up")
    class ShorterCycles(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, RollUpSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """Which shorter cycles the cycle rolls up, and how; no parts: none."""
            found = read_roll_up(web.store, current_actor(), cycle).roll_up
            return (found or RollUp((), SUM)).document()

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(RollUpSchema)
        @blueprint.response(200, RollUpSchema)
        def put(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Declare what the cycle rolls up; a unit's form then begins with the joined values."""
            return set_roll_up(web.store, current_actor(), cycle, **given).document()
