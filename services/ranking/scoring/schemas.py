"""The JSON of freezing and of standings."""

import math
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.ranking.schemas import LONGEST_REASON, SheetSchema, TitleSchema, Wording
from services.ranking.scoring.model import ClusterStandings
from shared.contracts.fields import code
from shared.criteria.ticks import decimal_text

MOST_UNITS = 5000


class FreezeSchema(ma.Schema):
    """How a cluster is frozen."""

    absent = fields.List(
        code(),
        load_default=list,
        validate=validate.Length(max=MOST_UNITS),
        metadata={"description": "members that sent nothing, to be left unranked"},
    )
    reason = Wording(
        longest=LONGEST_REASON, load_default=None, allow_none=True, metadata={"description": "needed to freeze again"}
    )


class PartSchema(ma.Schema):
    """One part of a unit's points with what it rests on."""

    criterion = fields.String(required=True)
    points = fields.Float(required=True, allow_none=True)
    status = fields.String(required=True)
    basis = fields.String(required=True)
    left_out = fields.Boolean(required=True)
    value = fields.Float(required=True, allow_none=True)
    target = fields.Float(required=True, allow_none=True)
    claimed_value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    observation = fields.Dict(required=True, allow_none=True)
    decision = fields.Dict(required=True, allow_none=True)
    recognised = fields.Dict(
        metadata={"description": "a recognised changed target with the points at it; absent: there is none"}
    )


class StandingSchema(ma.Schema):
    """A unit's place; rank and total are null where it is not ranked. Points are decimal strings."""

    unit = fields.String(required=True)
    title = fields.Nested(TitleSchema, required=True)
    rank = fields.Integer(required=True, allow_none=True)
    total = fields.String(required=True, allow_none=True)
    share_verified = fields.Float(required=True, allow_none=True)
    submission_number = fields.Integer(required=True, allow_none=True)
    submission_sha256 = fields.String(required=True, allow_none=True)
    parts = fields.List(fields.Nested(PartSchema), required=True)


class StandingsSchema(ma.Schema):
    """The standings of a frozen cluster, best first."""

    sheet = fields.Nested(SheetSchema, required=True)
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(TitleSchema, required=True, allow_none=True)
    standings = fields.List(fields.Nested(StandingSchema), required=True)


def standings_document(shown: ClusterStandings) -> dict[str, Any]:
    """Standings with every part."""
    return {
        "sheet": shown.sheet,
        "synthetic": shown.sheet.synthetic,
        "notice": shown.sheet.notice,
        "standings": [_standing(shown, row) for row in shown.order],
    }


def _standing(shown: ClusterStandings, row: int) -> dict[str, Any]:
    unit, table = shown.units[row], shown.standings
    rank = int(table.rank[row])
    share = math.nan if table.share_verified is None else float(table.share_verified[row])
    return {
        "unit": unit.unit,
        "title": unit.title,
        "rank": rank or None,
        "total": decimal_text(int(table.ticks[row]), shown.framework.rounding) if rank else None,
        "share_verified": None if math.isnan(share) else round(share, 10),
        "submission_number": unit.submission_number,
        "submission_sha256": unit.submission_sha256,
        "parts": [score.document() for score in unit.scores],
    }
