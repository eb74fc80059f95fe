"""The envelope in which every fact crosses from one service to another."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from shared.contracts.fields import WholeNumber


@dataclass(frozen=True)
class Event:
    """A past fact about one subject. `data` is the subject's full state, JSON only; versions of a subject only grow."""

    type: str
    subject: str
    subject_version: int
    occurred_at: datetime
    data: Mapping[str, Any]
    version: int = 1
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    position: int | None = None


class EventSchema(ma.Schema):
    """One event as the feed serves it."""

    id = fields.UUID(required=True)
    position = WholeNumber(required=True, validate=validate.Range(min=1))
    type = fields.String(required=True)
    version = WholeNumber(required=True)
    occurred_at = fields.AwareDateTime(required=True, format="iso")
    subject = fields.String(required=True)
    subject_version = WholeNumber(required=True)
    data = fields.Dict(required=True)


class FeedPageSchema(ma.Schema):
    """A page of a feed: ask again with `after` = `next`."""

    feed = fields.UUID(required=True)
    events = fields.List(fields.Nested(EventSchema), required=True)
    next = WholeNumber(required=True, validate=validate.Range(min=0))
