"""Where a source's files are fetched from, and what became of it, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.fetch import save_plan
from services.verify.sources.model import FetchPlan
from services.verify.sources.queries import MOST_ATTEMPTS
from services.verify.sources.schemas.fetching import FetchingSchema, FetchPlanSavedSchema, FetchPlanSchema
from shared.web.access import current_actor
from shared.web.routing import refuses


def fetching_api(store: Store) -> Blueprint:
    """`/v1/sources/SOURCE/fetching`."""
    blueprint = Blueprint("fetching", __name__, url_prefix="/v1", description="Fetching of sources' files")

    @blueprint.route("/sources/<code:source>/fetching")
    class Plan(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, FetchingSchema)
        def get(self, source: str) -> dict[str, Any]:
            """Where the files of a source are fetched from, and what became of the newest attempts."""
            with store.view() as view:
                _, plan, attempts = queries.fetching(view, current_actor(), source, MOST_ATTEMPTS)
            return {"plan": plan, "attempts": attempts}

        @refuses(blueprint, 400, 404, 415, 422, 503)
        @blueprint.arguments(FetchPlanSchema)
        @blueprint.response(201, FetchPlanSavedSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say where the files of a source are fetched from; its council's administrators may."""
            return {"version": save_plan(store, current_actor(), FetchPlan(source=source, **data))}

    return blueprint
