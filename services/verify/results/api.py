"""Verify's feed: whole for the services that read it; for people, what concerns the cycles of their councils."""

from typing import Any

import sqlalchemy as sa
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.roles import councils_of
from services.verify.sources.store.due_date_views import is_blinded
from services.verify.web.dependencies import Parts
from shared.contracts.events import FeedPageSchema
from shared.people import ActorKind, Role
from shared.plumbing.feed import FeedQuery
from shared.plumbing.outbox import read_after
from shared.web.access import current_actor
from shared.web.routing import refuses

READERS = frozenset({Role.COUNCIL_MEMBER, Role.ADMINISTRATOR})


def feed_api(parts: Parts) -> Blueprint:
    """`/v1/events`."""
    blueprint = Blueprint("feed", __name__, url_prefix="/v1/events", description="This service's feed of events")

    @blueprint.route("")
    class Events(MethodView):
        @refuses(blueprint)
        @blueprint.arguments(FeedQuery, location="query")
        @blueprint.response(200, FeedPageSchema)
        def get(self, query: dict[str, int]) -> dict[str, Any]:
            """Events after a position, oldest first; people see those of their councils' cycles."""
            actor = current_actor()
            with parts.database.reader() as connection:
                page = read_after(connection, query["after"], query["limit"], parts.database.schema)
                if actor.kind is not ActorKind.SERVICE:
                    _leave_out(connection, page, councils_of(actor, READERS))
            return page

    return blueprint


def _leave_out(connection: Connection, page: dict[str, Any], councils: tuple[str, ...]) -> None:
    """Keep the events of these councils' cycles; positions stay what they are."""
    query = sa.select(claim_tables.cycle.c.cycle, claim_tables.cycle.c.council).where(
        claim_tables.cycle.c.council.in_(councils)
    )
    cycles = {row.cycle: row.council for row in connection.execute(query)}
    actor = current_actor()
    hidden = {cycle for cycle, council in cycles.items() if is_blinded(connection, actor, council, cycle)}
    told = cycles.keys() - hidden
    page["events"] = [event for event in page["events"] if event["data"].get("cycle") in told]
