"""What comes in and goes out about quotas and about copying a cycle."""

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.cycles.model import MOST_PARTS, RULES, SUM
from shared.contracts.fields import code, slug


class RollUpSchema(ma.Schema):
    """The shorter cycles that a cycle rolls up, and the rule: of all criteria, or of single ones."""

    parts = fields.List(slug(), required=True, validate=validate.Length(max=MOST_PARTS))
    rule = fields.String(load_default=SUM, validate=validate.OneOf(RULES))
    rules = fields.Dict(
        keys=code(),
        values=fields.String(validate=validate.OneOf(RULES)),
        load_default=dict,
        metadata={"description": "by criterion, where it is joined otherwise"},
    )
