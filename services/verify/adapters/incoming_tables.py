"""Tables of how figures come in: keyed from a signed letter, or fetched; part of the metadata of `tables.py`.

Append-only: keyed_letter, letter_verdict, fetch_plan, fetch_attempt.
"""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table
from sqlalchemy.dialects.postgresql import JSONB

from services.verify.adapters.tables import Moment, metadata

# A ministry's signed letter, keyed by one person; it counts once a second person has compared it with the scan.
keyed_letter = Table(
    "keyed_letter",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("source", ForeignKey("source.source"), nullable=False, index=True),
    Column("cycle", ForeignKey("cycle.cycle"), nullable=False),
    Column("indicator", sa.Text, nullable=False),
    Column("period", sa.Text, nullable=False),
    Column("status", sa.Text, nullable=False),
    Column("published_on", sa.Date, nullable=False),
    Column("document_number", sa.Text, nullable=False),
    Column("issued_on", sa.Date, nullable=False),
    Column("scan_name", sa.Text, nullable=False),
    Column("scan_sha256", sa.Text, nullable=False),
    Column("scan", sa.LargeBinary, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("correction", sa.Text, nullable=False, server_default=""),
    Column("keyed_at", Moment, nullable=False),
    Column("keyed_by", sa.Text, nullable=False),
    Column("keyed_by_name", sa.Text, nullable=False),
)

# What the second person said. Without a release the letter was not confirmed, for the reason given.
letter_verdict = Table(
    "letter_verdict",
    metadata,
    Column("letter", ForeignKey("keyed_letter.id"), primary_key=True),
    Column("release", ForeignKey("release.id")),
    Column("reason", sa.Text, nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("said_by", sa.Text, nullable=False),
    Column("said_by_name", sa.Text, nullable=False),
)

# Where a source's files are fetched from, and how often; the newest version counts, none is fetched while paused.
fetch_plan = Table(
    "fetch_plan",
    metadata,
    Column("source", ForeignKey("source.source"), primary_key=True),
    Column("version", sa.Integer, primary_key=True),
    Column("address", sa.Text, nullable=False),
    Column("query", JSONB(none_as_null=True)),  # the body of a PX-Web query; null: a plain GET
    Column("cycle", ForeignKey("cycle.cycle"), nullable=False),
    Column("status", sa.Text, nullable=False),
    Column("every_hours", sa.Integer, nullable=False),
    Column("paused", sa.Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", sa.Text, nullable=False),
    Column("created_by_name", sa.Text, nullable=False),
)

# Every attempt to fetch: an `asked` one is under way, or its worker died.
fetch_attempt = Table(
    "fetch_attempt",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("source", ForeignKey("source.source"), nullable=False),
    Column("version", sa.Integer, nullable=False),
    Column("attempted_at", Moment, nullable=False),
    Column("outcome", sa.Text, nullable=False),
    Column("etag", sa.Text, nullable=False),
    Column("last_modified", sa.Text, nullable=False),
    Column("release", ForeignKey("release.id")),
    Column("said", JSONB(none_as_null=True)),
    CheckConstraint("outcome IN ('asked', 'taken', 'unchanged', 'refused', 'down')", name="outcome"),
    ForeignKeyConstraint(["source", "version"], ["fetch_plan.source", "fetch_plan.version"]),
    Index("ix_fetch_attempt_source", "source", "id"),
)
