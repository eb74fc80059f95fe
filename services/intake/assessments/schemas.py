"""What comes in and goes out about self-assessments and their documents."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from services.intake.assessments.model import (
    ITEM_FIELDS,
    MOST_EVIDENCE,
    TEXT,
    Claim,
    Draft,
    GivenClaim,
    GivenEvidence,
    ItemField,
)
from services.intake.assessments.queries import Change, DraftView
from services.intake.files.model import ENDINGS
from services.intake.schemas import MOST_ITEMS, day, figure, moment
from shared.contracts.fields import Number, QueryWholeNumber, Text, WholeNumber, code, sha256
from shared.contracts.sentences import LANGUAGES


class LanguageSchema(ma.Schema):
    """The language of the workbook."""

    language = fields.String(load_default="vi", validate=validate.OneOf(LANGUAGES))


class _Workbook(Upload):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ma.ValidationError("Expected a file.")
        return value


class WorkbookFormSchema(ma.Schema):
    """A filled-in workbook. Without `take` it is only looked at."""

    file = _Workbook(required=True, metadata={"description": "the .xlsx file, at most 10 MB"})
    take = fields.Boolean(load_default=False)
    seen = QueryWholeNumber(
        load_default=None,
        validate=validate.Range(min=0, max=10**15),
        metadata={"description": "the version whose preview was looked at; by default the workbook's own"},
    )


class GivenEvidenceSchema(ma.Schema):
    """A document: a file uploaded before, by its hash, or only the document's number."""

    sha256 = sha256(load_default=None, allow_none=True)
    document_number = Text(longest=200, load_default="")
    issuer = Text(longest=300, load_default="")
    issued_on = day(load_default=None, allow_none=True)
    signer = Text(longest=200, load_default="")
    reference_only = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenEvidence:
        return GivenEvidence(**data)


class ProposedDocumentSchema(ma.Schema):
    """Documents to add to an item."""

    criterion = code(required=True)
    evidence = fields.List(fields.Nested(GivenEvidenceSchema), required=True, validate=validate.Length(max=100))


def _given_field(one: ItemField) -> fields.Field:
    described: dict[str, Any] = {"metadata": {"description": one.description}} if one.description else {}
    return Text(longest=one.longest, load_default="", **described) if one.kind == TEXT else figure(**described)


def _shown_field(one: ItemField) -> fields.Field:
    return fields.String(required=True) if one.kind == TEXT else Number(required=True, allow_none=True)


class FiguresSchema(ma.Schema.from_dict({one.name: _given_field(one) for one in ITEM_FIELDS})):  # type: ignore[misc]
    """What is said about one item, without its documents."""


class GivenItemSchema(FiguresSchema):
    """One item; `evidence` absent or null leaves the documents as they are."""

    criterion = code(required=True)
    evidence = fields.List(
        fields.Nested(GivenEvidenceSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_EVIDENCE),
    )

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenClaim:
        evidence = data.pop("evidence")
        return GivenClaim(**data, evidence=None if evidence is None else tuple(evidence))


class ProposalSchema(ma.Schema):
    """What a workbook asks for."""

    items = fields.List(fields.Nested(GivenItemSchema), required=True, validate=validate.Length(max=MOST_ITEMS))
    documents = fields.List(
        fields.Nested(ProposedDocumentSchema), required=True, validate=validate.Length(max=MOST_ITEMS)
    )


class ChangeSchema(ma.Schema):
    """One figure or text that would change."""

    criterion = fields.String(required=True)
    part = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    clash = fields.Boolean(
        required=True, metadata={"description": "somebody else changed the item since the workbook was made"}
    )


class PreviewSchema(ma.Schema):
    """What taking the workbook changes (or, with `taken`, has changed)."""

    version = WholeNumber(required=True, metadata={"description": "the draft's version"})
    made_from = WholeNumber(required=True, metadata={"description": "the version the workbook was made from"})
    taken = fields.Boolean(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


def change_document(change: Change) -> dict[str, Any]:
    return dict(vars(change))


class ContentSchema(ma.Schema):
    """A whole self-assessment."""

    items = fields.List(fields.Nested(GivenItemSchema), required=True, validate=validate.Length(max=MOST_ITEMS))


class EvidenceSchema(ma.Schema):
    """A document of an item."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    sha256 = fields.String(required=True, allow_none=True)
    size = WholeNumber(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)
    document_number = fields.String(required=True)
    issuer = fields.String(required=True)
    issued_on = fields.String(required=True, allow_none=True)
    signer = fields.String(required=True)
    reference_only = fields.Boolean(required=True)


class ItemSchema(
    ma.Schema.from_dict(  # type: ignore[misc]
        {"criterion": fields.String(required=True), **{one.name: _shown_field(one) for one in ITEM_FIELDS}}
    )
):
    """An item of the draft, with who saved its figures last."""

    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
    saved_by = fields.String(required=True, allow_none=True)
    saved_at = moment(required=True, allow_none=True)


class DossierSchema(ma.Schema):
    """The legal dossier as it stands."""

    document_number = fields.String(required=True)
    issued_on = fields.String(required=True, allow_none=True)
    signer = fields.String(required=True)
    position = fields.String(required=True)
    mandate = fields.String(required=True)
    sha256 = fields.String(required=True, allow_none=True)
    size = WholeNumber(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)


class PartValueSchema(ma.Schema):
    cycle = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)


class RolledSchema(ma.Schema):
    """What the shorter cycles come to for one criterion; value null: one of them lacks it."""

    criterion = fields.String(required=True)
    rule = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    is_verified = fields.Boolean(required=True)
    parts = fields.List(fields.Nested(PartValueSchema), required=True)


class DraftSchema(ma.Schema):
    """The draft as it stands; its version is the ETag."""

    cycle = fields.String(required=True)
    unit = fields.String(required=True)
    cluster = fields.String(required=True)
    version = WholeNumber(required=True)
    submissions = WholeNumber(required=True)
    is_sent = fields.Boolean(required=True, metadata={"description": "this is what was sent last"})
    synthetic = fields.Boolean(required=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)
    dossier = fields.Nested(DossierSchema, required=True, allow_none=True)
    rolled_up = fields.List(fields.Nested(RolledSchema), required=True)


class _File(Upload):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ma.ValidationError("Expected a file.")
        return value


class EvidenceFormSchema(ma.Schema):
    """A document with its data. With `criterion` it is attached to that item, without it only kept for the unit."""

    file = _File(
        load_default=None, metadata={"description": f"at most 10 MB; {', '.join(ENDINGS)}; absent for a bare reference"}
    )
    criterion = code(load_default=None)
    document_number = Text(longest=200, load_default="")
    issuer = Text(longest=300, load_default="")
    issued_on = day(load_default=None)
    signer = Text(longest=200, load_default="")
    reference_only = fields.Boolean(load_default=False)


class UploadedSchema(ma.Schema):
    """What was kept: name it by its hash in a whole self-assessment."""

    sha256 = fields.String(required=True, allow_none=True)
    size = WholeNumber(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    criterion = fields.String(required=True, allow_none=True)
    evidence = fields.String(required=True, allow_none=True, metadata={"description": "the entry's id on the item"})


def draft_document(view: DraftView) -> dict[str, Any]:
    """The draft as far as the reader may see it, items in the framework's order."""
    draft = view.draft
    return {
        "cycle": draft.cycle,
        "unit": draft.unit,
        "cluster": draft.cluster,
        "version": draft.version,
        "submissions": draft.submissions,
        "is_sent": draft.is_sent,
        "synthetic": view.cycle.synthetic,
        "items": [
            claim_document(draft, draft.claims[item.code])
            for item in view.framework.items
            if item.code in draft.claims and item.code in view.readable
        ],
        "rolled_up": [
            {**vars(one), "parts": [{"cycle": cycle, "value": value} for cycle, value in one.parts]}
            for code, one in view.rolled.items()
            if code in view.readable
        ],
        "dossier": draft.dossier.document() if view.sees_everything and not draft.dossier.is_empty else None,
    }


def claim_document(draft: Draft, claim: Claim) -> dict[str, Any]:
    """One item of a draft, with who saved it last."""
    edit = draft.edits.get(claim.criterion)
    return {
        "criterion": claim.criterion,
        **claim.figures(),
        "evidence": [{"id": entry.id, "label": entry.label, **entry.document()} for entry in claim.evidence],
        "saved_by": edit.name if edit else None,
        "saved_at": edit.at if edit else None,
    }
