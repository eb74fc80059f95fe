"""Submissions, receipts, steps of the staff and the legal dossier, for machines."""

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.assessments.queries import read_draft
from services.intake.assessments.schemas import DraftSchema, draft_document
from services.intake.ports import WebDependencies
from services.intake.schemas import IfMatchSchema, OptionalIfMatchSchema, version_of
from services.intake.submissions.actions import GivenDossier, save_dossier, submit, take_step
from services.intake.submissions.queries import compare_submissions, find_evidence, read_submission, read_submissions
from services.intake.submissions.schemas import (
    ChangesSchema,
    GivenDossierSchema,
    GivenStepSchema,
    OptionalContentSchema,
    ReceiptListSchema,
    ReceiptSchema,
    SinceSchema,
    StepSchema,
    SubmissionSchema,
    receipt_document,
    step_document,
)
from services.intake.web import DRAFT_ETAG, NUMBER, as_download
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_submissions(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route("/submissions")
    class Submissions(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ReceiptListSchema)
        def get(self, cycle: str, unit: str) -> dict[str, Any]:
            """Receipts of everything that was sent, newest first."""
            view = read_submissions(web.store, current_actor(), cycle, unit)
            return {"submissions": [receipt_document(one, view.steps_of(one.number)) for one in view.submissions]}

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(OptionalIfMatchSchema, location="headers")
        @blueprint.arguments(OptionalContentSchema, required=False)
        @blueprint.alt_response(200, schema=ReceiptSchema, description="Exactly this was sent before", success=True)
        @blueprint.response(201, ReceiptSchema)
        def post(self, headers: dict[str, Any], content: dict[str, Any], cycle: str, unit: str) -> Any:
            """Send the draft (If-Match names the version seen), or a whole self-assessment at once."""
            submission, created = submit(
                web.store,
                current_actor(),
                cycle,
                unit,
                seen=version_of(headers["if_match"]),
                given=content["items"],
                dossier=content["dossier"],
            )
            if created:
                return receipt_document(submission), 201
            view = read_submission(web.store, current_actor(), cycle, unit, submission.number)
            return receipt_document(submission, view.steps_of(submission.number)), 200

    @blueprint.route(f"/submissions/{NUMBER}")
    class Submission(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, SubmissionSchema)
        def get(self, cycle: str, unit: str, number: int) -> dict[str, Any]:
            """One version that was sent, with the very content that was hashed."""
            view = read_submission(web.store, current_actor(), cycle, unit, number)
            receipt = receipt_document(view.submissions[0], view.steps_of(number))
            return {"receipt": receipt, "content": view.submissions[0].content}

    @blueprint.route(f"/submissions/{NUMBER}/receipt")
    class Receipt(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ReceiptSchema)
        def get(self, cycle: str, unit: str, number: int) -> dict[str, Any]:
            """The receipt alone."""
            view = read_submission(web.store, current_actor(), cycle, unit, number)
            return receipt_document(view.submissions[0], view.steps_of(number))

    @blueprint.route(f"/submissions/{NUMBER}/changes")
    class Changes(MethodView):
        @refuses(blueprint, 404, 422)
        @blueprint.arguments(SinceSchema, location="query")
        @blueprint.response(200, ChangesSchema)
        def get(self, query: dict[str, Any], cycle: str, unit: str, number: int) -> dict[str, Any]:
            """What this version says differently from an earlier one, by default the one before."""
            view, changes = compare_submissions(web.store, current_actor(), cycle, unit, number, query["since"])
            return {"number": number, "since": view.submissions[1].number, "changes": changes}

    @blueprint.route(f"/submissions/{NUMBER}/reception")
    class Reception(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenStepSchema)
        @blueprint.response(200, StepSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, number: int) -> dict[str, Any]:
            """Take the newest version in, accept it, or return it with a reason; the council's staff."""
            step = take_step(web.store, current_actor(), cycle, unit, number, **given)
            return step_document(step)


def register_dossier(blueprint: Blueprint, web: WebDependencies) -> None:
    """The document under which it is sent, and files as those see them who may read what was sent."""

    def answer(cycle: str, unit: str) -> Any:
        view = read_draft(web.store, current_actor(), cycle, unit)
        return draft_document(view), 200, {"ETag": f'"{view.draft.version}"'}

    @blueprint.route("/draft/dossier")
    class Dossier(MethodView):
        @refuses(blueprint, 404, 409, 412, 415, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(GivenDossierSchema)
        @blueprint.response(200, DraftSchema, headers=DRAFT_ETAG)
        def put(self, headers: dict[str, str], given: GivenDossier, cycle: str, unit: str) -> Any:
            """Say under which document, by whom signed, the self-assessment is sent."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            save_dossier(web.store, current_actor(), cycle, unit, given, seen)
            return answer(cycle, unit)

    @blueprint.route("/evidence/<sha256:sha256>")
    class EvidenceFile(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        def get(self, cycle: str, unit: str, sha256: str) -> Response:
            """The file, always as a download."""
            path, upload = find_evidence(web.store, web.files, current_actor(), cycle, unit, sha256)
            return as_download(path, upload.file.media_type, upload.file.sha256, upload.label)
