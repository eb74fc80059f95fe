"""What comes in and goes out about deadlines."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.domain.cycles import Extension
from services.intake.usecases.calendar import MOST_DAYS, CalendarView, GivenExtension
from services.intake.web.schemas import day, moment
from shared.contracts.fields import Text, WholeNumber, code


class GivenExtensionSchema(ma.Schema):
    """More time for the cycle, or for one unit."""

    deadline_on = day(required=True, metadata={"description": "over at the end of this day in Vietnam"})
    late_days = WholeNumber(load_default=0, validate=validate.Range(min=0, max=MOST_DAYS))
    reason = Text(required=True, longest=1000, shortest=1)
    document = Text(load_default="", longest=200, metadata={"description": "number of the document that allows it"})
    unit = code(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenExtension:
        return GivenExtension(**data)


class ExtensionSchema(ma.Schema):
    """An extension as it was given."""

    unit = fields.String(required=True, allow_none=True)
    deadline_at = moment(required=True)
    closes_at = moment(required=True)
    reason = fields.String(required=True)
    document = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class DayOffSchema(ma.Schema):
    """A public holiday or a day off in lieu."""

    day = day(required=True)
    name = fields.String(required=True)


class CalendarSchema(ma.Schema):
    """The cycle's deadline among the working days of Vietnam."""

    today = day(required=True)
    deadline_on = day(required=True)
    deadline_at = moment(required=True)
    closes_at = moment(required=True)
    working_days_left = WholeNumber(required=True, metadata={"description": "from today to the deadline's day"})
    deadline_is_day_off = fields.Boolean(required=True)
    days_off = fields.List(fields.Nested(DayOffSchema), required=True)
    extensions = fields.List(fields.Nested(ExtensionSchema), required=True, metadata={"description": "oldest first"})


def extension_document(extension: Extension) -> dict[str, Any]:
    return {
        "unit": extension.unit,
        "deadline_at": extension.deadline_at,
        "closes_at": extension.closes_at,
        "reason": extension.reason,
        "document": extension.document,
        "by": extension.name,
        "at": extension.at,
    }


def calendar_document(view: CalendarView, extensions: list[Extension]) -> dict[str, Any]:
    return {
        "today": view.today,
        "deadline_on": view.deadline_on,
        "deadline_at": view.cycle.deadline_at,
        "closes_at": view.cycle.closes_at,
        "working_days_left": view.left,
        "deadline_is_day_off": view.deadline_is_day_off,
        "days_off": view.days_off,
        "extensions": [extension_document(extension) for extension in extensions],
    }
