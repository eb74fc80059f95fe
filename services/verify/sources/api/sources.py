"""Sources and releases for machines."""

import io
import uuid
from typing import Any

from flask import Response, request, send_file, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.releases import Upload, register_source, take_in_release
from services.verify.sources.model import SourceRecord
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.sources.schemas.sources import (
    ListedSourceSchema,
    ReleaseDetailSchema,
    ReleaseListQuery,
    ReleaseListSchema,
    RowQuery,
    SourceListSchema,
    SourceSchema,
    TakenInSchema,
    UploadSchema,
)
from services.verify.web.uploads import UploadBlueprint, read_limited, shown_file_name
from shared.web.access import current_actor
from shared.web.routing import refuses


def sources_api(store: Store) -> Blueprint:
    """`/v1/sources…` and `/v1/releases…`."""
    blueprint = UploadBlueprint("sources", __name__, url_prefix="/v1", description="Independent sources")
    _register_sources(blueprint, store)
    _register_uploads(blueprint, store)
    _register_releases(blueprint, store)
    return blueprint


def _register_sources(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/sources")
    class Sources(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, SourceListSchema)
        def get(self) -> dict[str, Any]:
            """Sources of the councils you work for."""
            with store.view() as view:
                return {"sources": queries.listed_sources(view, current_actor())}

        @refuses(blueprint, 400, 409, 415)
        @blueprint.arguments(SourceSchema)
        @blueprint.response(201, SourceSchema)
        def post(self, data: dict[str, Any]) -> SourceRecord:
            """Register a source; administrators of its council."""
            return register_source(store, current_actor(), SourceRecord(**data))

    @blueprint.route("/sources/<code:source>")
    class Source(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ListedSourceSchema)
        def get(self, source: str) -> Any:
            """One source."""
            with store.view() as view:
                return queries.open_source(view, current_actor(), source)


def _register_uploads(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/sources/<code:source>/releases")
    class Releases(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(ReleaseListQuery, location="query")
        @blueprint.response(200, ReleaseListSchema)
        def get(self, query: dict[str, Any], source: str) -> dict[str, Any]:
            """Releases of a source, newest first."""
            with store.view() as view:
                found, following = queries.releases(view, current_actor(), source, query["after"], query["limit"])
            return {"releases": found, "next": following}

        @refuses(blueprint, 400, 404, 409, 413, 503)
        @blueprint.arguments(UploadSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, TakenInSchema)
        def post(self, form: dict[str, Any], source: str) -> Any:
            """Bring a file of a source: taken in whole, or refused with every fault located."""
            file = form.pop("file")
            upload = Upload(source=source, file_name=shown_file_name(file.filename), raw=read_limited(file), **form)
            taken = take_in_release(store, current_actor(), upload, READERS)
            return taken, {"Location": url_for("sources.Release", release=taken.release)}


def _register_releases(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/releases/<uuid:release>")
    class Release(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(RowQuery, location="query")
        @blueprint.response(200, ReleaseDetailSchema)
        def get(self, query: dict[str, int], release: uuid.UUID) -> dict[str, Any]:
            """A release with its provenance and a page of its rows."""
            with store.view() as view:
                found = queries.open_release(view, current_actor(), release)
                rows, following = queries.release_rows(view, release, query["after"], query["limit"])
            return {**vars(found), "observations": rows, "next": following}

    @blueprint.route("/releases/<uuid:release>/raw")
    class Raw(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
        @blueprint.alt_response(304, description="You have these bytes already", success=True)
        def get(self, release: uuid.UUID) -> Response:
            """The file as it was taken in, to the byte."""
            with store.view() as view:
                found, raw = queries.raw_release(view, current_actor(), release)
            answer = send_file(
                io.BytesIO(raw),
                mimetype="text/csv",
                as_attachment=True,
                download_name=found.file_name,
                etag=found.raw_sha256,
                conditional=False,
            )
            # Whole or not at all: parts of a file are not served.
            answer.make_conditional(request)
            return answer
