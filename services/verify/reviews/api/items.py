"""Cycles, the review queue, items, decisions and settlements for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.renewal.actions.screen_again import screen_again
from services.verify.results.model import Verdict
from services.verify.reviews.actions.decide import ItemName, Settlement, decide_item, settle_cluster
from services.verify.reviews.model import Proposal
from services.verify.reviews.queries.item import item_view, materiality, open_cycle
from services.verify.reviews.schemas.items import (
    STANDS,
    AskedSchema,
    CycleListSchema,
    CycleProgressSchema,
    ItemDetailSchema,
    ItemSchema,
    ProgressQuery,
    ProposalSchema,
    QueueQuery,
    QueueSchema,
    SettlementRequestSchema,
    SettlementSchema,
    item_json,
)
from services.verify.reviews.store import item_views as items
from services.verify.reviews.store.item_views import BadCursor, QueueFilter
from services.verify.roles import LOOKERS, councils_of
from services.verify.triage.queries.progress import cycle_list, cycle_progress
from services.verify.web.dependencies import Parts
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.routing import refuses


def bad_cursor() -> BadInput:
    """The refusal of an `after` that no page gave."""
    return BadInput([Fault(sentence("Expected what an earlier page gave as “next”."), path="after")], "bad_cursor")


def items_api(parts: Parts) -> Blueprint:
    """`/v1/cycles…`."""
    blueprint = Blueprint("items", __name__, url_prefix="/v1/cycles", description="Verification of a cycle")
    _register_cycles(blueprint, parts)
    _register_items(blueprint, parts)
    _register_decisions(blueprint, parts)
    return blueprint


def _register_cycles(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("")
    class Cycles(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CycleListSchema)
        def get(self) -> dict[str, Any]:
            """Cycles of the councils you work for."""
            with parts.database.reader() as connection:
                return {"cycles": cycle_list(connection, councils_of(current_actor(), LOOKERS))}

    @blueprint.route("/<code:cycle>")
    class Cycle(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(ProgressQuery, location="query")
        @blueprint.response(200, CycleProgressSchema)
        def get(self, query: dict[str, int], cycle: str) -> dict[str, Any]:
            """How far a cycle's verification is, and the largest differences to ask about."""
            actor = current_actor()
            with parts.database.reader() as connection:
                found = open_cycle(connection, actor, cycle)
                return cycle_progress(connection, actor, found, query["gaps"])

    @blueprint.route("/<code:cycle>/screenings")
    class Screenings(MethodView):
        @refuses(blueprint, 404, 409, 503)
        @blueprint.response(202, AskedSchema)
        def post(self, cycle: str) -> dict[str, int]:
            """Have everything of a cycle screened again, for example after screenings have failed."""
            return {"asked": screen_again(parts.store, current_actor(), cycle)}


def _register_items(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/<code:cycle>/items")
    class Items(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(QueueQuery, location="query")
        @blueprint.response(200, QueueSchema)
        def get(self, query: dict[str, Any], cycle: str) -> dict[str, Any]:
            """The review queue, highest priority first; items of your own unit are not in it."""
            actor, after, limit = current_actor(), query.pop("after"), query.pop("limit")
            minor = query.pop("minor")
            with parts.database.reader() as connection:
                found = open_cycle(connection, actor, cycle)
                wanted = QueueFilter(**query, below=materiality(connection, found) if minor else None)
                try:
                    page, following = items.queue(connection, actor, cycle, found["council"], wanted, after, limit)
                except BadCursor as error:
                    raise bad_cursor() from error
            return {"items": page, "next": following}

    @blueprint.route("/<code:cycle>/units/<code:unit>/items/<code:criterion>")
    class Item(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ItemDetailSchema)
        def get(self, cycle: str, unit: str, criterion: str) -> dict[str, Any]:
            """An item: the claim, what was found, sources down to the row, evidence, peers, decisions."""
            actor = current_actor()
            with parts.database.reader() as connection:
                return item_view(connection, actor, open_cycle(connection, actor, cycle), unit, criterion)


def _register_decisions(blueprint: Blueprint, parts: Parts) -> None:
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
            return item_json(decide_item(parts.store, current_actor(), name, proposal, version))

    @blueprint.route("/<code:cycle>/clusters/<code:cluster>/settlement")
    class ClusterSettlement(MethodView):
        @refuses(blueprint, 400, 404, 409, 412, 415, 503)
        @blueprint.arguments(SettlementRequestSchema)
        @blueprint.response(201, SettlementSchema)
        def post(self, data: dict[str, Any], cycle: str, cluster: str) -> Any:
            """Settle all open items of a cluster outside their tolerance at the source's figure; lead reviewers."""
            return settle_cluster(parts.store, current_actor(), Settlement(cycle, cluster, **data))
