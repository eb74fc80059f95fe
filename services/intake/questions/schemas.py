"""What comes in and goes out about questions of the reviewers."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.intake.assessments.schemas import EvidenceFormSchema, EvidenceSchema
from services.intake.questions.actions import GivenAnswer
from services.intake.questions.model import LONGEST_EXPLANATION, ExplanationRequest
from services.intake.schemas import figure, moment
from shared.contracts.fields import Text, WholeNumber


class QuestionSchema(ma.Schema):
    """A question of the reviewers about one item; until `due_at` (exclusive) that item may be corrected."""

    request = fields.String(required=True, attribute="id")
    criterion = fields.String(required=True)
    number = WholeNumber(required=True)
    submission_number = WholeNumber(required=True)
    reason = fields.String(required=True)
    assignee_role = fields.String(required=True)
    office = fields.String(required=True)
    due_at = moment(required=True)
    requested_at = moment(required=True)
    requested_as = fields.String(required=True)
    state = fields.String(required=True)
    reminders = WholeNumber(required=True)
    ended_at = moment(required=True, allow_none=True)
    ended_reason = fields.String(required=True)
    answered_number = WholeNumber(required=True, allow_none=True)


class QuestionsSchema(ma.Schema):
    """All questions about a unit, newest first."""

    requests = fields.List(fields.Nested(QuestionSchema), required=True)


class AnsweredItemSchema(ma.Schema):
    """An item as it stands."""

    value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    target = fields.Float(required=True, allow_none=True)
    note = fields.String(required=True)
    explanation = fields.String(required=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)


class OneQuestionSchema(QuestionSchema):
    """A question with the item as it was asked about and as it would be sent; the answer's version is the ETag."""

    version = WholeNumber(required=True)
    open = fields.Boolean(required=True)
    may_send = fields.Boolean(required=True)
    sent = fields.Nested(AnsweredItemSchema, required=True)
    prepared = fields.Nested(AnsweredItemSchema, required=True)


class GivenAnswerSchema(ma.Schema):
    """The item as it should be, and the explanation."""

    value = figure()
    self_points = figure()
    explanation = Text(required=True, longest=LONGEST_EXPLANATION)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenAnswer:
        return GivenAnswer(**data)


class AnswerEvidenceSchema(EvidenceFormSchema):
    """A document for the answer."""

    class Meta:
        exclude = ("criterion",)


def question_document(request: ExplanationRequest) -> dict[str, Any]:
    return {**vars(request), "answered_number": request.answer.number if request.answer else None}
