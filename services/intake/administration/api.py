"""Preparing and moving cycles, quotas and copies, for machines."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.administration.actions import (
    GivenCopy,
    NewCycle,
    archive_cycle,
    close_intake,
    copy_cycle,
    create_cycle,
    open_cycle,
    set_quotas,
)
from services.intake.administration.queries import read_copy, read_quotas
from services.intake.administration.schemas import (
    CopySchema,
    GivenCopySchema,
    GivenQuotasSchema,
    NewCycleSchema,
    QuotasSchema,
    RotationSchema,
    copy_document,
    quotas_document,
)
from services.intake.cycles.model import Cycle
from services.intake.cycles.queries import read_cycles
from services.intake.cycles.schemas import CycleListSchema, CycleSchema, cycle_document
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_life(blueprint: Blueprint, web: WebDependencies) -> None:
    """List and prepare cycles, and move them on."""

    @blueprint.route("")
    class Cycles(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CycleListSchema)
        def get(self) -> dict[str, Any]:
            """The cycles of the councils you take part in, newest first."""
            return {"cycles": [cycle_document(cycle) for cycle in read_cycles(web.store, current_actor())]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(NewCycleSchema)
        @blueprint.alt_response(200, schema=CycleSchema, description="It was prepared before, exactly so", success=True)
        @blueprint.response(201, CycleSchema)
        def post(self, command: NewCycle) -> Any:
            """Prepare a cycle; administrators of its council."""
            cycle, created = create_cycle(web.store, current_actor(), command)
            return cycle_document(cycle), 201 if created else 200

    _register_move(blueprint, web, "open", open_cycle, "Open: today's membership is copied into the cycle.")
    _register_move(blueprint, web, "close-intake", close_intake, "Take no more submissions.")
    _register_move(blueprint, web, "archive", archive_cycle, "Put a finished cycle away.")


def _register_move(
    blueprint: Blueprint, web: WebDependencies, verb: str, move: Callable[..., Cycle], described: str
) -> None:
    def post(self: MethodView, cycle: str) -> dict[str, Any]:
        return cycle_document(move(web.store, current_actor(), cycle))

    post.__doc__ = described
    post = refuses(blueprint, 404, 409)(blueprint.response(200, CycleSchema)(post))
    name = "".join(part.capitalize() for part in verb.split("-"))
    blueprint.route(f"/<slug:cycle>/{verb}")(type(name, (MethodView,), {"post": post}))


def register_setup(blueprint: Blueprint, web: WebDependencies) -> None:
    """`/v1/cycles/CYCLE/quotas`, `…/copy` and `…/copies`."""

    @blueprint.route("/<slug:cycle>/quotas")
    class Quotas(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, QuotasSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """How many flags each cluster may propose: a ceiling, with its legal source."""
            return quotas_document(list(read_quotas(web.store, current_actor(), cycle).clusters))

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenQuotasSchema)
        @blueprint.response(200, QuotasSchema)
        def put(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Set the quotas of these clusters, all or none; those of other clusters stay."""
            actor = current_actor()
            set_quotas(web.store, actor, cycle, given["quotas"])
            return quotas_document(list(read_quotas(web.store, actor, cycle).clusters))

    @blueprint.route("/<slug:cycle>/copy")
    class Copy(MethodView):
        @refuses(blueprint, 404, 422)
        @blueprint.arguments(RotationSchema, location="query")
        @blueprint.response(200, CopySchema)
        def get(self, asked: dict[str, Any], cycle: str) -> dict[str, Any]:
            """The next year's cycle as it would be made from this one, and what changed in the directory since."""
            return copy_document(read_copy(web.store, current_actor(), cycle, rotate=asked["rotate"]))

    @blueprint.route("/<slug:cycle>/copies")
    class Copies(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenCopySchema)
        @blueprint.response(201, CycleSchema)
        def post(self, given: GivenCopy, cycle: str) -> dict[str, Any]:
            """Prepare the next cycle, with its quotas, renewed memberships and changed heads: all of it or nothing."""
            return cycle_document(copy_cycle(web.store, current_actor(), cycle, given))
