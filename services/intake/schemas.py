"""Fields and headers that the schemas of several subjects share."""

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from shared.contracts.fields import Number
from shared.contracts.figures import LARGEST
from shared.criteria.model import Title

MOST_ITEMS = 1000
VERSION = r'^"[0-9]{1,15}"\Z'


def figure(**kwargs: Any) -> Number:
    """A finite number that stays exact wherever it is kept; null: nothing said."""
    return Number(load_default=None, allow_none=True, validate=validate.Range(min=-LARGEST, max=LARGEST), **kwargs)


class _Headers(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE


def _if_match(**kwargs: Any) -> fields.String:
    return fields.String(
        data_key="If-Match",
        validate=validate.Regexp(VERSION, error='Expected a version in quotes, as in the header ETag: "3".'),
        metadata={"description": "the ETag under which the draft was read"},
        **kwargs,
    )


class IfMatchSchema(_Headers):
    """Which version of the draft was seen."""

    if_match = _if_match(required=True)


class OptionalIfMatchSchema(_Headers):
    """Which version of the draft was seen, where there is one."""

    if_match = _if_match(load_default=None)


def version_of(if_match: str | None) -> int | None:
    """`"3"` as 3."""
    return None if if_match is None else int(if_match.strip('"'))


MOST_ROWS = 5000
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def _sensible(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ma.ValidationError(f"Expected a date from {EARLIEST.isoformat()} to {LATEST.isoformat()}.")


def day(**kwargs: Any) -> fields.Date:
    """A date between 1900 and 2200."""
    return fields.Date(validate=_sensible, **kwargs)


def moment(**kwargs: Any) -> fields.AwareDateTime:
    """An aware moment in ISO 8601."""
    return fields.AwareDateTime(format="iso", **kwargs)


def titled(document: dict[str, str] | None) -> Title:
    """A title from what a client gave."""
    return Title(**(document or {}))
