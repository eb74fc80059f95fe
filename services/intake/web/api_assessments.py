"""Self-assessments for machines: draft, evidence, submissions, receipts."""

from pathlib import Path
from typing import Any

from flask import Response, send_file
from flask.views import MethodView
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict

from services.intake.domain.evidence import StoredFile, Upload
from services.intake.usecases import drafts, evidence, submissions
from services.intake.usecases.dossiers import GivenDossier, save_dossier
from services.intake.usecases.drafts import GivenClaim, GivenEvidence
from services.intake.usecases.receiving import take_step
from services.intake.web.assessment_schemas import (
    ChangesSchema,
    ContentSchema,
    DraftSchema,
    EvidenceFormSchema,
    FiguresSchema,
    GivenDossierSchema,
    GivenStepSchema,
    IfMatchSchema,
    OptionalContentSchema,
    OptionalIfMatchSchema,
    ReceiptListSchema,
    ReceiptSchema,
    SinceSchema,
    StepSchema,
    SubmissionSchema,
    UploadedSchema,
    version_of,
)
from services.intake.web.documents import draft_document, receipt_document, step_document
from services.intake.web.parts import NUMBER, Parts
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the draft's version"}}


class _MultipartParser(FlaskParser):  # webargs' own, with files among the fields
    def load_form(self, req: Any, schema: Any) -> Any:
        return self._makeproxy(CombinedMultiDict([req.form, req.files]), schema)


class MultipartBlueprint(Blueprint):
    """A blueprint whose forms may hold files."""

    ARGUMENTS_PARSER = _MultipartParser()


def register_draft(blueprint: Blueprint, parts: Parts) -> None:
    def answer(cycle: str, unit: str) -> Any:
        view = drafts.read_draft(parts.intake, current_actor(), cycle, unit)
        return draft_document(view), 200, {"ETag": f'"{view.draft.version}"'}

    @blueprint.route("/draft")
    class Draft(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, DraftSchema, headers=ETAG)
        def get(self, cycle: str, unit: str) -> Any:
            """The draft as it stands; its version is the ETag."""
            return answer(cycle, unit)

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(ContentSchema)
        @blueprint.response(200, DraftSchema, headers=ETAG)
        def put(self, headers: dict[str, str], content: dict[str, Any], cycle: str, unit: str) -> Any:
            """Replace the whole draft; refused (412) if it is not at the version named in If-Match."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            drafts.save_draft(parts.intake, current_actor(), cycle, unit, content["items"], seen)
            return answer(cycle, unit)

    @blueprint.route("/draft/items/<code:criterion>")
    class Item(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(FiguresSchema)
        @blueprint.response(200, DraftSchema, headers=ETAG)
        def put(self, headers: dict[str, str], figures: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Change one item's figures; refused (412) only if somebody changed this item since the version seen."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            drafts.save_items(
                parts.intake, current_actor(), cycle, unit, [GivenClaim(criterion=criterion, **figures)], seen
            )
            return answer(cycle, unit)


def register_documents(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/evidence")
    class Evidence(MethodView):
        @refuses(blueprint, 404, 409, 415, *BODY)
        @blueprint.arguments(EvidenceFormSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, UploadedSchema)
        def post(self, form: dict[str, Any], cycle: str, unit: str) -> dict[str, Any]:
            """Bring a document: attached to `criterion` if given, else only kept for the unit."""
            return take_evidence(parts, form, cycle, unit)

    @blueprint.route("/draft/evidence/<identifier:evidence_id>")
    class DraftEvidence(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(204)
        def delete(self, cycle: str, unit: str, evidence_id: str) -> None:
            """Take a document away from the draft; what was sent keeps it."""
            evidence.detach_evidence(parts.intake, current_actor(), cycle, unit, evidence_id)


def take_evidence(parts: Parts, form: dict[str, Any], cycle: str, unit: str) -> dict[str, Any]:
    """Keep an uploaded document and attach it where the form says so."""
    file = form.pop("file")
    criterion = form.pop("criterion")
    stream, name = (file.stream, file.filename) if file is not None else (None, None)
    if criterion is None:
        if stream is None:
            raise BadInput([Fault(sentence("Attach a file or name the item it is about."), path="file")])
        return _kept(evidence.upload_evidence(parts.intake, parts.files, current_actor(), cycle, unit, stream, name))
    _draft, entry = evidence.attach_evidence(
        parts.intake, parts.files, current_actor(), cycle, unit, criterion, GivenEvidence(**form), stream, name
    )
    return {
        "sha256": entry.sha256,
        "size": entry.size,
        "media_type": entry.media_type,
        "label": entry.label,
        "criterion": criterion,
        "evidence": entry.id,
    }


def _kept(upload: Upload) -> dict[str, Any]:
    return {
        "sha256": upload.file.sha256,
        "size": upload.file.size,
        "media_type": upload.file.media_type,
        "label": upload.label,
        "criterion": None,
        "evidence": None,
    }


def as_download(path: Path, file: StoredFile, label: str) -> Response:
    """A stored file as an attachment in a sandbox."""
    answer = send_file(path, mimetype=file.media_type, as_attachment=True, download_name=label, etag=file.sha256)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def register_submissions(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/submissions")
    class Submissions(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ReceiptListSchema)
        def get(self, cycle: str, unit: str) -> dict[str, Any]:
            """Receipts of everything that was sent, newest first."""
            view = submissions.read_submissions(parts.intake, current_actor(), cycle, unit)
            return {"submissions": [receipt_document(one, view.steps_of(one.number)) for one in view.submissions]}

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(OptionalIfMatchSchema, location="headers")
        @blueprint.arguments(OptionalContentSchema, required=False)
        @blueprint.alt_response(200, schema=ReceiptSchema, description="Exactly this was sent before", success=True)
        @blueprint.response(201, ReceiptSchema)
        def post(self, headers: dict[str, Any], content: dict[str, Any], cycle: str, unit: str) -> Any:
            """Send the draft (If-Match names the version seen), or a whole self-assessment at once."""
            submission, created = submissions.submit(
                parts.intake,
                current_actor(),
                cycle,
                unit,
                seen=version_of(headers["if_match"]),
                given=content["items"],
                dossier=content["dossier"],
            )
            if created:
                return receipt_document(submission), 201
            view = submissions.read_submission(parts.intake, current_actor(), cycle, unit, submission.number)
            return receipt_document(submission, view.steps_of(submission.number)), 200

    @blueprint.route(f"/submissions/{NUMBER}")
    class Submission(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, SubmissionSchema)
        def get(self, cycle: str, unit: str, number: int) -> dict[str, Any]:
            """One version that was sent, with the very content that was hashed."""
            view = submissions.read_submission(parts.intake, current_actor(), cycle, unit, number)
            receipt = receipt_document(view.submissions[0], view.steps_of(number))
            return {"receipt": receipt, "content": view.submissions[0].content}

    @blueprint.route(f"/submissions/{NUMBER}/receipt")
    class Receipt(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, ReceiptSchema)
        def get(self, cycle: str, unit: str, number: int) -> dict[str, Any]:
            """The receipt alone."""
            view = submissions.read_submission(parts.intake, current_actor(), cycle, unit, number)
            return receipt_document(view.submissions[0], view.steps_of(number))

    @blueprint.route(f"/submissions/{NUMBER}/changes")
    class Changes(MethodView):
        @refuses(blueprint, 404, 422)
        @blueprint.arguments(SinceSchema, location="query")
        @blueprint.response(200, ChangesSchema)
        def get(self, query: dict[str, Any], cycle: str, unit: str, number: int) -> dict[str, Any]:
            """What this version says differently from an earlier one, by default the one before."""
            view, changes = submissions.compare_submissions(
                parts.intake, current_actor(), cycle, unit, number, query["since"]
            )
            return {"number": number, "since": view.submissions[1].number, "changes": changes}

    @blueprint.route(f"/submissions/{NUMBER}/reception")
    class Reception(MethodView):
        @refuses(blueprint, 404, 409, *BODY)
        @blueprint.arguments(GivenStepSchema)
        @blueprint.response(200, StepSchema)
        def post(self, given: dict[str, Any], cycle: str, unit: str, number: int) -> dict[str, Any]:
            """Take the newest version in, accept it, or return it with a reason; the council's staff."""
            step = take_step(parts.intake, current_actor(), cycle, unit, number, **given)
            return step_document(step)


def register_dossier(blueprint: Blueprint, parts: Parts) -> None:
    """The document under which it is sent, and files as those see them who may read what was sent."""

    def answer(cycle: str, unit: str) -> Any:
        view = drafts.read_draft(parts.intake, current_actor(), cycle, unit)
        return draft_document(view), 200, {"ETag": f'"{view.draft.version}"'}

    @blueprint.route("/draft/dossier")
    class Dossier(MethodView):
        @refuses(blueprint, 404, 409, 412, 415, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(GivenDossierSchema)
        @blueprint.response(200, DraftSchema, headers=ETAG)
        def put(self, headers: dict[str, str], given: GivenDossier, cycle: str, unit: str) -> Any:
            """Say under which document, by whom signed, the self-assessment is sent."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            save_dossier(parts.intake, current_actor(), cycle, unit, given, seen)
            return answer(cycle, unit)

    @blueprint.route("/evidence/<sha256:sha256>")
    class EvidenceFile(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        def get(self, cycle: str, unit: str, sha256: str) -> Response:
            """The file, always as a download."""
            path, upload = evidence.find_evidence(parts.intake, parts.files, current_actor(), cycle, unit, sha256)
            return as_download(path, upload.file, upload.label)
