"""The JSON of editions and of the keys that sign them."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.ranking.editions.model import AUDIENCES
from services.ranking.editions.rules.keys import PublicKey
from services.ranking.schemas import LONGEST_REASON, EditionSchema, Wording


class IssueSchema(ma.Schema):
    """For whom an edition is issued."""

    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    reason = Wording(
        longest=LONGEST_REASON,
        load_default=None,
        allow_none=True,
        metadata={"description": "what changed and why; needed to supersede"},
    )


class PublishSchema(ma.Schema):
    """The Council's act."""

    record_number = Wording(required=True, longest=200)
    decided_on = fields.Date(required=True)


class EditionListSchema(ma.Schema):
    """Editions, newest first."""

    editions = fields.List(fields.Nested(EditionSchema), required=True)


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


def key_set(key: PublicKey) -> Mapping[str, Any]:
    """The key as people and `check-edition --public-key` read it."""
    return {
        "keys": [{"kty": "OKP", "crv": "Ed25519", "x": key.text, "kid": key.key_id, "alg": "Ed25519", "use": "sig"}]
    }
