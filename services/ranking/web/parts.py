"""What the doors of both rooms are made of."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_smorest import Blueprint
from werkzeug.routing import BaseConverter

from services.ranking.domain.audiences import AUDIENCES
from shared.contracts.fields import CODE, SLUG, Text
from shared.plumbing.problems import ProblemApi


def _inner(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix(r"\Z")


class SlugConverter(BaseConverter):
    """A cycle's code in a path; anything else is no address of ours."""

    regex = _inner(SLUG)


class CodeConverter(BaseConverter):
    """A cluster's or unit's code in a path."""

    regex = _inner(CODE)


class HashConverter(BaseConverter):
    """A SHA-256 in a path."""

    regex = "[0-9a-f]{64}"


class AudienceConverter(BaseConverter):
    """For whom an edition is."""

    regex = f"(?:{'|'.join(AUDIENCES)})"


class NumberConverter(BaseConverter):
    """An edition's number: from 1, without leading zeros."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        """Digits to a whole number."""
        return int(value)


CONVERTERS: dict[str, type[BaseConverter]] = {
    "slug": SlugConverter,
    "code": CodeConverter,
    "sha256": HashConverter,
    "audience": AudienceConverter,
    "number": NumberConverter,
}


def install_converters(app: Flask, api: ProblemApi) -> None:
    """Make `<slug:…>`, `<code:…>`, `<sha256:…>`, `<audience:…>`, `<number:…>` known to router and API document."""
    app.url_map.converters.update(CONVERTERS)
    for converter in (SlugConverter, CodeConverter, HashConverter):
        api.register_converter(converter, lambda one: {"type": "string", "pattern": f"^{one.regex}$"})
    api.register_converter(AudienceConverter, lambda _one: {"type": "string", "enum": list(AUDIENCES)})
    api.register_converter(NumberConverter, lambda _one: {"type": "integer", "minimum": 1, "maximum": 999_999_999})


_ANSWERS = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    413: "REQUEST_ENTITY_TOO_LARGE",
    422: "UNPROCESSABLE_ENTITY",
    503: "SERVICE_UNAVAILABLE",
}
BODY = (400, 413, 422)  # what reading any JSON body may end in


def refuses(blueprint: Blueprint, *statuses: int) -> Callable[[Any], Any]:
    """Documents the refusals a door may answer with; 401 and 403 always belong to them."""

    def decorate(view: Any) -> Any:
        for status in sorted({401, 403, *statuses}, reverse=True):
            view = blueprint.alt_response(status, _ANSWERS[status])(view)
        return view

    return decorate


class Wording(Text):
    """Text that says something: blanks around it are dropped, and none is left empty."""

    def __init__(self, longest: int = 1000, **kwargs: Any) -> None:
        super().__init__(longest=longest, shortest=1, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return text.strip() if isinstance(text, str) else text
