"""Editions for machines: issuing, the Council's act, the editions themselves, the keys that sign them."""

import hashlib
import json
from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from services.ranking.editions import actions, queries
from services.ranking.editions.model import AUDIENCES, StoredEdition
from services.ranking.editions.rules.keys import PublicKey, SigningKey
from services.ranking.editions.schemas import (
    EDITION_DOCUMENT,
    EditionListSchema,
    IssueSchema,
    KeysSchema,
    PublishSchema,
    key_set,
)
from services.ranking.editions.workbooks import edition_csv
from services.ranking.ports import Store
from services.ranking.schemas import EditionSchema
from shared.web.access import current_actor
from shared.web.routing import BODY, PathConverter, refuses

UNCHANGED = "You have it already (If-None-Match)"


class AudienceConverter(PathConverter):
    """For whom an edition is."""

    regex = f"(?:{'|'.join(AUDIENCES)})"

    @classmethod
    def document(cls) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "enum": list(AUDIENCES)}


class NumberConverter(PathConverter):
    """An edition's number: from 1, without leading zeros."""

    regex = "[1-9][0-9]{0,8}"

    @classmethod
    def document(cls) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": 999_999_999}

    def to_python(self, value: str) -> int:
        """Digits to a whole number."""
        return int(value)


CONVERTERS: dict[str, type[PathConverter]] = {"audience": AudienceConverter, "number": NumberConverter}


def editions_api(store: Store, key: SigningKey) -> Blueprint:
    """`/v1/cycles/…/editions…`: issuing, the Council's act, the editions themselves."""
    blueprint = Blueprint("editions", __name__, url_prefix="/v1/cycles/<slug:cycle>/editions", description="Editions")

    @blueprint.route("")
    class EditionList(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, EditionListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """The editions you may see, newest first; published ones without signing in."""
            with store.view() as view:
                return {"editions": queries.editions(view, current_actor(), cycle)}

        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(IssueSchema)
        @blueprint.response(201, EditionSchema)
        def post(self, command: dict[str, Any], cycle: str) -> StoredEdition:
            """Issue an edition from the frozen scores of all clusters."""
            return actions.issue_edition(store, key, current_actor(), cycle, **command)

    @blueprint.route("/<audience:audience>/<number:number>")
    class Edition(MethodView):
        @refuses(blueprint, 404)
        @blueprint.alt_response(304, description=UNCHANGED, success=True)
        @blueprint.response(200, EDITION_DOCUMENT, content_type="application/json")
        def get(self, cycle: str, audience: str, number: int) -> Response:
            """The edition as it was signed, to the byte (RFC 8785)."""
            with store.view() as view:
                found = queries.edition(view, current_actor(), cycle, audience, number)
            return _answer(found.edition, found.document, "application/json", "json", found.edition.edition_sha256)

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
            with store.view() as view:
                found = queries.edition(view, current_actor(), cycle, audience, number)
                rows = edition_csv(json.loads(found.document), queries.unit_titles(view, found.edition))
            return _answer(found.edition, rows, "text/csv", "csv", hashlib.sha256(rows).hexdigest())

    @blueprint.route("/<audience:audience>/<number:number>/publication")
    class Publication(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(PublishSchema)
        @blueprint.response(201, EditionSchema)
        def post(self, command: dict[str, Any], cycle: str, audience: str, number: int) -> StoredEdition:
            """Record the Council's act: from now on everybody may read the edition."""
            return actions.publish_edition(store, current_actor(), cycle, number, audience, **command)

    return blueprint


def keys_api(key: PublicKey) -> Blueprint:
    """`/v1/keys`: the keys that sign editions."""
    blueprint = Blueprint("edition_keys", __name__, url_prefix="/v1/keys", description="Keys that sign editions")

    @blueprint.route("")
    class Keys(MethodView):
        @blueprint.response(200, KeysSchema)
        def get(self) -> Any:
            """The public keys, as a file that `check-edition --public-key` reads."""
            return key_set(key)

    return blueprint


def _answer(edition: StoredEdition, content: bytes, mimetype: str, ending: str, etag: str) -> Response:
    """Bytes with a strong ETag; 304 for who has them already. Published ones may be kept by caches on the way."""
    answer = Response(content, mimetype=mimetype)
    answer.set_etag(etag)
    shared = edition.publication is not None and edition.audience == "public"
    answer.headers["Cache-Control"] = "public, no-cache" if shared else "private, no-cache"
    name = f"{edition.cycle}-{edition.audience}-{edition.number}.{ending}"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer.make_conditional(request)  # type: ignore[return-value]  # werkzeug gives back the same response
