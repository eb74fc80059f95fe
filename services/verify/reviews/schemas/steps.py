"""What comes in and goes out about the steps of reviews."""

import marshmallow as ma
from marshmallow import fields, validate

from services.verify.reviews.actions.ask import LONGEST_OFFICE
from services.verify.reviews.actions.declare_rules import LONGEST_REASON as LONGEST_RULE_REASON
from services.verify.reviews.model.states import REVIEWS
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.reviews.rules.second_person import LONGEST_DAYS
from services.verify.reviews.schemas.items import FigureSchema
from shared.contracts.fields import Number, QueryWholeNumber, Text, Title, WholeNumber
from shared.contracts.verify_v1 import ASSIGNEE_ROLES, BASES, REQUEST_STATES, STATES

SIGN, SEND_BACK = "sign", "send_back"
LARGEST_TRAIL = 500


def version() -> WholeNumber:
    """The version of the item that was seen."""
    return WholeNumber(required=True, validate=validate.Range(min=1))


class SeenSchema(ma.Schema):
    """The item as it was seen."""

    version = version()


class QuestionSchema(ma.Schema):
    """A question to the unit about one item. Without `due_on` the declared number of days."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)
    assignee_role = fields.String(load_default=ASSIGNEE_ROLES[0], validate=validate.OneOf(ASSIGNEE_ROLES))
    office = Text(longest=LONGEST_OFFICE, load_default="")
    due_on = fields.Date(load_default=None, allow_none=True)
    version = version()


class TakenBackSchema(ma.Schema):
    """Why a question is taken back."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)
    version = version()


class CountersignatureSchema(ma.Schema):
    """The second person's word on a decision; sending back needs its reason."""

    verdict = fields.String(required=True, validate=validate.OneOf((SIGN, SEND_BACK)))
    reason = Text(longest=LONGEST_REASON, load_default="")
    version = version()


class RequestSchema(ma.Schema):
    """A question to the unit, and what it answered."""

    id = fields.UUID(required=True)
    number = WholeNumber(required=True)
    submission_number = WholeNumber(required=True)
    reason = fields.String(required=True)
    assignee_role = fields.String(required=True, validate=validate.OneOf(ASSIGNEE_ROLES))
    office = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, format="iso")
    requested_at = fields.AwareDateTime(required=True, format="iso")
    requested_by_name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(REQUEST_STATES))
    reminders = WholeNumber(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    ended_reason = fields.String(required=True)
    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    answered_number = WholeNumber(required=True, allow_none=True)


class ObjectionSchema(ma.Schema):
    """An objection of the unit with its answer, while there is one."""

    id = fields.UUID(required=True)
    reason = fields.String(required=True)
    document_number = fields.String(required=True)
    objected_at = fields.AwareDateTime(required=True, format="iso")
    objected_by_name = fields.String(required=True)
    stands = fields.Boolean(required=True, allow_none=True, metadata={"description": "what counted goes on counting"})
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    answer = fields.String(required=True, allow_none=True)


class ClaimVersionSchema(ma.Schema):
    """What one version of the self-assessment says of the item."""

    number = WholeNumber(required=True)
    submitted_at = fields.AwareDateTime(required=True, format="iso")
    value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    target = fields.Float(required=True, allow_none=True)
    note = fields.String(required=True)
    explanation = fields.String(required=True)


class TrailRowSchema(ma.Schema):
    """A row of the trail; `sha256` is that of its RFC 8785 content, which holds the hash of the row before."""

    number = WholeNumber(required=True)
    at = fields.String(required=True)
    actor_name = fields.String(required=True)
    action = fields.String(required=True)
    unit = fields.String(required=True)
    criterion = fields.String(required=True)
    reason = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True)
    previous_sha256 = fields.String(required=True)
    sha256 = fields.String(required=True)


class TrailFaultSchema(ma.Schema):
    """The first row that does not hold, and why; `number` null: a record that stands in no row."""

    number = WholeNumber(required=True, allow_none=True)
    said = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class TrailSchema(ma.Schema):
    """A cycle's trail as it was recomputed, and its last rows, newest first."""

    cycle = fields.String(required=True)
    rows = WholeNumber(required=True, metadata={"description": "how many hold"})
    head_sha256 = fields.String(required=True)
    fault = fields.Nested(TrailFaultSchema, required=True, allow_none=True)
    steps = fields.List(fields.Nested(TrailRowSchema), required=True)


class TrailQuery(ma.Schema):
    """Which rows to list."""

    before = QueryWholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=1))
    limit = QueryWholeNumber(load_default=50, validate=validate.Range(min=1, max=LARGEST_TRAIL))


class RulesSchema(ma.Schema):
    """What is declared about reviews."""

    countersign_share = Number(
        required=True,
        validate=validate.Range(min=0, max=1),
        metadata={"description": "of the item's maximum; what moves as much needs a second person"},
    )
    countersign_first = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "so does what changes the cluster's first"},
    )
    claim_days = WholeNumber(required=True, validate=validate.Range(min=1, max=LONGEST_DAYS))
    explanation_days = WholeNumber(required=True, validate=validate.Range(min=1, max=LONGEST_DAYS))
    reminder_days = WholeNumber(required=True, validate=validate.Range(min=0, max=LONGEST_DAYS))
    objection_days = WholeNumber(required=True, validate=validate.Range(min=1, max=LONGEST_DAYS))


class DeclarationSchema(RulesSchema):
    """Rules for this cycle, or for all cycles of the council that have none of their own."""

    reason = Text(required=True, longest=LONGEST_RULE_REASON, shortest=1)
    whole_council = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ScoreObjectionSchema(ma.Schema):
    """The unit's objection to a score, and how it was answered."""

    reason = fields.String(required=True)
    document_number = fields.String(required=True)
    objected_at = fields.AwareDateTime(required=True, format="iso")
    stands = fields.Boolean(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ScoreSchema(ma.Schema):
    """A verified score as its unit sees it: what counts, why, and who decided by role."""

    criterion = fields.String(required=True)
    criterion_title = fields.Nested(Title, required=True)
    claimed_value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    value = fields.Float(required=True, allow_none=True)
    points = fields.Float(required=True, allow_none=True, metadata={"description": "verified, as far as they can be"})
    maximum = fields.Float(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    basis = fields.String(required=True, validate=validate.OneOf(BASES))
    review = fields.String(required=True, validate=validate.OneOf(REVIEWS))
    figure = fields.Nested(FigureSchema, required=True, allow_none=True)
    verdict = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    document_number = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    decided_as = fields.String(required=True, allow_none=True)
    signed_as = fields.String(required=True, allow_none=True, metadata={"description": "role of the second person"})
    concluded_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    objections_until = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    may_object = fields.Boolean(required=True)
    objection = fields.Nested(ScoreObjectionSchema, required=True, allow_none=True)
    version = WholeNumber(required=True)


class ScoresSchema(ma.Schema):
    """What is final of a unit's items."""

    cycle = fields.String(required=True)
    unit = fields.String(required=True)
    unit_title = fields.Nested(Title, required=True)
    scores = fields.List(fields.Nested(ScoreSchema), required=True)


class GivenObjectionSchema(ma.Schema):
    """Why a score is not right, and which document says so."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)
    document_number = Text(required=True, longest=200, shortest=1)
    version = version()
