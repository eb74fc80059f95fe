"""Questions of the reviewers and their answers, for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.assessments.model import GivenEvidence
from services.intake.ports import WebDependencies
from services.intake.questions.actions import GivenAnswer, attach_to_answer, save_answer, send_answer
from services.intake.questions.queries import RequestView, read_request, read_requests
from services.intake.questions.schemas import (
    AnswerEvidenceSchema,
    GivenAnswerSchema,
    OneQuestionSchema,
    QuestionsSchema,
    question_document,
)
from services.intake.schemas import IfMatchSchema, version_of
from services.intake.submissions.schemas import ReceiptSchema, receipt_document
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the prepared answer's version"}}
REQUEST = "/requests/<identifier:request>"


def register_explanations(blueprint: Blueprint, web: WebDependencies) -> None:
    """`…/requests` on the blueprint of self-assessments."""

    @blueprint.route("/requests")
    class Requests(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, QuestionsSchema)
        def get(self, cycle: str, unit: str) -> dict[str, Any]:
            """What the reviewers ask of the unit."""
            view = read_requests(web.store, current_actor(), cycle, unit)
            return {"requests": [question_document(one) for one in view.requests]}

    @blueprint.route(REQUEST)
    class Request(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, OneQuestionSchema, headers=ETAG)
        def get(self, cycle: str, unit: str, request: str) -> Any:
            """One question, and the answer as it is prepared."""
            return _answer(read_request(web.store, current_actor(), cycle, unit, request))

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(GivenAnswerSchema)
        @blueprint.response(200, OneQuestionSchema, headers=ETAG)
        def put(self, headers: dict[str, str], given: GivenAnswer, cycle: str, unit: str, request: str) -> Any:
            """Prepare the answer; refused (412) if it is not at the version named in If-Match."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            return _answer(save_answer(web.store, current_actor(), cycle, unit, request, given, seen))

    @blueprint.route(REQUEST + "/evidence")
    class RequestEvidence(MethodView):
        @refuses(blueprint, 404, 409, 415, *BODY)
        @blueprint.arguments(AnswerEvidenceSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, OneQuestionSchema, headers=ETAG)
        def post(self, form: dict[str, Any], cycle: str, unit: str, request: str) -> Any:
            """Add a document to the prepared answer."""
            file = form.pop("file")
            stream, name = (file.stream, file.filename) if file is not None else (None, None)
            view = attach_to_answer(
                *(web.store, web.files, current_actor(), cycle, unit, request),
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
            submission, _ = send_answer(web.store, current_actor(), cycle, unit, request, seen)
            return receipt_document(submission)


def _answer(view: RequestView) -> Any:
    document = {
        **question_document(view.request),
        "open": view.is_open,
        "may_send": view.may_send,
        "sent": view.sent,
        "prepared": view.claim,
    }
    return document, {"ETag": f'"{view.request.version}"'}
