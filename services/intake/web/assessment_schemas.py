"""What comes in and goes out about self-assessments and evidence."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from services.intake.domain.assessment import MOST_EVIDENCE
from services.intake.domain.evidence import ENDINGS
from services.intake.domain.reception import LONGEST_REASON, STEPS, SUBMITTED
from services.intake.usecases.dossiers import GivenDossier
from services.intake.usecases.drafts import GivenClaim, GivenEvidence
from services.intake.web.schemas import day, moment
from shared.contracts.fields import Number, QueryWholeNumber, Text, WholeNumber, code, sha256
from shared.contracts.figures import LARGEST

MOST_ITEMS = 1000
VERSION = r'^"[0-9]{1,15}"\Z'


def figure(**kwargs: Any) -> Number:
    """A finite number that stays exact wherever it is kept; null: nothing said."""
    return Number(load_default=None, allow_none=True, validate=validate.Range(min=-LARGEST, max=LARGEST), **kwargs)


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


class FiguresSchema(ma.Schema):
    """What is said about one item, without its documents."""

    value = figure()
    self_points = figure()
    target = figure()
    note = Text(longest=4000, load_default="")
    explanation = Text(
        longest=4000,
        load_default="",
        metadata={"description": "why the self-score is not what the rule gives for the value"},
    )


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


class ContentSchema(ma.Schema):
    """A whole self-assessment."""

    items = fields.List(fields.Nested(GivenItemSchema), required=True, validate=validate.Length(max=MOST_ITEMS))


class GivenDossierSchema(ma.Schema):
    """The legal dossier; `sha256` names a PDF uploaded before."""

    document_number = Text(longest=200, load_default="")
    issued_on = day(load_default=None, allow_none=True)
    signer = Text(longest=200, load_default="")
    position = Text(longest=200, load_default="")
    mandate = Text(
        longest=300,
        load_default="",
        metadata={"description": "the document that lets the signer sign for the head of the unit"},
    )
    sha256 = sha256(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenDossier:
        return GivenDossier(**data)


class OptionalContentSchema(ma.Schema):
    """Nothing (the saved draft is sent) or a whole self-assessment, with its dossier or with the draft's."""

    items = fields.List(fields.Nested(GivenItemSchema), load_default=None, validate=validate.Length(max=MOST_ITEMS))
    dossier = fields.Nested(GivenDossierSchema, load_default=None, allow_none=True)


class _Headers(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE


def _if_match(**kwargs: Any) -> fields.String:
    return fields.String(
        data_key="If-Match",
        validate=validate.Regexp(VERSION, error='Expected a version in quotes, as in the header ETag: "3".'),
        metadata={"description": "the ETag under which the draft was read"},
        **kwargs,
    )


class IfMatchSchema(_Headers):
    """Which version of the draft was seen."""

    if_match = _if_match(required=True)


class OptionalIfMatchSchema(_Headers):
    """Which version of the draft was seen, where there is one."""

    if_match = _if_match(load_default=None)


def version_of(if_match: str | None) -> int | None:
    """`"3"` as 3."""
    return None if if_match is None else int(if_match.strip('"'))


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


class ItemSchema(ma.Schema):
    """An item of the draft, with who saved its figures last."""

    criterion = fields.String(required=True)
    value = Number(required=True, allow_none=True)
    self_points = Number(required=True, allow_none=True)
    target = Number(required=True, allow_none=True)
    note = fields.String(required=True)
    explanation = fields.String(required=True)
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


class StepSchema(ma.Schema):
    """What the council's staff did with a version."""

    state = fields.String(required=True, validate=validate.OneOf(STEPS))
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class GivenStepSchema(ma.Schema):
    """A step of the staff; a return needs its reason."""

    state = fields.String(required=True, validate=validate.OneOf(STEPS))
    reason = Text(longest=LONGEST_REASON, load_default="")
    until_on = day(
        load_default=None,
        allow_none=True,
        metadata={"description": "with a return: the unit may send again until the end of this day; administrators"},
    )


class SinceSchema(ma.Schema):
    """The earlier version to compare with."""

    since = QueryWholeNumber(load_default=None, validate=validate.Range(min=1, max=1_000_000))


class DifferenceSchema(ma.Schema):
    """What one item said before and says now; `criterion` null: the dossier."""

    criterion = fields.String(required=True, allow_none=True)
    parts = fields.List(fields.String(), required=True, metadata={"description": "which parts differ"})
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)


class ChangesSchema(ma.Schema):
    """What changed between two versions."""

    number = WholeNumber(required=True)
    since = WholeNumber(required=True)
    changes = fields.List(fields.Nested(DifferenceSchema), required=True)


class ReceiptSchema(ma.Schema):
    """Proof of what was sent and when. The hash is the SHA-256 of the content's RFC 8785 form."""

    cycle = fields.String(required=True)
    unit = fields.String(required=True)
    cluster = fields.String(required=True)
    number = WholeNumber(required=True)
    content_sha256 = fields.String(required=True)
    framework_sha256 = fields.String(required=True)
    submitted_at = moment(required=True)
    submitted_by = fields.String(required=True)
    late = fields.Boolean(required=True)
    synthetic = fields.Boolean(required=True)
    items = WholeNumber(required=True, metadata={"description": "how many items were sent"})
    state = fields.String(required=True, validate=validate.OneOf((SUBMITTED, *STEPS)))
    steps = fields.List(fields.Nested(StepSchema), required=True, metadata={"description": "oldest first"})


class ReceiptListSchema(ma.Schema):
    """Everything that was sent, newest first."""

    submissions = fields.List(fields.Nested(ReceiptSchema), required=True)


class SubmissionSchema(ma.Schema):
    """A version that was sent: the receipt and the very content that was hashed."""

    receipt = fields.Nested(ReceiptSchema, required=True)
    content = fields.Dict(required=True)


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
