"""What every door of intake is made of, and the small things they share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_smorest import Blueprint
from werkzeug.routing import BaseConverter

from services.intake.ports import EvidenceFiles, Intake, Printer
from shared.contracts.fields import CODE, SLUG
from shared.contracts.refusals import Kind
from shared.plumbing.problems import ProblemApi

# What a page shows beside the form instead of on a page of its own.
SHOWN_IN_PLACE = (Kind.INVALID, Kind.STALE, Kind.UNSUPPORTED, Kind.TOO_LARGE)


@dataclass(frozen=True)
class Parts:
    """Where the doors find things."""

    intake: Intake
    files: EvidenceFiles
    printer: Printer


def _inner(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix(r"\Z")


class SlugConverter(BaseConverter):
    """A council's or cycle's code in a path; anything else is no address of ours."""

    regex = _inner(SLUG)


class CodeConverter(BaseConverter):
    """A unit's or criterion's code in a path."""

    regex = _inner(CODE)


class HashConverter(BaseConverter):
    """A SHA-256 in a path."""

    regex = "[0-9a-f]{64}"


class IdentifierConverter(BaseConverter):
    """An identifier of our own making in a path: 32 hexadecimal digits."""

    regex = "[0-9a-f]{32}"


CONVERTERS = {"slug": SlugConverter, "code": CodeConverter, "sha256": HashConverter, "identifier": IdentifierConverter}


def install_converters(app: Flask, api: ProblemApi) -> None:
    """Make `<slug:…>`, `<code:…>`, `<sha256:…>` and `<identifier:…>` known to the router and to the API's document."""
    for name, converter in CONVERTERS.items():
        app.url_map.converters[name] = converter
        api.register_converter(converter, lambda one: {"type": "string", "pattern": f"^{one.regex}$"})


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
}
BODY = (400, 413, 422)  # what reading any JSON body may end in


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Documents the refusals a door may answer with; 401 and 403 always belong to them."""

    def decorate(view: Any) -> Any:
        for status in sorted({401, 403, *statuses}, reverse=True):
            view = blueprint.alt_response(status, _ANSWERS[status])(view)
        return view

    return decorate
