"""What comes in and goes out about cycles, review items, decisions and settlements."""

import marshmallow as ma
from marshmallow import fields, validate

from services.verify.results.model import Verdict
from services.verify.reviews.model.states import REVIEWS
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.reviews.schemas.changes import ItemChangeSchema
from services.verify.screening.model import ImpactBasis
from services.verify.web.sentences import said_field
from shared.contracts.fields import Number, Text, Title, WholeNumber
from shared.contracts.intake_v1 import CHALLENGE_STATES
from shared.contracts.verify_v1 import BASES, STATES

DECIDABLE = tuple(verdict.value for verdict in Verdict if verdict is not Verdict.SETTLE)
STANDS = "stands"  # in answer to an objection


class FigureSchema(ma.Schema):
    """An independent figure and the row of the release where it stands."""

    source = fields.String(required=True)
    indicator = fields.String(required=True)
    period = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    status = fields.String(required=True)
    release = fields.String(required=True)
    row = WholeNumber(required=True)


class ItemSchema(ma.Schema):
    """A review item. `review` is where its review stands; `state`, `basis`, `value` and `points` are what counts."""

    cycle = fields.String(required=True)
    unit = fields.String(required=True)
    unit_title = fields.Nested(Title)
    synthetic = fields.Boolean(metadata={"description": "its cycle's claims are made up"})
    criterion = fields.String(required=True)
    cluster = fields.String(required=True)
    cohort = fields.Boolean(required=True, metadata={"description": "screened with its complete cluster"})
    claimed_value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    independent_points = fields.Float(required=True, allow_none=True)
    gap = fields.Float(required=True, allow_none=True)
    points_at_stake = fields.Float(required=True, allow_none=True)
    suspicion = fields.Float(required=True)
    flagged = fields.Boolean(required=True)
    priority = fields.Float(required=True)
    codes = fields.List(fields.String(), required=True)
    inconclusive = fields.Boolean(required=True)
    explanation = fields.List(said_field(), required=True)
    observation = fields.Nested(FigureSchema, required=True, allow_none=True)
    review = fields.String(required=True, validate=validate.OneOf(REVIEWS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    basis = fields.String(required=True, validate=validate.OneOf(BASES))
    blocks_freeze = fields.Boolean(required=True)
    left_out = fields.Boolean(required=True)
    value = fields.Float(required=True, allow_none=True)
    points = fields.Float(required=True, allow_none=True)
    target = fields.Float(required=True, allow_none=True)
    stake_basis = fields.String(
        required=True,
        validate=validate.OneOf([basis.value for basis in ImpactBasis]),
        metadata={"description": "what the claim would fall to; other than `same` and `older`: points only"},
    )
    awaited = fields.Boolean(required=True, metadata={"description": "a source has no figure of this period yet"})
    falls_to = fields.Float(required=True, allow_none=True, metadata={"description": "points of the item"})
    points_lost = fields.Float(required=True, allow_none=True, metadata={"description": "by the unit's total"})
    rank_before = WholeNumber(required=True, allow_none=True)
    rank_after = WholeNumber(required=True, allow_none=True)
    ranks_changed = WholeNumber(required=True, allow_none=True)
    others_moved = fields.Float(
        required=True, allow_none=True, metadata={"description": "points by which other units' totals would change"}
    )
    first_changes = fields.Boolean(required=True)
    contender = fields.Boolean(required=True, metadata={"description": "its unit could still come first"})
    audit = fields.Boolean(required=True, metadata={"description": "drawn at random, not for any doubt"})
    counted_points = fields.Float(required=True, allow_none=True, metadata={"description": "by its decision"})
    version = WholeNumber(required=True)
    updated_at = fields.AwareDateTime(format="iso")
    held_by_name = fields.String(metadata={"description": "who has it in hand"})
    held_until = fields.AwareDateTime(allow_none=True, format="iso")


class EvidenceSchema(ma.Schema):
    """What supports a claim: a stored file by hash, or only the reference of a classified document."""

    sha256 = fields.String(required=True, allow_none=True)
    size = WholeNumber(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)
    document_number = fields.String(required=True)
    issuer = fields.String(required=True)
    issued_on = fields.Date(required=True, allow_none=True)
    signer = fields.String(required=True)
    reference_only = fields.Boolean(required=True)


class FindingSchema(ma.Schema):
    """What a check says; without `criterion` it is about the unit as a whole."""

    id = fields.UUID(required=True)
    criterion = fields.String(required=True)
    code = fields.String(required=True)
    severity = fields.String(required=True)
    inconclusive = fields.Boolean(required=True)
    numbers = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    said = said_field(required=True)
    found_at = fields.AwareDateTime(required=True, format="iso")


class SourcedFigureSchema(FigureSchema):
    """A figure with its publisher and the file it stands in."""

    title = fields.Nested(Title, required=True)
    publisher = fields.Nested(Title, required=True)
    published_on = fields.Date(required=True)
    file_name = fields.String(required=True)
    release_sha256 = fields.String(required=True)


class PeerSchema(ma.Schema):
    """The same criterion at a member of the cluster."""

    unit = fields.String(required=True)
    unit_title = fields.Nested(Title, required=True)
    claimed_value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    independent_points = fields.Float(required=True, allow_none=True)
    gap = fields.Float(required=True, allow_none=True)


class SignedSchema(ma.Schema):
    """What the second person said of a decision; `signed` false: sent back."""

    signed = fields.Boolean(required=True)
    reason = fields.String(required=True)
    signed_at = fields.AwareDateTime(required=True, format="iso")
    signed_by_name = fields.String(required=True)


class DecisionSchema(ma.Schema):
    """A decision: what was decided, on which document, by whom and when."""

    id = fields.UUID(required=True)
    verdict = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    points = fields.Float(required=True, allow_none=True)
    reason = fields.String(required=True)
    document_number = fields.String(required=True)
    on_source = fields.Boolean(required=True)
    settlement = fields.UUID(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, format="iso")
    decided_by_name = fields.String(required=True)
    decided_as = fields.String(required=True, metadata={"description": "in which role"})
    in_force = fields.Boolean(required=True)
    countersignature = fields.Nested(SignedSchema, required=True, allow_none=True)


class ChallengeAnswerSchema(ma.Schema):
    """The unit's answer to a challenge."""

    text = fields.String(required=True)
    document = fields.Nested(EvidenceSchema, required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, format="iso")


class ChallengeWithdrawalSchema(ma.Schema):
    """The challenger took it back."""

    reason = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, format="iso")


class ChallengeSchema(ma.Schema):
    """What another member of the cluster asks about the item, with its document."""

    number = WholeNumber(required=True)
    by_unit = fields.String(required=True)
    by_unit_title = fields.Nested(Title, required=True, allow_none=True)
    submission = WholeNumber(required=True, metadata={"description": "the version it is about"})
    state = fields.String(required=True, validate=validate.OneOf(CHALLENGE_STATES))
    reason = fields.String(required=True)
    document = fields.Nested(EvidenceSchema, required=True)
    challenged_at = fields.AwareDateTime(required=True, format="iso")
    answer = fields.Nested(ChallengeAnswerSchema, required=True, allow_none=True)
    withdrawal = fields.Nested(ChallengeWithdrawalSchema, required=True, allow_none=True)


class ItemDetailSchema(ItemSchema):
    """An item with everything a reviewer needs on one screen."""

    cluster_title = fields.Nested(Title, required=True)
    criterion_title = fields.Nested(Title, required=True)
    measure = fields.String(required=True, metadata={"description": "the criterion's unit of measure"})
    maximum = fields.Float(required=True)
    submission_number = WholeNumber(required=True)
    submission_sha256 = fields.String(required=True)
    submitted_at = fields.AwareDateTime(required=True, format="iso")
    late = fields.Boolean(required=True)
    calculation = fields.String(required=True, metadata={"description": "how the unit worked its value out"})
    note = fields.String(required=True)
    unit_explanation = fields.String(
        required=True, metadata={"description": "of a self-score that differs from the rule"}
    )
    counting_target = fields.Float(required=True, allow_none=True, metadata={"description": "what points use"})
    revised_target = fields.Float(required=True, allow_none=True)
    revised_by = fields.String(required=True, allow_none=True, metadata={"description": "document number"})
    revision_recognised = fields.Boolean(required=True, allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
    challenges = fields.List(fields.Nested(ChallengeSchema), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)
    figures = fields.List(fields.Nested(SourcedFigureSchema), required=True)
    peers = fields.List(fields.Nested(PeerSchema), required=True)
    decisions = fields.List(fields.Nested(DecisionSchema), required=True)
    changes = fields.List(fields.Nested(ItemChangeSchema), required=True, metadata={"description": "newest first"})
    may_decide = fields.Boolean(required=True)
    may = fields.List(fields.String(), required=True, metadata={"description": "the steps you may take now"})
    requests = fields.List(fields.Nested("services.verify.reviews.schemas.steps.RequestSchema"), required=True)
    objections = fields.List(fields.Nested("services.verify.reviews.schemas.steps.ObjectionSchema"), required=True)
    versions = fields.List(fields.Nested("services.verify.reviews.schemas.steps.ClaimVersionSchema"), required=True)
    trail = fields.List(fields.Nested("services.verify.reviews.schemas.steps.TrailRowSchema"), required=True)


class ProposalSchema(ma.Schema):
    """A decision on an item as it was seen at `version`. `value` or `points` only with `adjust`.

    `stands` answers an objection: what counted goes on counting.
    """

    verdict = fields.String(required=True, validate=validate.OneOf((*DECIDABLE, STANDS)))
    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)
    document_number = Text(longest=200, load_default="")
    value = Number(load_default=None, allow_none=True)
    points = Number(load_default=None, allow_none=True)
    version = WholeNumber(required=True, validate=validate.Range(min=1))


class SettlementRequestSchema(ma.Schema):
    """Settles a cluster's items outside their tolerance; `items`: how many you were shown."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)
    document_number = Text(longest=200, load_default="")
    items = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=0))


class SettlementSchema(ma.Schema):
    """A settlement as it was recorded."""

    id = fields.UUID(required=True)
    cycle = fields.String(required=True)
    cluster = fields.String(required=True)
    reason = fields.String(required=True)
    document_number = fields.String(required=True)
    items = WholeNumber(required=True)
    settled_at = fields.AwareDateTime(required=True, format="iso")
    settled_by_name = fields.String(required=True)
