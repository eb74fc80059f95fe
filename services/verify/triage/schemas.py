"""What comes in and goes out about review plans, random audits, joint acceptances and what the screening was worth."""

import marshmallow as ma
from marshmallow import fields, validate

from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.reviews.schemas.items import ItemSchema
from services.verify.triage.model import RiskClass
from shared.contracts.fields import Number, Text, Title, WholeNumber

MOST = 1_000_000
CLASSES = [one.value for one in RiskClass]


class PlanFields(ma.Schema):
    """The declared parameters of a cycle's review; shares are from 0 to 1."""

    items_per_day = WholeNumber(required=True, validate=validate.Range(min=1, max=MOST))
    reviewer_days = WholeNumber(required=True, validate=validate.Range(min=0, max=MOST))
    materiality = Number(
        required=True,
        allow_none=True,
        validate=validate.Range(min=0),
        metadata={"description": "points of a unit's total; null: a thousandth of the framework's"},
    )
    set_aside = Number(required=True, validate=validate.Range(min=0, max=1))
    light_share = Number(required=True, validate=validate.Range(min=0, max=1))
    medium_share = Number(required=True, validate=validate.Range(min=0, max=1))
    full_share = Number(required=True, validate=validate.Range(min=0, max=1))
    medium_from = WholeNumber(required=True, validate=validate.Range(min=1, max=MOST))
    full_from = WholeNumber(required=True, validate=validate.Range(min=1, max=MOST))
    lapses_after = WholeNumber(required=True, validate=validate.Range(min=0, max=100))


class PlanRequestSchema(PlanFields):
    """A plan and the reason for it."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)


class PlanSchema(ma.Schema):
    """The newest plan; version 0 are the declared defaults, set by nobody."""

    version = WholeNumber(required=True)
    plan = fields.Nested(PlanFields, required=True)
    reason = fields.String(required=True)
    set_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    set_by_name = fields.String(required=True)


class PlanSavedSchema(ma.Schema):
    """The version under which a plan was kept."""

    version = WholeNumber(required=True)


class DrawnSchema(ma.Schema):
    """How many items were drawn at random."""

    drawn = WholeNumber(required=True)


class EstimateFields(ma.Schema):
    """An estimate (null where nothing was looked at) between the bounds of its 95 % interval."""

    best = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class PrecisionSchema(EstimateFields):
    """Of items asked about and decided one by one: the share that was adjusted or not accepted."""

    name = fields.String(required=True, metadata={"description": "code of a check, or a source"})
    decided = WholeNumber(required=True)
    lowered = WholeNumber(required=True)


class AuditedSchema(ma.Schema):
    """The random audits of the units of one class."""

    risk_class = fields.String(required=True, validate=validate.OneOf(CLASSES))
    units = WholeNumber(required=True)
    population = WholeNumber(required=True, metadata={"description": "items about which nothing was asked"})
    drawn = WholeNumber(required=True)
    decided = WholeNumber(required=True)
    found = WholeNumber(required=True, metadata={"description": "where less counts than was claimed"})


class YearSchema(ma.Schema):
    """What an earlier cycle says of one unit."""

    unit = fields.String(required=True)
    unit_title = fields.Nested(Title, required=True)
    cycle = fields.String(required=True)
    period = fields.String(required=True)
    decided = WholeNumber(required=True)
    differences = WholeNumber(required=True, metadata={"description": "less counted than was claimed"})
    points = fields.Float(required=True, metadata={"description": "by so much, together"})


class QualitySchema(ma.Schema):
    """What the screening of a cycle was worth, as far as decisions tell."""

    by_code = fields.List(fields.Nested(PrecisionSchema), required=True)
    by_source = fields.List(fields.Nested(PrecisionSchema), required=True)
    classes = fields.List(fields.Nested(AuditedSchema), required=True)
    unflagged = WholeNumber(required=True)
    missed = fields.Nested(
        EstimateFields,
        required=True,
        allow_none=True,
        metadata={"description": "how many of the unflagged items are claimed too high; null: none was audited yet"},
    )
    history = fields.List(fields.Nested(YearSchema), required=True)
    history_left_out = WholeNumber(required=True, metadata={"description": "units whose history is not listed"})


class RecordSchema(ma.Schema):
    """A unit's history of differences in earlier cycles, oldest first; what is older has lapsed."""

    unit = fields.String(required=True)
    since = WholeNumber(required=True, metadata={"description": "year"})
    years = fields.List(fields.Nested(YearSchema), required=True)


class MinorSchema(ma.Schema):
    """The items of a cluster that hardly matter, alone and together."""

    limit = fields.Float(required=True)
    share_set_aside = fields.Float(required=True)
    largest_loss = fields.Float(required=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)


class TogetherRequestSchema(ma.Schema):
    """Accepts them in one decision; `items`: how many you were shown."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)
    document_number = Text(longest=200, load_default="")
    items = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=0))


class TogetherSchema(ma.Schema):
    """A joint acceptance as it was recorded; `set_aside`: [unit, criterion], to be looked at one by one."""

    id = fields.UUID(required=True)
    cycle = fields.String(required=True)
    cluster = fields.String(required=True)
    reason = fields.String(required=True)
    document_number = fields.String(required=True)
    plan_version = WholeNumber(required=True)
    materiality = fields.Float(required=True)
    largest_loss = fields.Float(required=True)
    decisions = fields.List(fields.UUID(), required=True)
    set_aside = fields.List(fields.List(fields.String()), required=True)
    accepted_at = fields.AwareDateTime(required=True, format="iso")
    accepted_by_name = fields.String(required=True)
