"""Cycles for machines."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.domain import permissions
from services.intake.domain.cycles import Cycle
from services.intake.usecases import cycles
from services.intake.usecases.calendar import GivenExtension, extend, read_calendar
from services.intake.usecases.cycles import NewCycle
from services.intake.web.calendar_schemas import (
    CalendarSchema,
    ExtensionSchema,
    GivenExtensionSchema,
    calendar_document,
    extension_document,
)
from services.intake.web.documents import cycle_document, whole_cycle_document
from services.intake.web.parts import Parts
from services.intake.web.schemas import CycleListSchema, CycleSchema, NewCycleSchema, WholeCycleSchema
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_cycles(blueprint: Blueprint, parts: Parts) -> None:
    """Deadlines."""

    @blueprint.route("/<slug:cycle>/calendar")
    class Calendar(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CalendarSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """The deadline among Vietnam's working days, and the extensions you may see."""
            actor = current_actor()
            view = read_calendar(parts.intake, actor, cycle)
            seen = [
                one
                for one in view.cycle.extensions
                if one.unit is None or permissions.looks(actor, view.cycle.council, one.unit)
            ]
            return calendar_document(view, seen)

    @blueprint.route("/<slug:cycle>/extensions")
    class Extensions(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenExtensionSchema)
        @blueprint.response(201, ExtensionSchema)
        def post(self, given: GivenExtension, cycle: str) -> dict[str, Any]:
            """Give more time to the cycle or to one unit, with the reason."""
            return extension_document(extend(parts.intake, current_actor(), cycle, given).extensions[-1])


def register_life(blueprint: Blueprint, parts: Parts) -> None:
    """List and prepare cycles, and move them on."""

    @blueprint.route("")
    class Cycles(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CycleListSchema)
        def get(self) -> dict[str, Any]:
            """The cycles of the councils you take part in, newest first."""
            return {"cycles": [cycle_document(cycle) for cycle in cycles.read_cycles(parts.intake, current_actor())]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(NewCycleSchema)
        @blueprint.alt_response(200, schema=CycleSchema, description="It was prepared before, exactly so", success=True)
        @blueprint.response(201, CycleSchema)
        def post(self, command: NewCycle) -> Any:
            """Prepare a cycle; administrators of its council."""
            cycle, created = cycles.create_cycle(parts.intake, current_actor(), command)
            return cycle_document(cycle), 201 if created else 200

    _register_move(blueprint, parts, "open", cycles.open_cycle, "Open: today's membership is copied into the cycle.")
    _register_move(blueprint, parts, "close-intake", cycles.close_intake, "Take no more submissions.")
    _register_move(blueprint, parts, "archive", cycles.archive_cycle, "Put a finished cycle away.")


def register_overview(blueprint: Blueprint, parts: Parts) -> None:
    """One cycle with its units."""

    @blueprint.route("/<slug:cycle>")
    class OneCycle(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, WholeCycleSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """A cycle with its framework, its members, and where the units you may see stand."""
            return whole_cycle_document(*cycles.read_standings(parts.intake, current_actor(), cycle))


def _register_move(blueprint: Blueprint, parts: Parts, verb: str, move: Callable[..., Cycle], described: str) -> None:
    def post(self: MethodView, cycle: str) -> dict[str, Any]:
        return cycle_document(move(parts.intake, current_actor(), cycle))

    post.__doc__ = described
    post = refuses(blueprint, 404, 409)(blueprint.response(200, CycleSchema)(post))
    name = "".join(part.capitalize() for part in verb.split("-"))
    blueprint.route(f"/<slug:cycle>/{verb}")(type(name, (MethodView,), {"post": post}))
