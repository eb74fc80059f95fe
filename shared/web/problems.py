"""Every refusal leaves as problem details (RFC 9457) for machines, or as a page for browsers; never exception text."""

import threading
from http import HTTPStatus
from typing import Any

import marshmallow as ma
import structlog
from flask import Flask, Response, g, json, request
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, catalogue
from shared.web.errors import error_page, failure_page, refusal_page
from shared.web.languages import current_language

PROBLEM_JSON = "application/problem+json"
STATUS = {
    Kind.INVALID: 422,
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.STALE: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
log = structlog.get_logger(__name__)


class FaultSchema(ma.Schema):
    """One located fault."""

    detail = ma.fields.String(required=True)
    file = ma.fields.String()
    line = ma.fields.Integer()
    column = ma.fields.String()
    path = ma.fields.String()


class ProblemSchema(ma.Schema):
    """Problem details: `type` is stable, `instance` holds the request id."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    instance = ma.fields.String(required=True)
    errors = ma.fields.Dict(metadata={"description": "per place in the request, what was expected"})
    faults = ma.fields.List(ma.fields.Nested(FaultSchema))


class ProblemApi(Api):
    """flask-smorest, answering and documenting problem details.

    The OpenAPI document takes longer to build than the application, and most processes never serve it: it is built at
    the first request for it, and kept.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        self._undocumented: list[Blueprint] = []
        self._building = threading.Lock()
        self._document: bytes | None = None
        super().__init__(app)

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Register the endpoints now, and remember to document them."""
        assert self._document is None, "the OpenAPI document was served before all blueprints were registered"
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undocumented.append(blp)

    def document(self) -> bytes:
        """The OpenAPI document as JSON."""
        with self._building:
            if self._document is None:
                for blueprint in self._undocumented:
                    blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
                    self.spec.tag({"name": blueprint.name, "description": blueprint.description})
                self._undocumented.clear()
                self._document = json.dumps(self.spec.to_dict(), indent=2, sort_keys=False).encode()
            return self._document

    def _openapi_json(self) -> Response:
        """Serve the document (a private hook: the minor version is pinned)."""
        return Response(self.document(), mimetype="application/json")

    def _register_error_handlers(self) -> None:
        """Leave all errors to `register_refusals`, which also answers browsers."""

    def _register_responses(self) -> None:
        """Document errors under their own media type (a private hook: the minor version is pinned)."""
        named = [(status.name, status.phrase) for status in HTTPStatus] + [("DEFAULT_ERROR", "Default error response")]
        for name, phrase in named:
            self.spec.components.response(
                name,
                {"description": phrase, "content": {PROBLEM_JSON: {"schema": self.ERROR_SCHEMA}}},
                lazy=True,
            )


def problem_body(type_: str, status: int, detail: str | None) -> dict[str, Any]:
    """The members of a problem document."""
    body: dict[str, Any] = {
        "type": type_,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "instance": f"urn:request:{g.get('request_id', '-')}",
    }
    if detail:
        body["detail"] = detail
    return body


def refusal_problem(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a problem document in the reader's language."""
    language = current_language()
    body = problem_body(
        f"urn:cong-tam:{refusal.code.replace('_', '-')}", STATUS[refusal.kind], refusal.said.in_language(language)
    )
    if refusal.faults:
        body["faults"] = [
            {
                name: value
                for name, value in (
                    ("detail", fault.said.in_language(language)),
                    ("file", fault.file),
                    ("line", fault.line),
                    ("column", None if fault.column is None else str(fault.column)),
                    ("path", fault.path),
                )
                if value is not None
            }
            for fault in refusal.faults
        ]
    return body


def wants_page() -> bool:
    """Whether the asker is a person's browser rather than a machine: API paths always answer problem details."""
    if request.path.startswith(("/v1/", "/health/", "/openapi", "/.well-known/")):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def register_refusals(app: Flask) -> None:
    """Handle refusals and faults of our own (500) for API paths; pages register their own view of them."""

    def refused(refusal: Refusal) -> Any:
        if wants_page():
            return refusal_page(refusal, STATUS[refusal.kind])
        headers = {"WWW-Authenticate": "Bearer"} if refusal.kind is Kind.UNAUTHENTICATED else {}
        if refusal.kind is Kind.TOO_MANY:
            headers["Retry-After"] = "60"
        return _problem(refusal_problem(refusal), headers)

    def failed(error: Exception) -> Any:
        if isinstance(error, HTTPException):
            if wants_page():
                return error_page(error)
            return _http_problem(error)
        log.exception("unhandled_error", path=request.path, method=request.method)
        if wants_page():
            return failure_page()
        return _problem(problem_body("urn:cong-tam:internal-server-error", 500, None), {})

    app.register_error_handler(Refusal, refused)
    app.register_error_handler(Exception, failed)


def _http_problem(error: HTTPException) -> Response:
    """An HTTP error of the framework as problem details, keeping its own headers (Allow, Retry-After)."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # an answer somebody made on purpose
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    body = problem_body(f"urn:cong-tam:{_slug(status)}", status, data.get("message") or error.description)
    if data.get("messages"):
        body["errors"] = _in_language(data["messages"], current_language())
    dropped = ("content-type", "content-length")
    headers = {name: value for name, value in error.get_headers() if name.lower() not in dropped}
    # webargs passes headers=None on a 422.
    headers.update(data.get("headers") or {})
    return _problem(body, headers)


def _problem(body: dict[str, Any], headers: dict[str, str]) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status=body["status"], mimetype=PROBLEM_JSON)
    response.headers.update(headers)
    return response


# What marshmallow and webargs say most often, so that a person reads it in their own language too.
LIBRARY_TEXTS = (
    N_("Missing data for required field."),
    N_("Unknown field."),
    N_("Field may not be null."),
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not a valid number."),
    N_("Not a valid boolean."),
    N_("Not a valid date."),
    N_("Not a valid datetime."),
    N_("Not a valid aware datetime."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid UUID."),
    N_("Not a valid utf-8 string."),
    N_("Invalid input type."),
    N_("Invalid JSON body."),
    N_("String does not match expected pattern."),
)


def _in_language(messages: Any, language: str) -> Any:
    """Validation messages, whose keys are the places in the request, with their texts translated where we can."""
    if isinstance(messages, dict):
        return {str(place): _in_language(inner, language) for place, inner in messages.items()}
    if isinstance(messages, list):
        return [_in_language(inner, language) for inner in messages]
    return catalogue(language).gettext(messages) if isinstance(messages, str) and messages else messages


def _slug(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-").replace("'", "")
