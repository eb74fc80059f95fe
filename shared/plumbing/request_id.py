"""A request id travels through HTTP headers and Celery messages and stands in every log line."""

import re
import uuid

import structlog
from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9_.\-]{8,64}\Z")


def new_request_id() -> str:
    """A fresh id."""
    return uuid.uuid4().hex


def current_request_id() -> str | None:
    """The id of the request or task being handled, if any."""
    return structlog.contextvars.get_contextvars().get("request_id")


def bind_request_id(value: str | None, **names: str) -> str:
    """Start a new logging context with the given id (or a fresh one if it is absent or odd)."""
    request_id = value if value and _ACCEPTED.match(value) else new_request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id, **names)
    return request_id


def install(app: Flask) -> None:
    """Bind the id before anything else happens and echo it on every answer."""

    def bind() -> None:
        g.request_id = bind_request_id(request.headers.get(HEADER), service=app.name)

    def echo(response: Response) -> Response:
        response.headers[HEADER] = g.get("request_id", "-")
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, bind)
    app.after_request(echo)
