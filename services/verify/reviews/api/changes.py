"""What a release changed: for machines, and as pages show it."""

import uuid
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.reviews.queries.releases import release_changes
from services.verify.reviews.schemas.changes import ChangeQuery, ReleaseChangesSchema
from shared.web.access import current_actor
from shared.web.routing import refuses


def changes_api(store: Store) -> Blueprint:
    """`/v1/releases/ID/changes`."""
    blueprint = Blueprint("changes", __name__, url_prefix="/v1", description="What releases changed")

    @blueprint.route("/releases/<uuid:release>/changes")
    class Changes(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(ChangeQuery, location="query")
        @blueprint.response(200, ReleaseChangesSchema)
        def get(self, query: dict[str, int], release: uuid.UUID) -> Any:
            """Which items a release concerns, and what changed on them: figure, findings, points, before and after."""
            with store.view() as view:
                return release_changes(view, current_actor(), release, query["after"], query["limit"])

    return blueprint
