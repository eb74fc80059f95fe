"""What verify's feed says: per unit, what counts now. Additive changes only."""

from marshmallow import fields, validate

from shared.contracts.fields import Number, Title, WholeNumber, code, sha256, slug
from shared.contracts.intake_v1 import Tolerant

# verified: rests on a `same` source · provisional: on an older or preliminary release · documented: accepted by
# staff on a document · unverifiable: nothing independent · contested: sources disagree, or claim outside tolerance
STATES = ("verified", "provisional", "documented", "unverifiable", "contested")
# source: the source's figure counts · decision: a person decided · settled: a lead reviewer settled the cluster at
# the source's figure · none: nothing counts (yet)
BASES = ("source", "decision", "settled", "none")


class ObservationReference(Tolerant):
    """Where an independent figure comes from, down to the row of the raw file."""

    source = code(required=True)
    publisher = fields.Nested(Title, required=True)
    release = fields.UUID(required=True)
    release_sha256 = sha256(required=True)
    published_on = fields.Date(required=True)
    period = fields.String(required=True)
    indicator = fields.String(required=True)
    row = WholeNumber(required=True)
    value = Number(required=True)


class DecisionReference(Tolerant):
    """A person's decision: what was decided and on which document."""

    decision = fields.UUID(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(("accept", "adjust", "reject", "settle")))
    decided_at = fields.AwareDateTime(required=True, format="iso")
    reason = fields.String(required=True)
    document_number = fields.String(required=True)


class CountedItem(Tolerant):
    """What counts for one criterion. `value` counts where the rule can score it, else `points` does."""

    criterion = code(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    basis = fields.String(required=True, validate=validate.OneOf(BASES))
    blocks_freeze = fields.Boolean(required=True, metadata={"description": "must be decided or settled first"})
    left_out = fields.Boolean(required=True, metadata={"description": "left out for the whole cluster"})
    value = Number(required=True, allow_none=True)
    points = Number(required=True, allow_none=True)
    target = Number(load_default=None, allow_none=True)
    claimed_value = Number(required=True, allow_none=True)
    self_points = Number(required=True, allow_none=True)
    observation = fields.Nested(ObservationReference, required=True, allow_none=True)
    decision = fields.Nested(DecisionReference, required=True, allow_none=True)


class UnitVerified(Tolerant):
    """`unit_verified`, subject `verification:CYCLE/UNIT`."""

    cycle = slug(required=True)
    unit = code(required=True)
    cluster = code(required=True)
    framework_sha256 = sha256(required=True)
    submission_number = WholeNumber(required=True)
    submission_sha256 = sha256(required=True)
    cohort_screened = fields.Boolean(required=True, metadata={"description": "screened with its complete cluster"})
    synthetic = fields.Boolean(load_default=False, metadata={"description": "its cycle's claims are made up"})
    items = fields.List(fields.Nested(CountedItem), required=True)


class SourceReminderDue(Tolerant):
    """`source_reminder_due`, subject `source_due:CYCLE/SOURCE`: figures that are waited for have not come."""

    council = slug(required=True)
    cycle = slug(required=True)
    source = code(required=True)
    title = fields.Nested(Title, required=True)
    due_at = fields.AwareDateTime(required=True, format="iso", metadata={"description": "exclusive"})
    # before (negative) or after the due date
    days = fields.Integer(required=True, strict=True)
    rating = fields.Boolean(required=True, metadata={"description": "it is locked when its time is over"})
    synthetic = fields.Boolean(load_default=False)
