"""What every door of verify is made of, and the small things they share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_smorest import Blueprint
from werkzeug.routing import BaseConverter

from services.verify.ports.store import Store
from shared.contracts.fields import CODE
from shared.plumbing.database import Database
from shared.plumbing.problems import ProblemApi
from shared.plumbing.settings import ServiceSettings


@dataclass(frozen=True)
class Parts:
    """Where the doors find things: the database to read, the store to write, addresses to link to."""

    settings: ServiceSettings
    database: Database
    store: Store


class CodeConverter(BaseConverter):
    """A code of a cycle, cluster, unit, criterion or source in a path; anything else is no address of ours."""

    regex = CODE.removeprefix("^").removesuffix(r"\Z")


def install_converters(app: Flask, api: ProblemApi) -> None:
    """Make `<code:…>` known to the router and to the API's document."""
    app.url_map.converters["code"] = CodeConverter
    api.register_converter(CodeConverter, lambda converter: {"type": "string", "pattern": f"^{converter.regex}$"})


_ANSWERS = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE_ENTITY",
    503: "SERVICE_UNAVAILABLE",
}


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Documents the refusals a door may answer with; 401 and 403 always belong to them."""

    def decorate(view: Any) -> Any:
        for status in sorted({401, 403, *statuses}, reverse=True):
            view = blueprint.alt_response(status, _ANSWERS[status])(view)
        return view

    return decorate
