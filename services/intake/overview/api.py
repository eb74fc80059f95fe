"""One cycle with its units, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.overview.queries import read_standings
from services.intake.overview.schemas import WholeCycleSchema, whole_cycle_document
from services.intake.ports import WebDependencies
from shared.web.access import current_actor
from shared.web.routing import refuses


def register_overview(blueprint: Blueprint, web: WebDependencies) -> None:
    """One cycle with its units."""

    @blueprint.route("/<slug:cycle>")
    class OneCycle(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, WholeCycleSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """A cycle with its framework, its members, and where the units you may see stand."""
            return whole_cycle_document(*read_standings(web.store, current_actor(), cycle))
