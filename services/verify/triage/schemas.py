"""What comes in and goes out about review plans, random audits, joint acceptances and what the screening was worth."""

import marshmallow as ma
from marshmallow import fields, validate

from services.verify.reviews.model.states import REVIEWS
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.reviews.schemas.items import ItemSchema
from services.verify.screening.model import CODES
from services.verify.triage.model import RiskClass
from services.verify.web.sentences import said_field
from shared.contracts.fields import Number, QueryWholeNumber, Text, Title, WholeNumber, code
from shared.contracts.verify_v1 import STATES

MOST = 1_000_000
LARGEST_PAGE = 500
MOST_GAPS = 100
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


class WorkSchema(ma.Schema):
    """Screenings that wait, run, or have failed and need a person."""

    waiting = WholeNumber(required=True)
    running = WholeNumber(required=True)
    failed = WholeNumber(required=True)


class CycleSchema(ma.Schema):
    """A cycle as intake recorded it, and how its screenings stand."""

    cycle = fields.String(required=True)
    council = fields.String(required=True)
    title = fields.Nested(Title, required=True)
    period = fields.String(required=True)
    deadline_at = fields.AwareDateTime(required=True, format="iso")
    state = fields.String(required=True)
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(Title, required=True, allow_none=True)
    framework_sha256 = fields.String(required=True)
    screened_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    screenings = fields.Nested(WorkSchema, required=True)


class AskedSchema(ma.Schema):
    """How many screenings were asked for."""

    asked = WholeNumber(required=True)


class CycleListSchema(ma.Schema):
    """The cycles of the councils somebody works for."""

    cycles = fields.List(fields.Nested(CycleSchema), required=True)


class CountsSchema(ma.Schema):
    """How far verification is; `compared` units were screened with their complete cluster."""

    expected = WholeNumber(required=True)
    received = WholeNumber(required=True)
    screened = WholeNumber(required=True)
    compared = WholeNumber(required=True)
    items = WholeNumber(required=True)
    open = WholeNumber(required=True)
    decided = WholeNumber(required=True)
    flagged = WholeNumber(required=True)
    blocking = WholeNumber(required=True)
    inconclusive = WholeNumber(required=True)


class ClusterProgressSchema(CountsSchema):
    """How far a cluster is."""

    cluster = fields.String(required=True)
    title = fields.Nested(Title, required=True)


class NoteSchema(ma.Schema):
    """What the newest cohort screening says of the whole: a check's finding, or why a check did not run."""

    code = fields.String(required=True)
    criterion = fields.String(required=True)
    said = said_field(required=True)
    not_run = fields.Boolean(required=True)


class LineSchema(ma.Schema):
    """A place in the queue."""

    priority = fields.Float(required=True)
    unit = fields.String(required=True)
    criterion = fields.String(required=True)


class CapacitySchema(ma.Schema):
    """How far the staff's time reaches in the queue: `line` is the first open item beyond it (null: all fit)."""

    capacity = WholeNumber(required=True)
    looked_at = WholeNumber(required=True, metadata={"description": "decided one by one so far"})
    audits = WholeNumber(required=True, metadata={"description": "open items drawn at random"})
    remaining = WholeNumber(required=True)
    above = WholeNumber(required=True)
    below = WholeNumber(required=True)
    must_be_decided_below = WholeNumber(required=True)
    expected_false = fields.Float(
        required=True, allow_none=True, metadata={"description": "flags above the line that may be honest"}
    )
    line = fields.Nested(LineSchema, required=True, allow_none=True)


class CycleProgressSchema(CycleSchema):
    """A cycle's verification: cluster by cluster, what did not run, and the largest differences to ask about."""

    capacity = fields.Nested(CapacitySchema, required=True)
    expected_false = fields.Float(
        required=True, allow_none=True, metadata={"description": "flags by comparison that may be honest"}
    )

    clusters = fields.List(fields.Nested(ClusterProgressSchema), required=True)
    totals = fields.Nested(CountsSchema, required=True)
    own_unit_items = WholeNumber(required=True, metadata={"description": "not shown: they are of your own unit"})
    notes = fields.List(fields.Nested(NoteSchema), required=True)
    gaps = fields.List(fields.Nested(ItemSchema), required=True)


class ProgressQuery(ma.Schema):
    """How many of the largest differences to list."""

    gaps = QueryWholeNumber(load_default=0, validate=validate.Range(min=0, max=MOST_GAPS))


class QueueQuery(ma.Schema):
    """Which items, after which, and how many at most. `state` is a word of `review` or of `state`."""

    cluster = code(load_default=None)
    unit = code(load_default=None)
    criterion = code(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf((*REVIEWS, *STATES)))
    flagged = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})
    code = fields.String(load_default=None, validate=validate.OneOf(CODES))
    risk_class = fields.String(load_default=None, validate=validate.OneOf([one.value for one in RiskClass]))
    contender = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})
    audit = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})
    minor = fields.Boolean(
        load_default=False, truthy={"true"}, falsy={"false"}, metadata={"description": "below the materiality limit"}
    )
    after = Text(longest=500, load_default=None)
    limit = QueryWholeNumber(load_default=50, validate=validate.Range(min=1, max=LARGEST_PAGE))


class QueueSchema(ma.Schema):
    """A page of the queue, highest review priority first; ask again with `after` = `next`."""

    items = fields.List(fields.Nested(ItemSchema), required=True)
    next = fields.String(required=True, allow_none=True)
