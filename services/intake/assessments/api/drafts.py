"""Drafts and their documents for machines."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from services.intake.assessments.actions import (
    attach_evidence,
    detach_evidence,
    save_draft,
    save_items,
    upload_evidence,
)
from services.intake.assessments.model import GivenClaim, GivenEvidence
from services.intake.assessments.queries import read_draft
from services.intake.assessments.schemas import (
    ContentSchema,
    DraftSchema,
    EvidenceFormSchema,
    FiguresSchema,
    UploadedSchema,
    draft_document,
)
from services.intake.files.model import Upload
from services.intake.ports import WebDependencies
from services.intake.schemas import IfMatchSchema, version_of
from services.intake.web import DRAFT_ETAG
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.routing import BODY, refuses


def register_draft(blueprint: Blueprint, web: WebDependencies) -> None:
    def answer(cycle: str, unit: str) -> Any:
        view = read_draft(web.store, current_actor(), cycle, unit)
        return draft_document(view), 200, {"ETag": f'"{view.draft.version}"'}

    @blueprint.route("/draft")
    class Draft(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, DraftSchema, headers=DRAFT_ETAG)
        def get(self, cycle: str, unit: str) -> Any:
            """The draft as it stands; its version is the ETag."""
            return answer(cycle, unit)

        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(ContentSchema)
        @blueprint.response(200, DraftSchema, headers=DRAFT_ETAG)
        def put(self, headers: dict[str, str], content: dict[str, Any], cycle: str, unit: str) -> Any:
            """Replace the whole draft; refused (412) if it is not at the version named in If-Match."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            save_draft(web.store, current_actor(), cycle, unit, content["items"], seen)
            return answer(cycle, unit)

    @blueprint.route("/draft/items/<code:criterion>")
    class Item(MethodView):
        @refuses(blueprint, 404, 409, 412, *BODY)
        @blueprint.arguments(IfMatchSchema, location="headers")
        @blueprint.arguments(FiguresSchema)
        @blueprint.response(200, DraftSchema, headers=DRAFT_ETAG)
        def put(self, headers: dict[str, str], figures: dict[str, Any], cycle: str, unit: str, criterion: str) -> Any:
            """Change one item's figures; refused (412) only if somebody changed this item since the version seen."""
            seen = version_of(headers["if_match"])
            assert seen is not None
            save_items(web.store, current_actor(), cycle, unit, [GivenClaim(criterion=criterion, **figures)], seen)
            return answer(cycle, unit)


def register_documents(blueprint: Blueprint, web: WebDependencies) -> None:
    @blueprint.route("/evidence")
    class Evidence(MethodView):
        @refuses(blueprint, 404, 409, 415, *BODY)
        @blueprint.arguments(EvidenceFormSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(201, UploadedSchema)
        def post(self, form: dict[str, Any], cycle: str, unit: str) -> dict[str, Any]:
            """Bring a document: attached to `criterion` if given, else only kept for the unit."""
            return take_evidence(web, form, cycle, unit)

    @blueprint.route("/draft/evidence/<identifier:evidence_id>")
    class DraftEvidence(MethodView):
        @refuses(blueprint, 404, 409)
        @blueprint.response(204)
        def delete(self, cycle: str, unit: str, evidence_id: str) -> None:
            """Take a document away from the draft; what was sent keeps it."""
            detach_evidence(web.store, current_actor(), cycle, unit, evidence_id)


def take_evidence(web: WebDependencies, form: dict[str, Any], cycle: str, unit: str) -> dict[str, Any]:
    """Keep an uploaded document and attach it where the form says so."""
    file = form.pop("file")
    criterion = form.pop("criterion")
    stream, name = (file.stream, file.filename) if file is not None else (None, None)
    if criterion is None:
        if stream is None:
            raise BadInput([Fault(sentence("Attach a file or name the item it is about."), path="file")])
        return _kept(upload_evidence(web.store, web.files, current_actor(), cycle, unit, stream, name))
    _draft, entry = attach_evidence(
        web.store, web.files, current_actor(), cycle, unit, criterion, GivenEvidence(**form), stream, name
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
