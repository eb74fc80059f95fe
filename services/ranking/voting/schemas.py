"""The JSON of ballots."""

from datetime import datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.ranking.schemas import TitleSchema, Wording
from services.ranking.voting.model import QUORUM, THRESHOLD, Base, Opening, Rule, Share, Status
from services.ranking.voting.rules.methods import METHODS, method_named
from shared.contracts.fields import WholeNumber, code, sha256, slug

MOST_PLACES = 50
LARGEST_DENOMINATOR = 1_000_000


class ShareSchema(ma.Schema):
    """A share as an exact fraction, with where it stands written and how firmly."""

    numerator = WholeNumber(required=True, validate=validate.Range(min=0, max=LARGEST_DENOMINATOR))
    denominator = WholeNumber(required=True, validate=validate.Range(min=1, max=LARGEST_DENOMINATOR))
    more_than = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    source = Wording(required=True, longest=500)
    status = fields.String(required=True, validate=validate.OneOf([str(status) for status in Status]))

    @ma.validates_schema
    def is_a_share(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Between 0 and 1, and reachable."""
        try:
            Share(data["numerator"], data["denominator"], data.get("more_than", False))
        except ValueError as error:
            raise ma.ValidationError(str(error)) from error


class ThresholdSchema(ShareSchema):
    """The share of votes a unit needs, and of what."""

    base = fields.String(required=True, validate=validate.OneOf([str(base) for base in Base]))


class OpeningSchema(ma.Schema):
    """A ballot to open. Quorum and threshold not given are the suite's assumptions, printed as such."""

    cycle = slug(required=True)
    cluster = code(required=True)
    method = fields.String(load_default="one_per_place", validate=validate.OneOf(METHODS))
    places = WholeNumber(load_default=3, validate=validate.Range(min=1, max=MOST_PLACES))
    opens_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    closes_at = fields.AwareDateTime(required=True, format="iso")
    quorum = fields.Nested(ShareSchema, load_default=None, allow_none=True)
    threshold = fields.Nested(ThresholdSchema, load_default=None, allow_none=True)

    @ma.post_load
    def opening(self, data: dict[str, Any], **kwargs: Any) -> Opening:
        """The command."""
        return Opening(
            cycle=data["cycle"],
            cluster=data["cluster"],
            method=method_named(data["method"], data["places"]),
            opens_at=_of_our_time(data["opens_at"]),
            closes_at=_of_our_time(data["closes_at"]),
            quorum=_rule(data["quorum"], QUORUM),
            threshold=_rule(data["threshold"], THRESHOLD),
        )


def _of_our_time(moment: Any) -> Any:
    """A moment PostgreSQL and people can hold: between the years 2000 and 3000."""
    if isinstance(moment, datetime) and not 2000 <= moment.year <= 3000:
        raise ma.ValidationError("Not a moment of our time.")
    return moment


def _rule(given: dict[str, Any] | None, otherwise: Rule) -> Rule:
    if given is None:
        return otherwise
    share = Share(given["numerator"], given["denominator"], given["more_than"])
    return Rule(share, Base(given.get("base", Base.ROLL)), given["source"], Status(given["status"]))


class PaperSchema(ma.Schema):
    """A unit's paper: for one name per place the first line is the first place; null is a line left empty."""

    unit = code(required=True)
    names = fields.List(code(allow_none=True), required=True, validate=validate.Length(max=MOST_PLACES))


class RuleSchema(ma.Schema):
    """A rule as it is printed."""

    numerator = fields.Integer(attribute="share.numerator", required=True)
    denominator = fields.Integer(attribute="share.denominator", required=True)
    more_than = fields.Boolean(attribute="share.more_than", required=True)
    base = fields.String(required=True)
    source = fields.String(required=True)
    status = fields.String(required=True)


class RollEntrySchema(ma.Schema):
    """A unit and whether its paper came in."""

    unit = fields.String(required=True)
    voted = fields.Boolean(required=True)


class BoxSchema(ma.Schema):
    """A ballot box. Nothing in it says how anybody votes."""

    id = fields.UUID(required=True)
    council = fields.String(attribute="snapshot.council", required=True)
    cycle = fields.String(attribute="snapshot.cycle", required=True)
    cluster = fields.String(attribute="snapshot.cluster", required=True)
    round = fields.Integer(required=True)
    sheet_version = fields.Integer(attribute="snapshot.sheet_version", required=True)
    sheet_sha256 = sha256(attribute="snapshot.sheet_sha256", required=True)
    synthetic = fields.Boolean(attribute="snapshot.synthetic", required=True)
    notice = fields.Nested(TitleSchema, attribute="snapshot.notice", required=True, allow_none=True)
    method = fields.String(attribute="plan.method.name", required=True)
    places = fields.Integer(attribute="plan.method.places", required=True)
    opens_at = fields.AwareDateTime(attribute="plan.opens_at", required=True, format="iso")
    closes_at = fields.AwareDateTime(attribute="plan.closes_at", required=True, format="iso")
    quorum = fields.Nested(RuleSchema, attribute="plan.quorum", required=True)
    threshold = fields.Nested(RuleSchema, attribute="plan.threshold", required=True)
    state = fields.String(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    members = fields.List(fields.String(), attribute="snapshot.units", required=True)
    returned = fields.Integer(attribute="cast", required=True, metadata={"description": "papers in the box"})


class BoxListSchema(ma.Schema):
    """Boxes, newest first."""

    boxes = fields.List(fields.Nested(BoxSchema), required=True)


class BoxViewSchema(BoxSchema):
    """A box with what concerns the asker: the votes they hold; for tellers the roll."""

    own = fields.List(fields.Nested(RollEntrySchema), required=True)
    roll = fields.List(fields.Nested(RollEntrySchema), required=True, allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The box's own fields come from the box in the view."""
        return super().get_attribute(obj if attr in ("own", "roll") else obj.box, attr, default)


class ReceiptSchema(ma.Schema):
    """Proof that a paper is in the box; it says nothing of what is on the paper."""

    receipt = sha256(required=True)


class InclusionSchema(ReceiptSchema):
    """A receipt looked up."""

    included = fields.Boolean(required=True)
    state = fields.String(required=True, metadata={"description": "open: sealed in the box; closed: was in the box"})


class TallySchema(ma.Schema):
    """The announced tally."""

    box = fields.UUID(required=True)
    council = fields.String(required=True)
    cycle = fields.String(required=True)
    cluster = fields.String(required=True)
    round = fields.Integer(required=True)
    sheet_sha256 = sha256(required=True)
    announced_at = fields.AwareDateTime(required=True, format="iso")
    document = fields.Dict(
        required=True,
        metadata={"description": "synthetic, sent, returned, valid, blank, unreadable, rules, lines, outcomes"},
    )
