"""What all of verify's tables share."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table
from sqlalchemy.dialects.postgresql import JSONB

from shared.plumbing.database import metadata_for
from shared.plumbing.feed_reader import reader_tables
from shared.plumbing.outbox import outbox_tables
from shared.plumbing.work import work_tables

metadata = metadata_for(None)
Moment = sa.DateTime(timezone=True)

outbox_tables(metadata)
reader_tables(metadata)
work_tables(metadata)

history = Table(
    "history",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("happened_at", Moment, nullable=False),
    Column("actor", sa.Text, nullable=False),
    Column("actor_name", sa.Text, nullable=False),
    Column("action", sa.Text, nullable=False),
    Column("subject", sa.Text, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Index("ix_history_subject", "subject", "id"),
)
