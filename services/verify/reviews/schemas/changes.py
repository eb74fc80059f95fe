"""What goes out about what a release changed."""

import marshmallow as ma
from marshmallow import fields, validate

from shared.contracts.fields import QueryWholeNumber, Title, WholeNumber

PAGE = 50


LARGEST_PAGE = 500


class ChangedFigureSchema(ma.Schema):
    """The independent figure an item was, or is, compared with."""

    source = fields.String(required=True)
    indicator = fields.String(required=True)
    period = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    status = fields.String(required=True)
    release = fields.String(required=True)


class ItemThenSchema(ma.Schema):
    """An item as it stood before or after."""

    figure = fields.Nested(ChangedFigureSchema, required=True, allow_none=True)
    claimed_value = fields.Float(required=True, allow_none=True)
    self_points = fields.Float(required=True, allow_none=True)
    independent_points = fields.Float(required=True, allow_none=True)
    codes = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    basis = fields.String(required=True)
    left_out = fields.Boolean(required=True)
    value = fields.Float(required=True, allow_none=True)
    points = fields.Float(required=True, allow_none=True)
    review = fields.String(required=True)


class _ChangeSchema(ma.Schema):
    """What a screening changed. `concerned`: the figures of a new release are about this very item."""

    concerned = fields.Boolean(required=True)
    reopened = fields.Boolean(required=True, metadata={"description": "a decision is no longer in force"})
    before = fields.Nested(ItemThenSchema, required=True)
    after = fields.Nested(ItemThenSchema, required=True)
    changed_at = fields.AwareDateTime(required=True, format="iso")


class NewReleaseSchema(ma.Schema):
    """A release that was new to a screening."""

    release = fields.UUID(required=True)
    source = fields.String(required=True)
    title = fields.Nested(Title, required=True)
    file_name = fields.String(required=True)
    published_on = fields.Date(required=True)


class ItemChangeSchema(_ChangeSchema):
    """What a screening changed on an item, and the releases that were new to it; none: the claim or a rule changed."""

    releases = fields.List(fields.Nested(NewReleaseSchema), required=True)


class ReleaseChangeSchema(_ChangeSchema):
    """What a release changed on an item."""

    cycle = fields.String(required=True)
    unit = fields.String(required=True)
    unit_title = fields.Nested(Title, required=True)
    criterion = fields.String(required=True)


class TouchSchema(ma.Schema):
    """A cycle that a release concerns. `screened`: its cohort was screened since."""

    cycle = fields.String(required=True)
    units = WholeNumber(required=True)
    items = WholeNumber(required=True)
    touched_at = fields.AwareDateTime(required=True, format="iso")
    screened = fields.Boolean(required=True)


class ChangeCountsSchema(ma.Schema):
    """How many items a release changed; `verified`: they were provisional; `reopened`: a decision fell away."""

    changed = WholeNumber(required=True)
    concerned = WholeNumber(required=True)
    verified = WholeNumber(required=True)
    reopened = WholeNumber(required=True)


class ReleaseChangesSchema(ma.Schema):
    """What a release concerns and what it changed; ask again with `after` = `next`."""

    touched = fields.List(fields.Nested(TouchSchema), required=True)
    counts = fields.Nested(ChangeCountsSchema, required=True)
    changes = fields.List(fields.Nested(ReleaseChangeSchema), required=True)
    next = WholeNumber(required=True, allow_none=True)


class ChangeQuery(ma.Schema):
    """Where to go on, and how many at most."""

    after = QueryWholeNumber(load_default=0, validate=validate.Range(min=0, max=2**62))
    limit = QueryWholeNumber(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))
