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


class RecognisedTarget(Tolerant):
    """A changed target that the Board recognised: points at it are shown beside those that count."""

    target = Number(required=True)
    document_number = fields.String(required=True, metadata={"description": "of the act that changed the target"})


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
    recognised = fields.Nested(RecognisedTarget, metadata={"description": "absent: no changed target is recognised"})


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
    days = fields.Integer(required=True, strict=True, metadata={"description": "negative before it is due"})
    rating = fields.Boolean(required=True, metadata={"description": "a rating, which is locked when its time is over"})
    synthetic = fields.Boolean(load_default=False)


REQUEST_SUBJECT = "request:{cycle}/{unit}/{criterion}/{number}"
REQUEST_STATES = ("requested", "answered", "expired", "withdrawn")
ASSIGNEE_ROLES = ("province_officer", "signing_leader", "contributor")


class ExplanationRequestRecorded(Tolerant):
    """`explanation_request_recorded`, subject `request:CYCLE/UNIT/CRITERION/NUMBER`: a question to the unit.

    While it is `requested` and not due the unit may correct and explain this one item of what it sent.
    """

    request = fields.UUID(required=True)
    cycle = slug(required=True)
    unit = code(required=True)
    criterion = code(required=True)
    number = WholeNumber(required=True, metadata={"description": "1 for the first one about the item"})
    submission_number = WholeNumber(required=True, metadata={"description": "the version that is asked about"})
    reason = fields.String(required=True)
    assignee_role = fields.String(required=True, validate=validate.OneOf(ASSIGNEE_ROLES))
    office = fields.String(
        required=True, metadata={"description": "which office of the unit should answer; may be empty"}
    )
    due_at = fields.AwareDateTime(required=True, format="iso", metadata={"description": "exclusive"})
    requested_at = fields.AwareDateTime(required=True, format="iso")
    requested_as = fields.String(required=True, metadata={"description": "the role of who asks; never a name"})
    state = fields.String(required=True, validate=validate.OneOf(REQUEST_STATES))
    reminders = WholeNumber(required=True, metadata={"description": "how often the unit was reminded"})
    ended_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    ended_reason = fields.String(required=True)
