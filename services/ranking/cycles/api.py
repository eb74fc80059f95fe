"""Cycles for machines: what is ready, what is frozen, what was issued."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.ranking.cycles.queries import overview
from services.ranking.cycles.schemas import CycleListSchema, CycleSchema, overview_document
from services.ranking.ports import Store
from services.ranking.scoring.queries import cycles
from shared.web.access import current_actor
from shared.web.routing import refuses


def cycles_api(store: Store) -> Blueprint:
    """`/v1/cycles` and `/v1/cycles/CYCLE`; `scoring.api` adds freezes and standings to the same blueprint."""
    blueprint = Blueprint("cycles", __name__, url_prefix="/v1/cycles", description="Cycles, freezes, standings")

    @blueprint.route("")
    class Cycles(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CycleListSchema)
        def get(self) -> dict[str, Any]:
            """The cycles of the councils you take part in."""
            with store.view() as view:
                return {"cycles": cycles(view, current_actor())}

    @blueprint.route("/<slug:cycle>")
    class Cycle(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CycleSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """A cycle: per cluster what is missing or undecided and what is frozen; the editions you may see."""
            with store.view() as view:
                return overview_document(overview(view, current_actor(), cycle))

    return blueprint
