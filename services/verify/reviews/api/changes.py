"""What a release changed: for machines, and as pages show it."""

import uuid
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy import Connection

from services.verify.reviews.queries.item import open_cycle
from services.verify.reviews.schemas.changes import PAGE, ChangeQuery, ReleaseChangesSchema
from services.verify.reviews.store import change_views as reading
from services.verify.roles import LOOKERS, councils_of
from services.verify.sources.queries import no_such_release
from services.verify.sources.store import source_views as sources
from services.verify.web.dependencies import Parts
from shared.people import Actor
from shared.web.access import current_actor
from shared.web.routing import refuses


def release_changes(
    connection: Connection, actor: Actor, council: str, release: uuid.UUID, after: int = 0, limit: int = PAGE
) -> dict[str, Any]:
    """What a release concerns and what it changed, of items that the actor may look at."""
    listed, following = reading.changes_of_release(connection, actor, council, release, after, limit)
    return {
        "touched": reading.touches_of(connection, release),
        "counts": reading.change_counts(connection, actor, council, release),
        "changes": listed,
        "next": following,
    }


def changes_api(parts: Parts) -> Blueprint:
    """`/v1/releases/ID/changes`."""
    blueprint = Blueprint("changes", __name__, url_prefix="/v1", description="What releases changed")

    @blueprint.route("/releases/<uuid:release>/changes")
    class Changes(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(ChangeQuery, location="query")
        @blueprint.response(200, ReleaseChangesSchema)
        def get(self, query: dict[str, int], release: uuid.UUID) -> dict[str, Any]:
            """Which items a release concerns, and what changed on them: figure, findings, points, before and after."""
            actor = current_actor()
            with parts.database.reader() as connection:
                found = sources.release(connection, release, councils_of(actor, LOOKERS))
                if found is None:
                    raise no_such_release()
                for touch in reading.touches_of(connection, release):
                    open_cycle(connection, actor, touch["cycle"])  # refuses who still rates in it
                return release_changes(connection, actor, found["council"], release, query["after"], query["limit"])

    return blueprint
