"""What ranking's feed says. Additive changes only."""

from marshmallow import fields

from shared.contracts.fields import WholeNumber, code, sha256, slug
from shared.contracts.intake_v1 import Tolerant


class ClusterFrozen(Tolerant):
    """`cluster_frozen`, subject `cluster:CYCLE/CLUSTER`."""

    cycle = slug(required=True)
    cluster = code(required=True)
    sheet_sha256 = sha256(required=True)
    frozen_at = fields.AwareDateTime(required=True, format="iso")
    synthetic = fields.Boolean(load_default=False, metadata={"description": "its cycle's claims are made up"})


class EditionIssued(Tolerant):
    """`edition_issued`, subject `edition:CYCLE/AUDIENCE/NUMBER`."""

    cycle = slug(required=True)
    audience = fields.String(required=True)
    number = WholeNumber(required=True)
    edition_sha256 = sha256(required=True)
    inputs_sha256 = sha256(required=True)
    previous_sha256 = fields.String(required=True, allow_none=True)
    key_id = fields.String(required=True)
    issued_at = fields.AwareDateTime(required=True, format="iso")
    synthetic = fields.Boolean(load_default=False, metadata={"description": "its cycle's claims are made up"})


class EditionPublished(Tolerant):
    """`edition_published`, subject `publication:CYCLE/AUDIENCE/NUMBER`: the Council's act that opens an edition."""

    cycle = slug(required=True)
    audience = fields.String(required=True)
    number = WholeNumber(required=True)
    edition_sha256 = sha256(required=True)
    record_number = fields.String(required=True, metadata={"description": "of the Council's record"})
    decided_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")
    synthetic = fields.Boolean(load_default=False, metadata={"description": "its cycle's claims are made up"})
