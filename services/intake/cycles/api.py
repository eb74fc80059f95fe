"""Deadlines for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.cycles.actions import GivenExtension, extend
from services.intake.cycles.queries import read_calendar
from services.intake.cycles.schemas import (
    CalendarSchema,
    ExtensionSchema,
    GivenExtensionSchema,
    calendar_document,
    extension_document,
)
from services.intake.people.rules import looks
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_cycles(blueprint: Blueprint, web: WebDependencies) -> None:
    """Deadlines."""

    @blueprint.route("/<slug:cycle>/calendar")
    class Calendar(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CalendarSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """The deadline among Vietnam's working days, and the extensions you may see."""
            actor = current_actor()
            view = read_calendar(web.store, actor, cycle)
            seen = [
                one for one in view.cycle.extensions if one.unit is None or looks(actor, view.cycle.council, one.unit)
            ]
            return calendar_document(view, seen)

    @blueprint.route("/<slug:cycle>/extensions")
    class Extensions(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenExtensionSchema)
        @blueprint.response(201, ExtensionSchema)
        def post(self, given: GivenExtension, cycle: str) -> dict[str, Any]:
            """Give more time to the cycle or to one unit, with the reason."""
            return extension_document(extend(web.store, current_actor(), cycle, given).extensions[-1])
