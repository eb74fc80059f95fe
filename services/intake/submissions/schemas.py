"""What comes in and goes out about submissions, their dossier and the steps of the staff."""

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.assessments.schemas import GivenItemSchema
from services.intake.schemas import MOST_ITEMS, day, moment
from services.intake.submissions.actions import GivenDossier
from services.intake.submissions.model import LONGEST_REASON, STEPS, SUBMITTED, Reception, Submission
from services.intake.submissions.rules import state_of
from shared.contracts.fields import QueryWholeNumber, Text, WholeNumber, sha256


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


def receipt_document(submission: Submission, steps: Sequence[Reception] = ()) -> dict[str, Any]:
    """What proves that something was sent, and what staff did with it."""
    return {
        "cycle": submission.cycle,
        "unit": submission.unit,
        "cluster": submission.cluster,
        "number": submission.number,
        "content_sha256": submission.content_sha256,
        "framework_sha256": submission.framework_sha256,
        "submitted_at": submission.submitted_at,
        "submitted_by": submission.name,
        "late": submission.late,
        "synthetic": submission.synthetic,
        "items": len(submission.content["items"]),
        "state": state_of(steps),
        "steps": [step_document(step) for step in steps],
    }


def step_document(step: Reception) -> dict[str, Any]:
    return {"state": step.state, "reason": step.reason, "by": step.name, "at": step.at}
