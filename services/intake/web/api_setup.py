"""Quotas and the copying of a cycle, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.domain.roll_up import SUM, RollUp
from services.intake.usecases import copying, earlier_results, quotas
from services.intake.usecases.copying import GivenCopy
from services.intake.web.documents import cycle_document
from services.intake.web.parts import Parts
from services.intake.web.schemas import CycleSchema
from services.intake.web.setup_schemas import (
    CopySchema,
    GivenCopySchema,
    GivenQuotasSchema,
    QuotasSchema,
    RollUpSchema,
    RotationSchema,
    copy_document,
    quotas_document,
)
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_setup(blueprint: Blueprint, parts: Parts) -> None:
    """`/v1/cycles/CYCLE/quotas`, `…/copy` and `…/copies`."""

    @blueprint.route("/<slug:cycle>/quotas")
    class Quotas(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, QuotasSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """How many flags each cluster may propose: a ceiling, with its legal source."""
            return quotas_document(list(quotas.read_quotas(parts.intake, current_actor(), cycle).clusters))

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenQuotasSchema)
        @blueprint.response(200, QuotasSchema)
        def put(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Set the quotas of these clusters, all or none; those of other clusters stay."""
            actor = current_actor()
            quotas.set_quotas(parts.intake, actor, cycle, given["quotas"])
            return quotas_document(list(quotas.read_quotas(parts.intake, actor, cycle).clusters))

    @blueprint.route("/<slug:cycle>/copy")
    class Copy(MethodView):
        @refuses(blueprint, 404, 422)
        @blueprint.arguments(RotationSchema, location="query")
        @blueprint.response(200, CopySchema)
        def get(self, asked: dict[str, Any], cycle: str) -> dict[str, Any]:
            """The next year's cycle as it would be made from this one, and what changed in the directory since."""
            return copy_document(copying.read_copy(parts.intake, current_actor(), cycle, rotate=asked["rotate"]))

    @blueprint.route("/<slug:cycle>/copies")
    class Copies(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenCopySchema)
        @blueprint.response(201, CycleSchema)
        def post(self, given: GivenCopy, cycle: str) -> dict[str, Any]:
            """Prepare the next cycle, with its quotas, renewed memberships and changed heads: all of it or nothing."""
            return cycle_document(copying.copy_cycle(parts.intake, current_actor(), cycle, given))


def register_roll_up(blueprint: Blueprint, parts: Parts) -> None:
    """`/v1/cycles/CYCLE/roll-up`."""

    @blueprint.route("/<slug:cycle>/roll-up")
    class ShorterCycles(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, RollUpSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """Which shorter cycles the cycle rolls up, and how; no parts: none."""
            found = earlier_results.read_roll_up(parts.intake, current_actor(), cycle).roll_up
            return (found or RollUp((), SUM)).document()

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(RollUpSchema)
        @blueprint.response(200, RollUpSchema)
        def put(self, given: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Declare what the cycle rolls up; a unit's form then begins with the joined values."""
            return earlier_results.set_roll_up(parts.intake, current_actor(), cycle, **given).document()
