"""Fields and heads of documents that more than one subject of ranking shows."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from shared.contracts.fields import Text, sha256

LONGEST_REASON = 2000


class Wording(Text):
    """Text that says something: blanks around it are dropped, and none is left empty."""

    def __init__(self, longest: int = 1000, **kwargs: Any) -> None:
        super().__init__(longest=longest, shortest=1, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return text.strip() if isinstance(text, str) else text


class TitleSchema(ma.Schema):
    """A title by language."""

    vi = fields.String()
    en = fields.String()


class SheetSchema(ma.Schema):
    """The head of a frozen score sheet."""

    cycle = fields.String(required=True)
    cluster = fields.String(required=True)
    version = fields.Integer(required=True)
    framework_sha256 = sha256(required=True)
    sheet_sha256 = sha256(required=True)
    frozen_at = fields.AwareDateTime(required=True, format="iso")
    synthetic = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)


class CycleHeadSchema(ma.Schema):
    """A cycle as intake recorded it."""

    cycle = fields.String(required=True)
    council = fields.String(required=True)
    title = fields.Nested(TitleSchema, required=True)
    period = fields.String(required=True)
    deadline_at = fields.AwareDateTime(required=True, format="iso")
    state = fields.String(required=True)
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(TitleSchema, required=True, allow_none=True)
    framework_sha256 = sha256(required=True)


class PublicationSchema(ma.Schema):
    """The Council's act that made an edition public."""

    record_number = fields.String(required=True)
    decided_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")


class ChangeSchema(ma.Schema):
    """A unit that stands elsewhere than in the edition before."""

    cluster = fields.String(required=True)
    unit = fields.String(required=True)
    rank = fields.List(fields.Integer(allow_none=True), required=True)
    total = fields.List(fields.String(allow_none=True), required=True)


class EditionSchema(ma.Schema):
    """An edition without its content."""

    cycle = fields.String(required=True)
    audience = fields.String(required=True)
    number = fields.Integer(required=True)
    edition_sha256 = sha256(required=True)
    previous_sha256 = fields.String(required=True, allow_none=True)
    inputs_sha256 = sha256(required=True)
    key_id = fields.String(required=True)
    issued_at = fields.AwareDateTime(required=True, format="iso")
    sheets = fields.List(fields.Dict(), required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    synthetic = fields.Boolean(required=True)
    publication = fields.Nested(PublicationSchema, required=True, allow_none=True)
