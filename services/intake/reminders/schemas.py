"""What comes in and goes out about what is owed."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.reminders.model import LONGEST_STAGE, MATTERS, MOST_STAGES, CycleReminders, Owed
from services.intake.reminders.queries import OwedView
from services.intake.schemas import day
from shared.contracts.fields import Text, WholeNumber


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
