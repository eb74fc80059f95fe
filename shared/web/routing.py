"""What may stand in a path, and which refusals an endpoint documents: the same for all services."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_smorest import Blueprint
from werkzeug.routing import BaseConverter

from shared.contracts.fields import CODE, SLUG
from shared.web.problems import ProblemApi


class PathConverter(BaseConverter):
    """A part of a path that matches `regex`; anything else is no address of ours."""

    @classmethod
    def document(cls) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "pattern": f"^{cls.regex}$"}


class SlugConverter(PathConverter):
    """A council's or cycle's code."""

    regex = SLUG.removeprefix("^").removesuffix(r"\Z")


class CodeConverter(PathConverter):
    """A code of a cluster, unit, criterion or source."""

    regex = CODE.removeprefix("^").removesuffix(r"\Z")


class HashConverter(PathConverter):
    """A SHA-256."""

    regex = "[0-9a-f]{64}"


class IdentifierConverter(PathConverter):
    """An identifier of our own making: 32 hexadecimal digits."""

    regex = "[0-9a-f]{32}"


CONVERTERS: Mapping[str, type[PathConverter]] = {
    "slug": SlugConverter,
    "code": CodeConverter,
    "sha256": HashConverter,
    "identifier": IdentifierConverter,
}


def install_converters(app: Flask, api: ProblemApi, **own: type[PathConverter]) -> None:
    """Make `<slug:…>`, `<code:…>`, `<sha256:…>`, `<identifier:…>` and a service's own known to router and OpenAPI."""
    for name, converter in {**CONVERTERS, **own}.items():
        app.url_map.converters[name] = converter
        api.register_converter(converter, lambda one: one.document())


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
BODY = (400, 413, 422)  # what reading any JSON body may end in


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Document the refusals an endpoint may answer with; 401 and 403 always belong to them."""

    def decorate(view: Any) -> Any:
        for status in sorted({401, 403, *statuses}, reverse=True):
            view = blueprint.alt_response(status, _ANSWERS[status])(view)
        return view

    return decorate
