"""How files of sources are laid out, and what spellings of units mean, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.mappings import answer_spelling, save_mapping
from services.verify.sources.rules.mapping import SourceMapping
from services.verify.sources.schemas.mappings import (
    MappingListSchema,
    MappingSavedSchema,
    MappingSchema,
    SpellingAnsweredSchema,
    SpellingAnswerSchema,
    SpellingListSchema,
)
from shared.web.access import current_actor
from shared.web.routing import refuses


def mappings_api(store: Store) -> Blueprint:
    """`/v1/sources/SOURCE/mappings` and `…/spellings`."""
    blueprint = Blueprint("mappings", __name__, url_prefix="/v1", description="Layouts of sources' files")

    @blueprint.route("/sources/<code:source>/mappings")
    class Mappings(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, MappingListSchema)
        def get(self, source: str) -> dict[str, Any]:
            """The mappings of a source, the newest first; the newest is used."""
            with store.view() as view:
                queries.open_source(view, current_actor(), source)
                return {"mappings": queries.mappings(view, source)}

        @refuses(blueprint, 400, 404, 415, 422, 503)
        @blueprint.arguments(MappingSchema)
        @blueprint.response(201, MappingSavedSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say how the files of a source are laid out; files taken in before keep the mapping they had."""
            return {"version": save_mapping(store, current_actor(), source, SourceMapping(**data))}

    @blueprint.route("/sources/<code:source>/spellings")
    class Spellings(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, SpellingListSchema)
        def get(self, source: str) -> dict[str, Any]:
            """Spellings in this source's files that nobody has said anything about."""
            with store.view() as view:
                return {"spellings": queries.waiting_spellings(view, current_actor(), source)}

        @refuses(blueprint, 400, 404, 409, 415, 422, 503)
        @blueprint.arguments(SpellingAnswerSchema)
        @blueprint.response(200, SpellingAnsweredSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say which unit a spelling means, for all sources of the council and for good."""
            return {"rows": answer_spelling(store, current_actor(), source, data["spelling"], data["unit"])}

    return blueprint
