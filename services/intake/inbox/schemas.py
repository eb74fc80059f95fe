"""What comes in and goes out about notices and mail."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.inbox.model import LONGEST_ADDRESS, Entry
from services.intake.inbox.queries import PAGE, Inbox
from services.intake.notices.model import KINDS, MODES
from services.intake.schemas import moment
from shared.contracts.fields import QueryWholeNumber, Text, WholeNumber
from shared.contracts.fields import Title as TitleSchema
from shared.contracts.sentences import Sentence

MOST_NUMBERS = 500
LARGEST = 2**53


class InboxQuerySchema(ma.Schema):
    """Which stretch of the inbox."""

    before = QueryWholeNumber(load_default=None, validate=validate.Range(min=1, max=LARGEST))
    limit = QueryWholeNumber(load_default=PAGE, validate=validate.Range(min=1, max=200))


class NoticeSchema(ma.Schema):
    """A line of the inbox."""

    number = WholeNumber(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(sorted(KINDS)))
    title = fields.Nested(TitleSchema, required=True)
    detail = fields.Nested(TitleSchema, required=True, allow_none=True)
    council = fields.String(required=True, metadata={"description": "empty where no council is concerned"})
    cycle = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    app = fields.String(required=True, metadata={"description": "the part of the suite in which the page stands"})
    path = fields.String(required=True, metadata={"description": "the page concerned, below the part's address"})
    asks = fields.Boolean(required=True, metadata={"description": "whether somebody waits for you"})
    by = fields.String(required=True)
    at = moment(required=True)
    read_at = moment(required=True, allow_none=True)


class InboxSchema(ma.Schema):
    """Your notices, newest first."""

    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    unread = WholeNumber(required=True)
    next_before = WholeNumber(required=True, allow_none=True, metadata={"description": "where older ones begin"})


class ReadSchema(ma.Schema):
    """Which notices were read; null: all."""

    numbers = fields.List(
        WholeNumber(validate=validate.Range(min=1, max=LARGEST)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_NUMBERS),
    )


class ReadCountSchema(ma.Schema):
    """How many were unread before."""

    read = WholeNumber(required=True)


class MailSettingSchema(ma.Schema):
    """Where your mail goes, and how often."""

    address = Text(required=True, longest=LONGEST_ADDRESS)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))


def _in_both(said: Sentence | str) -> dict[str, str]:
    text = said if isinstance(said, Sentence) else None
    return {language: text.in_language(language) if text else str(said) for language in ("vi", "en")}


def notice_document(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.kind.code,
        "title": _in_both(Sentence(entry.kind.title)),
        "detail": _in_both(entry.detail) if entry.detail else None,
        "council": entry.council,
        "cycle": entry.cycle,
        "unit": entry.unit,
        "app": entry.kind.app,
        "path": entry.path,
        "asks": entry.kind.asks,
        "by": entry.by,
        "at": entry.at,
        "read_at": entry.read_at,
    }


def inbox_document(inbox: Inbox) -> dict[str, Any]:
    return {
        "notices": [notice_document(entry) for entry in inbox.entries],
        "unread": inbox.unread,
        "next_before": inbox.next_before,
    }
