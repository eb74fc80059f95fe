"""The outbox is the feed: events are rows written with the change they tell of, and served oldest first.

A serial is handed out before the commit, so a reader with a cursor could pass a row that commits late and never see
it. `append` therefore takes a transaction-scoped advisory lock before it inserts, as the last statements before the
commit: positions become visible in order.
"""

import hashlib
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects.postgresql import JSONB

from shared.contracts.events import Event

PAGE_LIMIT = 500


def outbox_tables(metadata: MetaData) -> None:
    """Add `outbox_event` and `feed_identity` to a service's tables."""
    sa.Table(
        "outbox_event",
        metadata,
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subject_version", sa.BigInteger, nullable=False),
        sa.Column("data", JSONB, nullable=False),
    )
    sa.Table(
        "feed_identity",
        metadata,
        # Renewed by every restore: a reader that sees another feed starts again from 0.
        sa.Column("feed", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
    )


@cache
def _tables(schema: str | None) -> tuple[sa.Table, sa.Table]:
    metadata = MetaData(schema=schema)
    outbox_tables(metadata)
    prefix = f"{schema}." if schema else ""
    return metadata.tables[f"{prefix}outbox_event"], metadata.tables[f"{prefix}feed_identity"]


def lock_key(schema: str | None) -> int:
    """The advisory lock under which this feed grows: 63 bits of a hash of its name."""
    return int.from_bytes(hashlib.sha256(f"outbox:{schema or 'public'}".encode()).digest()[:8], "big") >> 1


def append(connection: Connection, events: Sequence[Event], schema: str | None = None) -> None:
    """Insert events at the end of the feed. Call it last: the lock is held until the commit."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(schema)})
    connection.execute(
        sa.insert(_tables(schema)[0]),
        [{name: value for name, value in vars(event).items() if name != "position"} for event in events],
    )


def feed_identity(connection: Connection, schema: str | None = None) -> uuid.UUID:
    """The feed's name; it was made with the database."""
    _, identity = _tables(schema)
    feed: uuid.UUID = connection.execute(sa.select(identity.c.feed)).scalar_one()
    return feed


def read_after(connection: Connection, after: int, limit: int, schema: str | None = None) -> dict[str, Any]:
    """One page of the feed: at most `limit` events whose position is greater than `after`, oldest first."""
    table, _ = _tables(schema)
    rows = connection.execute(
        sa.select(table).where(table.c.position > after).order_by(table.c.position).limit(min(limit, PAGE_LIMIT))
    ).mappings()
    events = [dict(row) for row in rows]
    return {
        "feed": feed_identity(connection, schema),
        "events": events,
        "next": events[-1]["position"] if events else after,
    }
