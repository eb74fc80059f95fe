"""Verify's feed: whole for the services that read it; for people, what concerns the cycles of their councils."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.results.queries import feed_page
from shared.contracts.events import FeedPageSchema
from shared.plumbing.feed import FeedQuery
from shared.web.access import current_actor
from shared.web.routing import refuses


def feed_api(store: Store) -> Blueprint:
    """`/v1/events`."""
    blueprint = Blueprint("feed", __name__, url_prefix="/v1/events", description="This service's feed of events")

    @blueprint.route("")
    class Events(MethodView):
        @refuses(blueprint)
        @blueprint.arguments(FeedQuery, location="query")
        @blueprint.response(200, FeedPageSchema)
        def get(self, query: dict[str, int]) -> Any:
            """Events after a position, oldest first; people see those of their councils' cycles."""
            with store.view() as view:
                return feed_page(view, current_actor(), query["after"], query["limit"])

    return blueprint
