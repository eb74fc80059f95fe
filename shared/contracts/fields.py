"""The few marshmallow fields we add: numbers that mean what JSON Schema means, codes, hashes."""

import math
import re
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from shared.contracts.sentences import N_


class WholeNumber(fields.Integer):
    """An integer as JSON Schema means it: 5 and 5.0 pass; 5.7, "5", true, NaN and infinities do not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value % 1:
            raise self.make_error("invalid", input=value)
        if abs(value) >= 2**63:
            raise self.make_error("invalid", input=value)
        return int(value)


class QueryWholeNumber(fields.Integer):
    """A whole number in a query string: digits with an optional sign, nothing else ("5.7", "1e3", "٣" are refused)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise self.make_error("invalid", input=value)
        return int(text)


class Number(fields.Float):
    """A finite JSON number; text, booleans, NaN and infinities are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        try:
            number = float(value)
        except OverflowError as error:
            raise self.make_error("invalid", input=value) from error
        if not math.isfinite(number):
            raise self.make_error("invalid", input=value)
        return number


def no_nul(value: str) -> None:
    """PostgreSQL text cannot hold NUL, so it is refused on the way in."""
    if "\x00" in value:
        raise ma.ValidationError(N_("A NUL character does not belong here."))


class Text(fields.String):
    """Text without NUL or lone surrogates, at most `longest` characters."""

    def __init__(self, longest: int = 1000, shortest: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(min=shortest or None, max=longest), no_nul], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self.make_error("invalid_utf8") from error
        return text


SLUG = r"^[a-z0-9][a-z0-9-]{0,62}\Z"
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,62}\Z"


def slug(**kwargs: Any) -> fields.String:
    """A council's or cycle's code."""
    return fields.String(validate=validate.Regexp(SLUG), **kwargs)


def code(**kwargs: Any) -> fields.String:
    """A unit's, cluster's, criterion's or source's code."""
    return fields.String(validate=validate.Regexp(CODE), **kwargs)


def sha256(**kwargs: Any) -> fields.String:
    """64 lower-case hexadecimal digits."""
    return fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}\Z"), **kwargs)


class Title(ma.Schema):
    """A title in Vietnamese and English; at least one is given."""

    vi = Text(longest=500)
    en = Text(longest=500)

    @ma.validates_schema
    def has_one(self, data: dict[str, str], **kwargs: Any) -> None:
        if not any(data.get(language, "").strip() for language in ("vi", "en")):
            raise ma.ValidationError(N_("Give the title in Vietnamese (vi) or English (en)."))
