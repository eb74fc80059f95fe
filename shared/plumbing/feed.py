"""Serves the outbox: `GET /v1/events?after=POSITION&limit=N`."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import validate

from shared.contracts.events import FeedPageSchema
from shared.contracts.fields import QueryWholeNumber
from shared.plumbing.database import Database
from shared.plumbing.outbox import PAGE_LIMIT, read_after


class FeedQuery(ma.Schema):
    """Where to go on reading, and how much at most."""

    after = QueryWholeNumber(load_default=0, validate=validate.Range(min=0, max=2**63 - 1))
    limit = QueryWholeNumber(load_default=100, validate=validate.Range(min=1, max=PAGE_LIMIT))


def feed_blueprint(database: Database) -> Blueprint:
    """The feed of one service; its endpoint is `feed.Events`."""
    blueprint = Blueprint("feed", __name__, url_prefix="/v1/events", description="This service's feed of events")

    @blueprint.route("")
    class Events(MethodView):
        @blueprint.arguments(FeedQuery, location="query")
        @blueprint.response(200, FeedPageSchema)
        def get(self, query: dict[str, int]) -> dict[str, Any]:
            """Events after a position, oldest first."""
            with database.reader() as connection:
                return read_after(connection, query["after"], query["limit"], database.schema)

    return blueprint
