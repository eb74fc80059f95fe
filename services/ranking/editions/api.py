"""Scoring for machines: cycles, freezes, standings, editions, keys."""

import hashlib
import json
from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from services.ranking.editions.model import StoredEdition
from services.ranking.editions.actions import Editions
from services.ranking.scoring.actions import Scoring
from services.ranking.cycles import schemas as documents
from services.ranking.editions.workbooks import edition_csv
from services.ranking.scoring.schemas import (
    EDITION_DOCUMENT,
    CycleListSchema,
    CycleSchema,
    EditionListSchema,
    EditionSchema,
    FreezeSchema,
    IssueSchema,
    KeysSchema,
    PublishSchema,
    SheetSchema,
    StandingsSchema,
)
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

UNCHANGED = "You have it already (If-None-Match)"


def cycles_api(scoring: Scoring) -> Blueprint:
    """`/v1/cycles…`: what is ready, freezing, standings."""
    blueprint = Blueprint("cycles", __name__, url_prefix="/v1/cycles", description="Cycles, freezes, standings")

    @blueprint.route("")
    class Cycles(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, CycleListSchema)
        def get(self) -> dict[str, Any]:
            """The cycles of the councils you take part in."""
            return {"cycles": [documents.cycle_document(cycle) for cycle in scoring.cycles(current_actor())]}

    @blueprint.route("/<slug:cycle>")
    class Cycle(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CycleSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """A cycle: per cluster what is missing or undecided and what is frozen; the editions you may see."""
            return documents.overview_document(scoring.overview(current_actor(), cycle))

    @blueprint.route("/<slug:cycle>/clusters/<code:cluster>/freeze")
    class Freeze(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(FreezeSchema)
        @blueprint.response(201, SheetSchema)
        def post(self, command: dict[str, Any], cycle: str, cluster: str) -> dict[str, Any]:
            """Freeze a cluster's scores; refused with a list of what is missing or undecided."""
            sheet = scoring.freeze_cluster(current_actor(), cycle, cluster, command["absent"], command["reason"])
            return documents.sheet_document(sheet)

    @blueprint.route("/<slug:cycle>/clusters/<code:cluster>/standings")
    class Standings(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(200, StandingsSchema)
        def get(self, cycle: str, cluster: str) -> dict[str, Any]:
            """The standings of a frozen cluster with every part and what it rests on."""
            return documents.standings_document(scoring.standings(current_actor(), cycle, cluster))

    return blueprint


def editions_api(editions: Editions) -> Blueprint:
    """`/v1/cycles/…/editions…`: issuing, the Council's act, the editions themselves."""
    blueprint = Blueprint("editions", __name__, url_prefix="/v1/cycles/<slug:cycle>/editions", description="Editions")

    @blueprint.route("")
    class EditionList(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, EditionListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """The editions you may see, newest first; published ones without signing in."""
            found = editions.editions(current_actor(), cycle)
            return {"editions": [documents.edition_document(edition) for edition in found]}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(IssueSchema)
        @blueprint.response(201, EditionSchema)
        def post(self, command: dict[str, Any], cycle: str) -> dict[str, Any]:
            """Issue an edition from the frozen scores of all clusters."""
            issued = editions.issue_edition(current_actor(), cycle, command["audience"], command["reason"])
            return documents.edition_document(issued)

    @blueprint.route("/<audience:audience>/<number:number>")
    class Edition(MethodView):
        @refuses(blueprint, 404)
        @blueprint.alt_response(304, description=UNCHANGED, success=True)
        @blueprint.response(200, EDITION_DOCUMENT, content_type="application/json")
        def get(self, cycle: str, audience: str, number: int) -> Response:
            """The edition as it was signed, to the byte (RFC 8785)."""
            edition, content = editions.edition(current_actor(), cycle, audience, number)
            return edition_answer(edition, content, "application/json", "json", edition.edition_sha256)

    @blueprint.route("/<audience:audience>/<number:number>.json")
    class EditionFile(Edition):
        """The same bytes under a name that ends as the file should."""

    @blueprint.route("/<audience:audience>/<number:number>/csv")
    class EditionRows(MethodView):
        @refuses(blueprint, 404)
        @blueprint.alt_response(304, description=UNCHANGED, success=True)
        @blueprint.response(200, {"type": "string"}, content_type="text/csv")
        def get(self, cycle: str, audience: str, number: int) -> Response:
            """The edition's table as CSV, one unit a row."""
            edition, content = editions.edition(current_actor(), cycle, audience, number)
            rows = edition_csv(json.loads(content), editions.unit_titles(edition))
            return edition_answer(edition, rows, "text/csv", "csv", hashlib.sha256(rows).hexdigest())

    @blueprint.route("/<audience:audience>/<number:number>/publication")
    class Publication(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(PublishSchema)
        @blueprint.response(201, EditionSchema)
        def post(self, command: dict[str, Any], cycle: str, audience: str, number: int) -> dict[str, Any]:
            """Record the Council's act: from now on everybody may read the edition."""
            published = editions.publish_edition(current_actor(), cycle, number, audience, **command)
            return documents.edition_document(published)

    return blueprint


def keys_api(editions: Editions) -> Blueprint:
    """`/v1/keys`: the keys that sign editions."""
    blueprint = Blueprint("edition_keys", __name__, url_prefix="/v1/keys", description="Keys that sign editions")

    @blueprint.route("")
    class Keys(MethodView):
        @blueprint.response(200, KeysSchema)
        def get(self) -> Any:
            """The public keys, as a file that `check-edition --public-key` reads."""
            return documents.key_set(editions.key.public)

    return blueprint


def edition_answer(edition: StoredEdition, content: bytes, mimetype: str, ending: str, etag: str) -> Response:
    """Bytes with a strong ETag; 304 for who has them already. Published ones may be kept by caches on the way."""
    answer = Response(content, mimetype=mimetype)
    answer.set_etag(etag)
    shared = edition.publication is not None and edition.audience == "public"
    answer.headers["Cache-Control"] = "public, no-cache" if shared else "private, no-cache"
    name = f"{edition.cycle}-{edition.audience}-{edition.number}.{ending}"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer.make_conditional(request)  # type: ignore[return-value]  # werkzeug gives back the same response
