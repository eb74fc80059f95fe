"""Where a source's files are fetched from, and what became of it: API and page."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.roles import LOOKERS_AT_SOURCES, councils_of
from services.verify.sources.actions.fetch import save_plan
from services.verify.sources.model import FetchPlan
from services.verify.sources.queries import no_such_source
from services.verify.sources.schemas.fetching import FetchingSchema, FetchPlanSavedSchema, FetchPlanSchema
from services.verify.sources.store import fetching as fetch_rows
from services.verify.sources.store.source_views import sources_of
from services.verify.web.dependencies import Parts
from shared.web.access import current_actor
from shared.web.routing import refuses

MOST_ATTEMPTS = 50


def fetching_api(parts: Parts) -> Blueprint:
    """`/v1/sources/SOURCE/fetching`."""
    blueprint = Blueprint("fetching", __name__, url_prefix="/v1", description="Fetching of sources' files")

    @blueprint.route("/sources/<code:source>/fetching")
    class Plan(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, FetchingSchema)
        def get(self, source: str) -> dict[str, Any]:
            """Where the files of a source are fetched from, and what became of the newest attempts."""
            with parts.database.reader() as connection:
                if not sources_of(connection, councils_of(current_actor(), LOOKERS_AT_SOURCES), source):
                    raise no_such_source()
                plan = fetch_rows.newest_plan(connection, source)
                return {"plan": plan, "attempts": fetch_rows.attempts_of(connection, source, MOST_ATTEMPTS)}

        @refuses(blueprint, 400, 404, 415, 422, 503)
        @blueprint.arguments(FetchPlanSchema)
        @blueprint.response(201, FetchPlanSavedSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say where the files of a source are fetched from; its council's administrators may."""
            return {"version": save_plan(parts.store, current_actor(), FetchPlan(source=source, **data))}

    return blueprint
