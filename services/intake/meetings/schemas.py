"""What comes in and goes out about meetings."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.meetings.actions import GivenMeeting, GivenMinutes
from services.intake.meetings.model import (
    BASES,
    KINDS,
    LONGEST_NAME,
    MOST_DISSENTS,
    MOST_SIGNERS,
    Attendance,
    Meeting,
    NotedDissent,
    NotedTotal,
    Signer,
)
from services.intake.meetings.model import LONGEST_TEXT as LONGEST_MINUTES_TEXT
from services.intake.meetings.queries import MeetingView
from services.intake.schemas import day, moment
from shared.contracts.fields import Number, Text, WholeNumber, code, sha256
from shared.contracts.figures import LARGEST
from shared.contracts.intake_v1 import MeetingRecorded, MinutesSchema

MOST_MEMBERS = 1000


class MeetingHeadSchema(ma.Schema):
    """A meeting in a list."""

    number = WholeNumber(required=True)
    version = WholeNumber(required=True)
    held_on = day(required=True)
    signed = fields.Boolean(required=True)


def _name(**kwargs: Any) -> Text:
    return Text(longest=LONGEST_NAME, **kwargs)


class GivenAttendanceSchema(ma.Schema):
    """Whether a member came, and who spoke for it."""

    unit = code(required=True)
    attended = fields.Boolean(required=True, truthy={True}, falsy={False})
    representative = _name(load_default="")
    position = _name(load_default="")
    mandate = Text(longest=300, load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Attendance:
        return Attendance(**data)


class GivenTotalSchema(ma.Schema):
    """A line of the table that was noted."""

    unit = code(required=True)
    points = Number(required=True, validate=validate.Range(min=-LARGEST, max=LARGEST))
    basis = fields.String(required=True, validate=validate.OneOf(BASES))

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> NotedTotal:
        return NotedTotal(**data)


class GivenDissentSchema(ma.Schema):
    """What a member said against it; without a criterion it is about the whole line."""

    by_unit = code(required=True)
    unit = code(required=True)
    criterion = code(load_default=None, allow_none=True)
    reason = Text(required=True, longest=LONGEST_MINUTES_TEXT, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> NotedDissent:
        return NotedDissent(**data)


class GivenSignerSchema(ma.Schema):
    """Somebody who signed."""

    name = _name(required=True, shortest=1)
    position = _name(required=True, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Signer:
        return Signer(**data)


class GivenMinutesSchema(ma.Schema):
    """The signed document; its PDF was brought before."""

    document_number = Text(required=True, longest=200, shortest=1)
    issued_on = day(required=True)
    signers = fields.List(
        fields.Nested(GivenSignerSchema), required=True, validate=validate.Length(min=1, max=MOST_SIGNERS)
    )
    sha256 = sha256(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenMinutes:
        return GivenMinutes(**{**data, "signers": tuple(data["signers"])})


class GivenMeetingSchema(ma.Schema):
    """A meeting. Without a table the self-scores received are noted; with `minutes` the record is signed and stays."""

    held_on = day(required=True)
    place = _name(required=True, shortest=1)
    chair_unit = code(required=True)
    chair = _name(required=True, shortest=1)
    own_file_chair_unit = code(
        load_default=None, allow_none=True, metadata={"description": "null: a representative of the Board"}
    )
    own_file_chair = _name(load_default="")
    attendance = fields.List(
        fields.Nested(GivenAttendanceSchema), required=True, validate=validate.Length(max=MOST_MEMBERS)
    )
    table = fields.List(
        fields.Nested(GivenTotalSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_MEMBERS),
    )
    agreed = fields.Boolean(required=True, truthy={True}, falsy={False})
    dissents = fields.List(
        fields.Nested(GivenDissentSchema), load_default=list, validate=validate.Length(max=MOST_DISSENTS)
    )
    minutes = fields.Nested(GivenMinutesSchema, load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenMeeting:
        table = data["table"]
        return GivenMeeting(
            **{
                **data,
                "attendance": tuple(data["attendance"]),
                "table": None if table is None else tuple(table),
                "dissents": tuple(data["dissents"]),
            }
        )


class GivenVersionSchema(ma.Schema):
    """Another version of a meeting's record upon version `seen`; of signed minutes it says what it corrects."""

    meeting = fields.Nested(GivenMeetingSchema, required=True)
    seen = WholeNumber(required=True, validate=validate.Range(min=1))
    correction = Text(load_default="", longest=LONGEST_MINUTES_TEXT)


class GivenMinutesPositionSchema(ma.Schema):
    """What a member that came says of a version of the minutes."""

    version = WholeNumber(required=True, validate=validate.Range(min=1))
    unit = code(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    about_unit = code(load_default=None, allow_none=True)
    criterion = code(load_default=None, allow_none=True)
    reason = Text(load_default="", longest=LONGEST_MINUTES_TEXT)


class VersionHeadSchema(ma.Schema):
    """A version of the record, in short."""

    version = WholeNumber(required=True)
    signed = fields.Boolean(required=True)
    correction = fields.String(required=True)
    content_sha256 = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class MeetingRecordSchema(MeetingRecorded):
    """The record of a meeting as the feed says it; without minutes it is not signed yet and may change."""

    minutes = fields.Nested(MinutesSchema, required=True, allow_none=True)


class MeetingSchema(ma.Schema):
    """A meeting: its newest version, and all versions in short."""

    newest = fields.Nested(MeetingRecordSchema, required=True)
    versions = fields.List(fields.Nested(VersionHeadSchema), required=True)


def meeting_head(meeting: Meeting) -> dict[str, Any]:
    newest = meeting.newest
    return {
        "number": meeting.number,
        "version": newest.number,
        "held_on": newest.content.held_on,
        "signed": newest.is_signed,
    }


def meeting_document(view: MeetingView) -> dict[str, Any]:
    meeting = view.meeting
    assert meeting is not None
    return {
        "newest": MeetingRecordSchema().load(meeting.event(synthetic=view.place.cycle.synthetic)),
        "versions": [
            {
                "version": one.number,
                "signed": one.is_signed,
                "correction": one.correction,
                "content_sha256": one.content_sha256,
                "by": one.name,
                "at": one.at,
            }
            for one in meeting.versions
        ],
    }
