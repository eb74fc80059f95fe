"""Questions of the reviewers and their answers, for machines."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from services.intake.domain.explanations import LONGEST_EXPLANATION, ExplanationRequest
from services.intake.usecases import explanations
from services.intake.usecases.drafts import GivenEvidence
from services.intake.usecases.explanations import GivenAnswer, RequestView
from services.intake.web.assessment_schemas import (
    EvidenceFormSchema,
    EvidenceSchema,
    IfMatchSchema,
    ReceiptSchema,
    figure,
    version_of,
)
from services.intake.web.documents import receipt_document
from services.intake.web.parts import Parts
from services.intake.web.schemas import moment
from shared.contracts.fields import Text, WholeNumber
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the prepared answer's version"}}
REQUEST = "/requests/<identifier:request>"


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


def register_explanations(blueprint: Blueprint, parts: Parts) -> None:
    """`…/requests` on the blueprint of self-assessments."""

    @blueprint.route("/requests")
    class Requests(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, QuestionsSchema)
        def get(self, cycle: str, unit: str) -> dict[str, Any]:
            """What the reviewers ask of the unit."""
            view = explanations.read_requests(parts.intake, current_actor(), cycle, unit)
            return {"requests": [_question(one) for one in view.requests]}

    @blueprint.route(REQUEST)
    class Request(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, OneQuestionSchema, headers=ETAG)
        def get(self, cycle: str, unit: str, request: str) -> Any:
            """One question, and the answer as it is prepared."""
            return _answer(explanations.read_request(parts.intake, current_actor(), cycle, unit, request))

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(GivenAnswerSchema)
        @blueprint.response(200, OneQuestionSchema, headers=ETAG)
        def put(self, headers: dict[str, str], given: GivenAnswer, cycle: str, unit: str, request: str) -> Any:
            """Prepare the answer; refused (412) if it is not at the version named in If-Match."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            return _answer(explanations.save_answer(parts.intake, current_actor(), cycle, unit, request, given, seen))

    @blueprint.route(REQUEST + "/evidence")
    class RequestEvidence(MethodView):
        @refuses(blueprint, 404, 409, 415, *BODY)
        @blueprint.arguments(AnswerEvidenceSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, OneQuestionSchema, headers=ETAG)
        def post(self, form: dict[str, Any], cycle: str, unit: str, request: str) -> Any:
            """Add a document to the prepared answer."""
            file = form.pop("file")
            stream, name = (file.stream, file.filename) if file is not None else (None, None)
            view = explanations.attach_to_answer(
                *(parts.intake, parts.files, current_actor(), cycle, unit, request),
                GivenEvidence(**form),
                stream,
                name,
            )
            return _answer(view)

    @blueprint.route(REQUEST + "/answer")
    class RequestAnswer(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.response(201, ReceiptSchema)
        def post(self, headers: dict[str, str], cycle: str, unit: str, request: str) -> Any:
            """Send the answer: a new version of the self-assessment in which only this item differs."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            submission, _ = explanations.send_answer(parts.intake, current_actor(), cycle, unit, request, seen)
            return receipt_document(submission)


def _question(request: ExplanationRequest) -> dict[str, Any]:
    return {**vars(request), "answered_number": request.answer.number if request.answer else None}


def _answer(view: RequestView) -> Any:
    document = {
        **_question(view.request),
        "open": view.is_open,
        "may_send": view.may_send,
        "sent": view.sent,
        "prepared": view.claim,
    }
    return document, {"ETag": f'"{view.request.version}"'}
