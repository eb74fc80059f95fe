"""What comes in and goes out about challenges."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.assessments.schemas import GivenEvidenceSchema
from services.intake.challenges.model import LONGEST_TEXT, Challenge
from services.intake.schemas import moment
from shared.contracts.fields import Text, WholeNumber, code
from shared.contracts.intake_v1 import CHALLENGE_STATES, EvidenceSchema


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
