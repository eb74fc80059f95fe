"""Scoring for machines: freezing a cluster, its standings."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.ranking.ports import Store
from services.ranking.schemas import SheetSchema
from services.ranking.scoring.actions import freeze_cluster
from services.ranking.scoring.model import FrozenSheet
from services.ranking.scoring.queries import standings
from services.ranking.scoring.schemas import FreezeSchema, StandingsSchema, standings_document
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def add_scoring_api(blueprint: Blueprint, store: Store) -> None:
    """Add `/v1/cycles/CYCLE/clusters/CLUSTER/…` to the blueprint `cycles`."""

    @blueprint.route("/<slug:cycle>/clusters/<code:cluster>/freeze")
    class Freeze(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(FreezeSchema)
        @blueprint.response(201, SheetSchema)
        def post(self, command: dict[str, Any], cycle: str, cluster: str) -> FrozenSheet:
            """Freeze a cluster's scores; refused with a list of what is missing or undecided."""
            return freeze_cluster(store, current_actor(), cycle, cluster, **command)

    @blueprint.route("/<slug:cycle>/clusters/<code:cluster>/standings")
    class Standings(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(200, StandingsSchema)
        def get(self, cycle: str, cluster: str) -> dict[str, Any]:
            """The standings of a frozen cluster with every part and what it rests on."""
            with store.view() as view:
                return standings_document(standings(view, current_actor(), cycle, cluster))
