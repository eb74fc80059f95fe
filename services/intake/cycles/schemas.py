"""What comes in and goes out about deadlines."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.cycles.actions import GivenExtension
from services.intake.cycles.model import MOST_DAYS, Cycle, Extension
from services.intake.cycles.queries import CalendarView
from services.intake.directory.model import title_document
from services.intake.schemas import day, moment
from shared.contracts.fields import Text, WholeNumber, code, slug
from shared.contracts.fields import Title as TitleSchema
from shared.contracts.intake_v1 import CYCLE_STATES


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


def cycle_document(cycle: Cycle) -> dict[str, Any]:
    return {
        "cycle": cycle.code,
        "council": cycle.council,
        "title": title_document(cycle.title),
        "period": cycle.period,
        "period_kind": cycle.period_kind,
        "deadline_at": cycle.deadline_at,
        "closes_at": cycle.closes_at,
        "state": cycle.state,
        "synthetic": cycle.synthetic,
        "notice": title_document(cycle.notice) if cycle.notice else None,
        "framework_sha256": cycle.framework_sha256,
    }


class CycleSchema(ma.Schema):
    """A cycle."""

    cycle = slug(required=True)
    council = slug(required=True)
    title = fields.Nested(TitleSchema, required=True)
    period = fields.String(required=True)
    period_kind = fields.String(required=True)
    deadline_at = moment(required=True)
    closes_at = moment(required=True)
    state = fields.String(required=True, validate=validate.OneOf(CYCLE_STATES))
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(TitleSchema, required=True, allow_none=True)
    framework_sha256 = fields.String(required=True)


class CycleListSchema(ma.Schema):
    """The cycles of the councils you take part in, newest first."""

    cycles = fields.List(fields.Nested(CycleSchema), required=True)
