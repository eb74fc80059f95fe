"""Items, decisions and settlements for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.results.model import Verdict
from services.verify.reviews.actions.decide import Settlement, decide_item, settle_cluster
from services.verify.reviews.model.item import ItemName
from services.verify.reviews.model.steps import Proposal
from services.verify.reviews.queries.item import item_detail
from services.verify.reviews.schemas.items import (
    STANDS,
    ItemDetailSchema,
    ItemSchema,
    ProposalSchema,
    SettlementRequestSchema,
    SettlementSchema,
)
from services.verify.sources.queries import open_cycle
from shared.web.access import current_actor
from shared.web.routing import refuses


def register_items(blueprint: Blueprint, store: Store) -> None:
    """`/v1/cycles/CYCLE/units/UNIT/items/CRITERION…` and `…/clusters/CLUSTER/settlement`."""

    @blueprint.route("/<code:cycle>/units/<code:unit>/items/<code:criterion>")
    class Item(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ItemDetailSchema)
        def get(self, cycle: str, unit: str, criterion: str) -> Any:
            """An item: the claim, what was found, sources down to the row, evidence, peers, decisions."""
            actor = current_actor()
            with store.view() as view:
                return item_detail(view, actor, open_cycle(view, actor, cycle), unit, criterion)

    @blueprint.route("/<code:cycle>/units/<code:unit>/items/<code:criterion>/decisions")
    class Decisions(MethodView):
        @refuses(blueprint, 400, 404, 409, 412, 415, 503)
        @blueprint.arguments(ProposalSchema)
        @blueprint.response(201, ItemSchema)
        def post(self, data: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Decide on an item as you saw it at `version`. A decision is added, never changed."""
            version = data.pop("version")
            stands = data["verdict"] == STANDS
            verdict = Verdict.ACCEPT if stands else Verdict(data["verdict"])
            proposal = Proposal(**data | {"verdict": verdict, "stands": stands})
            name = ItemName(cycle, unit, criterion)
            return decide_item(store, current_actor(), name, proposal, version)

    @blueprint.route("/<code:cycle>/clusters/<code:cluster>/settlement")
    class ClusterSettlement(MethodView):
        @refuses(blueprint, 400, 404, 409, 412, 415, 503)
        @blueprint.arguments(SettlementRequestSchema)
        @blueprint.response(201, SettlementSchema)
        def post(self, data: dict[str, Any], cycle: str, cluster: str) -> Any:
            """Settle all open items of a cluster outside their tolerance at the source's figure; lead reviewers."""
            return settle_cluster(store, current_actor(), Settlement(cycle, cluster, **data))
