"""What comes in and goes out about covenants."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.covenants.actions import GivenRecognition, GivenRevision
from services.intake.covenants.model import GROUNDS, LONGEST_NOTE, Covenant, Line, revision_document
from services.intake.covenants.queries import CovenantView
from services.intake.schemas import MOST_ITEMS, day, figure, moment
from shared.contracts.fields import Number, Text, WholeNumber, code
from shared.contracts.figures import LARGEST


class LineSchema(ma.Schema):
    """One criterion's targets. The unit says value, baseline and note, the Board's administrators the rest."""

    criterion = code(required=True)
    value = figure()
    baseline = figure(metadata={"description": "last year's result"})
    assigned = figure(metadata={"description": "the target assigned by the centre"})
    national = figure(metadata={"description": "the national figure"})
    note = Text(longest=LONGEST_NOTE, load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Line:
        return Line(**data)


class LinesSchema(ma.Schema):
    """The lines to change; those not named stay."""

    lines = fields.List(fields.Nested(LineSchema), required=True, validate=validate.Length(max=MOST_ITEMS))


class GivenSignatureSchema(ma.Schema):
    """The covenant's document, if it has a number."""

    document_number = Text(longest=200, load_default="")
    issued_on = day(load_default=None, allow_none=True)


class GivenRevisionSchema(ma.Schema):
    """A changed target with its legal document."""

    criterion = code(required=True)
    value = Number(required=True, validate=validate.Range(min=-LARGEST, max=LARGEST))
    document_number = Text(required=True, longest=200, shortest=1)
    issued_on = day(required=True)
    reason = Text(required=True, longest=LONGEST_NOTE, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenRevision:
        return GivenRevision(**data)


class GivenRecognitionSchema(ma.Schema):
    """The Board's act: on which ground, by which document, why."""

    ground = fields.String(required=True, validate=validate.OneOf(GROUNDS))
    document_number = Text(required=True, longest=200, shortest=1)
    issued_on = day(required=True)
    reason = Text(required=True, longest=LONGEST_NOTE, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenRecognition:
        return GivenRecognition(**data)


class CautionSchema(ma.Schema):
    """A target that asks for less than something it is compared with."""

    criterion = fields.String(required=True)
    said = fields.Dict(required=True, metadata={"description": "in Vietnamese and English"})


class SignatureSchema(ma.Schema):
    """Who signed, and when."""

    content_sha256 = fields.String(required=True)
    document_number = fields.String(required=True)
    issued_on = day(required=True, allow_none=True)
    by = fields.String(required=True)
    at = moment(required=True)


class CovenantSchema(ma.Schema):
    """A unit's covenant; its version is the ETag."""

    cycle = fields.String(required=True)
    unit = fields.String(required=True)
    cluster = fields.String(required=True)
    version = WholeNumber(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
    cautions = fields.List(fields.Nested(CautionSchema), required=True)
    signature = fields.Nested(SignatureSchema, required=True, allow_none=True)
    revisions = fields.List(fields.Dict(), required=True, metadata={"description": "as in the feed, oldest first"})


class CovenantStandingSchema(ma.Schema):
    """Whether a member has signed."""

    unit = fields.String(required=True)
    cluster = fields.String(required=True)
    signed_at = moment(required=True, allow_none=True)
    revisions = WholeNumber(required=True)


class CovenantListSchema(ma.Schema):
    """The members of a cycle and whether they have signed."""

    covenants = fields.List(fields.Nested(CovenantStandingSchema), required=True)


def covenant_document(view: CovenantView) -> dict[str, Any]:
    covenant = view.covenant
    return {
        "cycle": covenant.cycle,
        "unit": covenant.unit,
        "cluster": covenant.cluster,
        "version": covenant.version,
        "lines": [
            covenant.lines[criterion.code].document()
            for criterion in view.framework.criteria
            if criterion.code in covenant.lines
        ],
        "cautions": [
            {"criterion": one.criterion, "said": {name: one.said.in_language(name) for name in ("vi", "en")}}
            for one in view.cautions
        ],
        "signature": _signature(covenant),
        "revisions": [revision_document(revision) for revision in covenant.revisions],
    }


def _signature(covenant: Covenant) -> dict[str, Any] | None:
    signature = covenant.signature
    if signature is None:
        return None
    return {
        "content_sha256": signature.content_sha256,
        "document_number": signature.document_number,
        "issued_on": signature.issued_on,
        "by": signature.name,
        "at": signature.at,
    }
