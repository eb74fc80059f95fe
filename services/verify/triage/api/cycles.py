"""Cycles, their screenings and the review queue for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.renewal.actions.screen_again import screen_again
from services.verify.sources.queries import open_cycle
from services.verify.triage.model import BadCursor, QueueFilter
from services.verify.triage.queries.progress import cycle_list, cycle_progress, materiality, queue_page
from services.verify.triage.schemas import (
    AskedSchema,
    CycleListSchema,
    CycleProgressSchema,
    ProgressQuery,
    QueueQuery,
    QueueSchema,
)
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.routing import refuses


def bad_cursor() -> BadInput:
    """The refusal of an `after` that no page gave."""
    return BadInput([Fault(sentence("Expected what an earlier page gave as “next”."), path="after")], "bad_cursor")


def register_cycles(blueprint: Blueprint, store: Store) -> None:
    """`/v1/cycles`, `…/CYCLE`, `…/CYCLE/screenings`, `…/CYCLE/items`."""
    _register_cycles(blueprint, store)
    _register_queue(blueprint, store)


def _register_cycles(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("")
    class Cycles(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CycleListSchema)
        def get(self) -> dict[str, Any]:
            """Cycles of the councils you work for."""
            with store.view() as view:
                return {"cycles": cycle_list(view, current_actor())}

    @blueprint.route("/<code:cycle>")
    class Cycle(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(ProgressQuery, location="query")
        @blueprint.response(200, CycleProgressSchema)
        def get(self, query: dict[str, int], cycle: str) -> Any:
            """How far a cycle's verification is, and the largest differences to ask about."""
            actor = current_actor()
            with store.view() as view:
                return cycle_progress(view, actor, open_cycle(view, actor, cycle), query["gaps"])

    @blueprint.route("/<code:cycle>/screenings")
    class Screenings(MethodView):
        @refuses(blueprint, 404, 409, 503)
        @blueprint.response(202, AskedSchema)
        def post(self, cycle: str) -> dict[str, int]:
            """Have everything of a cycle screened again, for example after screenings have failed."""
            return {"asked": screen_again(store, current_actor(), cycle)}


def _register_queue(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/<code:cycle>/items")
    class Items(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(QueueQuery, location="query")
        @blueprint.response(200, QueueSchema)
        def get(self, query: dict[str, Any], cycle: str) -> dict[str, Any]:
            """The review queue, highest priority first; items of your own unit are not in it."""
            actor, after, limit = current_actor(), query.pop("after"), query.pop("limit")
            minor = query.pop("minor")
            with store.view() as view:
                found = open_cycle(view, actor, cycle)
                wanted = QueueFilter(**query, below=materiality(view, found) if minor else None)
                try:
                    page, following = queue_page(view, actor, found, wanted, after, limit)
                except BadCursor as error:
                    raise bad_cursor() from error
            return {"items": page, "next": following}
