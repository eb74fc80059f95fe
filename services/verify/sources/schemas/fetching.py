"""What comes in and goes out about fetching."""

import marshmallow as ma
from marshmallow import fields, validate

from services.verify.sources.actions.fetch import LONGEST_HOURS
from services.verify.sources.model import RELEASE_STATES
from shared.contracts.fields import Text, WholeNumber, slug

LONGEST_ADDRESS = 2000


class FetchPlanSchema(ma.Schema):
    """Where a source's file is and how often it is asked for."""

    address = Text(longest=LONGEST_ADDRESS, required=True)
    query = fields.Dict(load_default=None, allow_none=True, metadata={"description": "body of a PX-Web query"})
    cycle = slug(required=True)
    status = fields.String(load_default="preliminary", validate=validate.OneOf(RELEASE_STATES))
    every_hours = WholeNumber(load_default=24, validate=validate.Range(min=1, max=LONGEST_HOURS))
    paused = fields.Boolean(load_default=False)


class FetchPlanSavedSchema(ma.Schema):
    """The version under which a plan was kept."""

    version = WholeNumber(required=True)


class AttemptSchema(ma.Schema):
    """One attempt: `asked` (under way), `taken`, `unchanged`, `refused` or `down`."""

    attempted_at = fields.AwareDateTime(required=True, format="iso")
    outcome = fields.String(required=True)
    release = fields.UUID(required=True, allow_none=True)


class FetchingSchema(ma.Schema):
    """The newest plan (null: none) and the newest attempts."""

    plan = fields.Nested(FetchPlanSchema, required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)
