"""What scoring's JSON doors take and give."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.ranking.editions.model import AUDIENCES
from services.ranking.web.parts import Wording
from shared.contracts.fields import code, sha256

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
        longest=2000, load_default=None, allow_none=True, metadata={"description": "needed to freeze again"}
    )


class IssueSchema(ma.Schema):
    """For whom an edition is issued."""

    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    reason = Wording(
        longest=2000,
        load_default=None,
        allow_none=True,
        metadata={"description": "what changed and why; needed to supersede"},
    )


class PublishSchema(ma.Schema):
    """The Council's act."""

    record_number = Wording(required=True, longest=200)
    decided_on = fields.Date(required=True)


class TitleSchema(ma.Schema):
    """A title by language."""

    vi = fields.String()
    en = fields.String()


class SheetSchema(ma.Schema):
    """The head of a frozen score sheet."""

    cycle = fields.String(required=True)
    cluster = fields.String(required=True)
    version = fields.Integer(required=True)
    framework_sha256 = sha256(required=True)
    sheet_sha256 = sha256(required=True)
    frozen_at = fields.AwareDateTime(required=True, format="iso")
    synthetic = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)


class BlockerSchema(ma.Schema):
    """Something in the way of a freeze."""

    code = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)


class ClusterSchema(ma.Schema):
    """A cluster and whether it can be frozen."""

    cluster = fields.String(required=True)
    title = fields.Nested(TitleSchema, required=True)
    method = fields.String(required=True)
    members = fields.List(fields.String(), required=True)
    ready = fields.Boolean(required=True)
    absent = fields.List(fields.String(), required=True)
    blockers = fields.List(fields.Nested(BlockerSchema), required=True)
    sheet = fields.Nested(SheetSchema, required=True, allow_none=True)
    changed_since = fields.Boolean(required=True, metadata={"description": "what is verified now differs"})


class CycleHeadSchema(ma.Schema):
    """A cycle as intake recorded it."""

    cycle = fields.String(required=True)
    council = fields.String(required=True)
    title = fields.Nested(TitleSchema, required=True)
    period = fields.String(required=True)
    deadline_at = fields.AwareDateTime(required=True, format="iso")
    state = fields.String(required=True)
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(TitleSchema, required=True, allow_none=True)
    framework_sha256 = sha256(required=True)


class CycleListSchema(ma.Schema):
    """Cycles, newest deadline first."""

    cycles = fields.List(fields.Nested(CycleHeadSchema), required=True)


class PublicationSchema(ma.Schema):
    """The Council's act that made an edition public."""

    record_number = fields.String(required=True)
    decided_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")


class ChangeSchema(ma.Schema):
    """A unit that stands elsewhere than in the edition before."""

    cluster = fields.String(required=True)
    unit = fields.String(required=True)
    rank = fields.List(fields.Integer(allow_none=True), required=True)
    total = fields.List(fields.String(allow_none=True), required=True)


class EditionSchema(ma.Schema):
    """An edition without its content."""

    cycle = fields.String(required=True)
    audience = fields.String(required=True)
    number = fields.Integer(required=True)
    edition_sha256 = sha256(required=True)
    previous_sha256 = fields.String(required=True, allow_none=True)
    inputs_sha256 = sha256(required=True)
    key_id = fields.String(required=True)
    issued_at = fields.AwareDateTime(required=True, format="iso")
    sheets = fields.List(fields.Dict(), required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    synthetic = fields.Boolean(required=True)
    publication = fields.Nested(PublicationSchema, required=True, allow_none=True)


class EditionListSchema(ma.Schema):
    """Editions, newest first."""

    editions = fields.List(fields.Nested(EditionSchema), required=True)


class CycleSchema(CycleHeadSchema):
    """A cycle with what is ready, frozen and issued."""

    clusters = fields.List(fields.Nested(ClusterSchema), required=True)
    editions = fields.List(fields.Nested(EditionSchema), required=True)


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


class KeysSchema(ma.Schema):
    """A JSON Web Key Set (RFC 7517) with the Ed25519 keys that sign editions."""

    keys = fields.List(fields.Dict(), required=True)


EDITION_DOCUMENT: dict[str, Any] = {
    "type": "object",
    "required": ["edition", "inputs", "ranking", "signature"],
    "properties": {
        "edition": {"type": "object"},
        "inputs": {"type": "object"},
        "ranking": {"type": "object"},
        "signature": {"type": "string"},
    },
}
