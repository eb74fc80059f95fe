"""Sources and releases for machines."""

import io
import uuid
from typing import Any

from flask import Response, request, send_file, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.roles import LOOKERS_AT_SOURCES, councils_of
from services.verify.sources.actions.releases import Upload, register_source, take_in_release
from services.verify.sources.model import SourceRecord
from services.verify.sources.queries import no_such_release, no_such_source
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
from services.verify.sources.store import source_views as reading
from services.verify.sources.workbooks import READERS
from services.verify.web.dependencies import Parts
from services.verify.web.uploads import UploadBlueprint, read_limited, shown_file_name
from shared.web.access import current_actor
from shared.web.routing import refuses


def sources_api(parts: Parts) -> Blueprint:
    """`/v1/sources…` and `/v1/releases…`."""
    blueprint = UploadBlueprint("sources", __name__, url_prefix="/v1", description="Independent sources")
    _register_sources(blueprint, parts)
    _register_uploads(blueprint, parts)
    _register_releases(blueprint, parts)
    return blueprint


def _register_sources(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/sources")
    class Sources(MethodView):
        @refuses(blueprint)
        @blueprint.response(200, SourceListSchema)
        def get(self) -> dict[str, Any]:
            """Sources of the councils you work for."""
            with parts.database.reader() as connection:
                return {"sources": reading.sources_of(connection, councils_of(current_actor(), LOOKERS_AT_SOURCES))}

        @refuses(blueprint, 400, 409, 415)
        @blueprint.arguments(SourceSchema)
        @blueprint.response(201, SourceSchema)
        def post(self, data: dict[str, Any]) -> SourceRecord:
            """Register a source; administrators of its council."""
            return register_source(parts.store, current_actor(), SourceRecord(**data))

    @blueprint.route("/sources/<code:source>")
    class Source(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ListedSourceSchema)
        def get(self, source: str) -> dict[str, Any]:
            """One source."""
            with parts.database.reader() as connection:
                found = reading.sources_of(connection, councils_of(current_actor(), LOOKERS_AT_SOURCES), source)
            if not found:
                raise no_such_source()
            return found[0]


def _register_uploads(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/sources/<code:source>/releases")
    class Releases(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(ReleaseListQuery, location="query")
        @blueprint.response(200, ReleaseListSchema)
        def get(self, query: dict[str, Any], source: str) -> dict[str, Any]:
            """Releases of a source, newest first."""
            with parts.database.reader() as connection:
                if not reading.sources_of(connection, councils_of(current_actor(), LOOKERS_AT_SOURCES), source):
                    raise no_such_source()
                releases, following = reading.releases_of(connection, source, query["after"], query["limit"])
            return {"releases": releases, "next": following}

        @refuses(blueprint, 400, 404, 409, 413, 503)
        @blueprint.arguments(UploadSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, TakenInSchema)
        def post(self, form: dict[str, Any], source: str) -> Any:
            """Bring a file of a source: taken in whole, or refused with every fault located."""
            file = form.pop("file")
            upload = Upload(source=source, file_name=shown_file_name(file.filename), raw=read_limited(file), **form)
            taken = take_in_release(parts.store, current_actor(), upload, READERS)
            return taken, {"Location": url_for("sources.Release", release=taken.release)}


def _register_releases(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/releases/<uuid:release>")
    class Release(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(RowQuery, location="query")
        @blueprint.response(200, ReleaseDetailSchema)
        def get(self, query: dict[str, int], release: uuid.UUID) -> dict[str, Any]:
            """A release with its provenance and a page of its rows."""
            with parts.database.reader() as connection:
                found = reading.release(connection, release, councils_of(current_actor(), LOOKERS_AT_SOURCES))
                if found is None:
                    raise no_such_release()
                rows, following = reading.rows_of(connection, release, query["after"], query["limit"])
            return found | {"observations": rows, "next": following}

    @blueprint.route("/releases/<uuid:release>/raw")
    class Raw(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
        @blueprint.alt_response(304, description="You have these bytes already", success=True)
        def get(self, release: uuid.UUID) -> Response:
            """The file as it was taken in, to the byte."""
            with parts.database.reader() as connection:
                found = reading.release(connection, release, councils_of(current_actor(), LOOKERS_AT_SOURCES))
                if found is None:
                    raise no_such_release()
                raw = reading.raw_bytes(connection, release)
            answer = send_file(
                io.BytesIO(raw),
                mimetype="text/csv",
                as_attachment=True,
                download_name=found["file_name"],
                etag=found["raw_sha256"],
                conditional=False,
            )
            # Whole or not at all: parts of a file are not served.
            answer.make_conditional(request)
            return answer
