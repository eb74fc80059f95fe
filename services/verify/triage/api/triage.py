"""Review plans, random audits, joint acceptances, and what the screening was worth, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.sources.queries import open_cycle
from services.verify.triage.actions.accept_together import Together, accept_together, minor_items
from services.verify.triage.actions.audits import draw_audits, set_plan
from services.verify.triage.model import Plan
from services.verify.triage.queries.quality import quality, shown_plan, unit_record
from services.verify.triage.schemas import (
    DrawnSchema,
    MinorSchema,
    PlanRequestSchema,
    PlanSavedSchema,
    PlanSchema,
    QualitySchema,
    RecordSchema,
    TogetherRequestSchema,
    TogetherSchema,
)
from shared.web.access import current_actor
from shared.web.routing import refuses

MOST_UNITS = 200  # whose history one answer holds


def triage_api(store: Store) -> Blueprint:
    """`/v1/cycles/CYCLE/plan`, `…/audits`, `…/quality`, `…/clusters/CLUSTER/minor`, `…/units/UNIT/record`."""
    blueprint = Blueprint("triage", __name__, url_prefix="/v1/cycles", description="What is looked at first, and why")
    _register_plan(blueprint, store)
    _register_quality(blueprint, store)
    _register_minor(blueprint, store)
    return blueprint


def _register_plan(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/<code:cycle>/plan")
    class ReviewPlan(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, PlanSchema)
        def get(self, cycle: str) -> Any:
            """The parameters by which a cycle is reviewed."""
            with store.view() as view:
                return shown_plan(view, open_cycle(view, current_actor(), cycle).cycle)

        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(PlanRequestSchema)
        @blueprint.response(201, PlanSavedSchema)
        def post(self, data: dict[str, Any], cycle: str) -> dict[str, int]:
            """Declare how a cycle is reviewed; its council's administrators, who decide on no item."""
            reason = data.pop("reason")
            return {"version": set_plan(store, current_actor(), cycle, Plan(**data), reason)}

    @blueprint.route("/<code:cycle>/audits")
    class Audits(MethodView):
        @refuses(blueprint, 404, 409, 503)
        @blueprint.response(201, DrawnSchema)
        def post(self, cycle: str) -> dict[str, int]:
            """Draw random audits now; once a plan is declared it happens by itself."""
            return {"drawn": draw_audits(store, current_actor(), cycle)}


def _register_quality(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/<code:cycle>/quality")
    class Quality(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, QualitySchema)
        def get(self, cycle: str) -> Any:
            """Precision by check and source, what random audits found, and units' histories of differences."""
            actor = current_actor()
            with store.view() as view:
                return quality(view, actor, open_cycle(view, actor, cycle), MOST_UNITS)

    @blueprint.route("/<code:cycle>/units/<code:unit>/record")
    class Record(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, RecordSchema)
        def get(self, cycle: str, unit: str) -> Any:
            """A unit's history of differences, for staff and for the unit itself."""
            with store.view() as view:
                return unit_record(view, current_actor(), cycle, unit)


def _register_minor(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/<code:cycle>/clusters/<code:cluster>/minor")
    class MinorItems(MethodView):
        @refuses(blueprint, 404, 409, 503)
        @blueprint.response(200, MinorSchema)
        def get(self, cycle: str, cluster: str) -> Any:
            """The open items of a cluster that lie below the materiality limit, alone and together."""
            return minor_items(store, current_actor(), cycle, cluster)

        @refuses(blueprint, 400, 404, 409, 412, 415, 503)
        @blueprint.arguments(TogetherRequestSchema)
        @blueprint.response(201, TogetherSchema)
        def post(self, data: dict[str, Any], cycle: str, cluster: str) -> Any:
            """Accept them in one decision; a fixed share is set aside to be looked at one by one."""
            return accept_together(store, current_actor(), Together(cycle, cluster, **data))
