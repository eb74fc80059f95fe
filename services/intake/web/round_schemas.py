"""What comes in and goes out about the cluster round."""

from fractions import Fraction
from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate

from services.intake.domain.challenges import LONGEST_TEXT, Challenge
from services.intake.domain.cluster_round import LONGEST_SOURCE, STANDINGS, Round
from services.intake.domain.meetings import (
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
from services.intake.domain.meetings import (
    LONGEST_TEXT as LONGEST_MINUTES_TEXT,
)
from services.intake.usecases.cluster_page import ClusterView
from services.intake.usecases.cluster_round import GivenRound, RoundView
from services.intake.usecases.meetings import GivenMeeting, GivenMinutes, MeetingView
from services.intake.web.assessment_schemas import GivenEvidenceSchema
from services.intake.web.schemas import day, moment
from shared.contracts.fields import Number, Text, WholeNumber, code, sha256
from shared.contracts.figures import LARGEST
from shared.contracts.intake_v1 import CHALLENGE_STATES, EvidenceSchema, MeetingRecorded, MinutesSchema

SHARE = r"^[1-9][0-9]{0,3}(/[1-9][0-9]{0,3})?\Z"
MOST_MEMBERS = 1000


class GivenRoundSchema(ma.Schema):
    """The days, each inclusive in Vietnam, and the quorum of the meeting with who lays it down."""

    reads_from = day(required=True)
    reads_to = day(required=True)
    answers_to = day(required=True)
    quorum = fields.String(
        required=True, validate=validate.Regexp(SHARE), metadata={"description": "share of the members, such as 2/3"}
    )
    quorum_source = Text(required=True, longest=LONGEST_SOURCE, shortest=1)
    quorum_standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    reason = Text(load_default="", longest=1000, metadata={"description": "needed when declared days change"})

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenRound:
        return GivenRound(**{**data, "quorum": Fraction(data["quorum"])})


class DeclarationSchema(ma.Schema):
    """The days as they were declared."""

    reads_from = day(required=True)
    reads_to = day(required=True)
    answers_to = day(required=True)
    opens_at = moment(required=True)
    closes_at = moment(required=True)
    answers_until = moment(required=True)
    quorum = fields.String(required=True)
    quorum_source = fields.String(required=True)
    quorum_standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class RoundSchema(ma.Schema):
    """Every declaration of a cycle, oldest first (the newest counts), and the clusters you may follow."""

    declarations = fields.List(fields.Nested(DeclarationSchema), required=True)
    clusters = fields.List(fields.String(), required=True)


class RoundDocumentSchema(EvidenceSchema):
    """A document of the round; without a hash no file of it is to be had."""


class AnswerSchema(ma.Schema):
    """The unit's one answer."""

    text = fields.String(required=True)
    document = fields.Nested(RoundDocumentSchema, required=True, allow_none=True)
    by = fields.String(required=True)
    at = moment(required=True)


class WithdrawalSchema(ma.Schema):
    """The challenge was taken back."""

    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class ChallengeSchema(ma.Schema):
    """A challenge as far as you may see it."""

    unit = fields.String(required=True)
    criterion = fields.String(required=True)
    number = WholeNumber(required=True)
    by_unit = fields.String(required=True)
    submission = WholeNumber(required=True)
    content_sha256 = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(CHALLENGE_STATES))
    reason = fields.String(required=True)
    document = fields.Nested(RoundDocumentSchema, required=True)
    by = fields.String(required=True)
    at = moment(required=True)
    answer = fields.Nested(AnswerSchema, required=True, allow_none=True)
    withdrawal = fields.Nested(WithdrawalSchema, required=True, allow_none=True)


class ChallengeListSchema(ma.Schema):
    """The challenges about an item, oldest first."""

    challenges = fields.List(fields.Nested(ChallengeSchema), required=True)


class GivenChallengeSchema(ma.Schema):
    """Which member asks, what and why, and the document it rests on."""

    by_unit = code(required=True)
    reason = Text(required=True, longest=LONGEST_TEXT, shortest=1)
    document = fields.Nested(GivenEvidenceSchema, required=True)


class GivenChallengeAnswerSchema(ma.Schema):
    """The unit's answer, with a document or without."""

    text = Text(required=True, longest=LONGEST_TEXT, shortest=1)
    document = fields.Nested(GivenEvidenceSchema, load_default=None, allow_none=True)


class GivenWithdrawalSchema(ma.Schema):
    """Why it is taken back."""

    reason = Text(load_default="", longest=LONGEST_TEXT)


class ReadableSchema(ma.Schema):
    """A member, the version that was received of it, and its self-score where you may see it."""

    unit = fields.String(required=True)
    submission = WholeNumber(required=True, allow_none=True)
    submitted_at = moment(required=True, allow_none=True)
    self_score = Number(required=True, allow_none=True)


class MeetingHeadSchema(ma.Schema):
    """A meeting in a list."""

    number = WholeNumber(required=True)
    version = WholeNumber(required=True)
    held_on = day(required=True)
    signed = fields.Boolean(required=True)


class ClusterRoundSchema(ma.Schema):
    """A cluster's round: what there is to read, what was challenged, which meetings were held."""

    cluster = fields.String(required=True)
    reads = fields.Boolean(required=True, metadata={"description": "you may read the other members' submissions now"})
    members = fields.List(fields.Nested(ReadableSchema), required=True)
    challenges = fields.List(fields.Nested(ChallengeSchema), required=True)
    meetings = fields.List(fields.Nested(MeetingHeadSchema), required=True)


class RoundFileFormSchema(ma.Schema):
    """A file for a challenge or answer of `unit`; without a unit, for the minutes."""

    file = Upload(required=True)
    unit = code(load_default=None)


class BroughtSchema(ma.Schema):
    """A file that is kept; name it by its hash."""

    sha256 = fields.String(required=True)
    size = WholeNumber(required=True)
    media_type = fields.String(required=True)
    label = fields.String(required=True)


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


def declaration_document(one: Round) -> dict[str, Any]:
    names = ("reads_from", "reads_to", "answers_to", "opens_at", "closes_at", "answers_until", "reason", "at")
    return {
        **{name: getattr(one, name) for name in names},
        "quorum": str(one.quorum.share),
        "quorum_source": one.quorum.source,
        "quorum_standing": one.quorum.standing,
        "by": one.name,
    }


def round_document(view: RoundView) -> dict[str, Any]:
    return {
        "declarations": [declaration_document(one) for one in view.declarations],
        "clusters": [one.code for one in view.clusters],
    }


def challenge_document(one: Challenge) -> dict[str, Any]:
    names = ("unit", "criterion", "number", "by_unit", "submission", "content_sha256", "state", "reason", "at")
    answer, withdrawal = one.answer, one.withdrawal
    return {
        **{name: getattr(one, name) for name in names},
        "document": one.document,
        "by": one.name,
        "answer": answer and {"text": answer.text, "document": answer.document, "by": answer.name, "at": answer.at},
        "withdrawal": withdrawal and {"reason": withdrawal.reason, "by": withdrawal.name, "at": withdrawal.at},
    }


def cluster_round_document(view: ClusterView) -> dict[str, Any]:
    return {
        "cluster": view.place.cluster.code,
        "reads": view.place.reads,
        "members": [
            {
                "unit": unit,
                "submission": received.number if (received := view.received.get(unit)) else None,
                "submitted_at": received.submitted_at if received else None,
                "self_score": view.totals.get(unit),
            }
            for unit in view.place.units
        ],
        "challenges": [challenge_document(one) for one in view.challenges],
        "meetings": [meeting_head(one) for one in view.meetings],
    }


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
