"""What comes in and goes out about notices, mail, reminders and what is owed."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.domain.mail import LONGEST_ADDRESS
from services.intake.domain.notices import KINDS, MODES, Entry
from services.intake.domain.reminders import LONGEST_STAGE, MATTERS, MOST_STAGES, CycleReminders, Owed
from services.intake.usecases.notices import PAGE, Inbox
from services.intake.usecases.reminders import OwedView
from services.intake.web.schemas import day, moment
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


class RemindersSchema(ma.Schema):
    """When a cycle reminds: so many working days before a day due."""

    days = fields.List(
        WholeNumber(validate=validate.Range(min=0, max=LONGEST_STAGE)),
        required=True,
        validate=validate.Length(max=MOST_STAGES),
    )
    covenant_due_on = day(load_default=None, allow_none=True)
    comments_due_on = day(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> CycleReminders:
        return CycleReminders(tuple(data["days"]), data["covenant_due_on"], data["comments_due_on"])


class OwedSchema(ma.Schema):
    """Something a unit owes."""

    key = fields.String(required=True)
    matter = fields.String(required=True, validate=validate.OneOf(MATTERS))
    unit = fields.String(required=True)
    cluster = fields.String(required=True)
    due_on = day(required=True)
    days_late = WholeNumber(required=True, metadata={"description": "calendar days; 0: not late"})
    returned = fields.Boolean(required=True, metadata={"description": "it was sent and came back"})
    name = fields.String(required=True, metadata={"description": "of the contributor, where it is a contribution"})
    criteria = fields.List(fields.String(), required=True)


class OwedListSchema(ma.Schema):
    """What the units you look after owe, the latest first."""

    today = day(required=True)
    owed = fields.List(fields.Nested(OwedSchema), required=True)
    sent_late = WholeNumber(required=True)
    reminders = fields.Nested(RemindersSchema, required=True)


class RemindSchema(ma.Schema):
    """What to remind of; null: of everything that is late."""

    keys = fields.List(
        Text(longest=400, shortest=1), load_default=None, allow_none=True, validate=validate.Length(max=20000)
    )


class RemindedSchema(ma.Schema):
    """How many notices that made; nobody is reminded of the same thing twice in a day."""

    notices = WholeNumber(required=True)


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


def owed_document(view: OwedView) -> dict[str, Any]:
    return {
        "today": view.today,
        "owed": [_owed(one, view) for one in view.owed],
        "sent_late": view.sent_late,
        "reminders": view.reminders,
    }


def _owed(one: Owed, view: OwedView) -> dict[str, Any]:
    return {
        "key": one.key,
        "matter": one.matter,
        "unit": one.member.unit,
        "cluster": one.member.cluster,
        "due_on": one.due_on,
        "days_late": one.days_late(view.today),
        "returned": one.returned,
        "name": one.name,
        "criteria": list(one.criteria),
    }
