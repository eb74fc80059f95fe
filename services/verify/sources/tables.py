"""Tables of sources, their releases and figures, and how these come in."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from services.verify.tables import Moment, metadata

source = Table(
    "source",
    metadata,
    Column("source", sa.Text, primary_key=True),
    Column("council", sa.Text, nullable=False, index=True),
    Column("title", JSONB, nullable=False),
    Column("publisher", JSONB, nullable=False),
    Column("licence", sa.Text, nullable=False),
    Column("address", sa.Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", sa.Text, nullable=False),
    Column("created_by_name", sa.Text, nullable=False),
)


source_mapping = Table(
    "source_mapping",
    metadata,
    Column("source", ForeignKey("source.source"), primary_key=True),
    Column("version", sa.Integer, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", sa.Text, nullable=False),
    Column("created_by_name", sa.Text, nullable=False),
)


release = Table(
    "release",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("source", ForeignKey("source.source"), nullable=False),
    Column("cycle", ForeignKey("cycle.cycle"), nullable=False),
    Column("published_on", sa.Date, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("status", sa.Text, nullable=False),
    Column("file_name", sa.Text, nullable=False),
    Column("raw_sha256", sa.Text, nullable=False),
    Column("raw_size", sa.BigInteger, nullable=False),
    Column("raw", sa.LargeBinary, nullable=False),
    Column("rows", sa.Integer, nullable=False),
    Column("uploaded_by", sa.Text, nullable=False),
    Column("uploaded_by_name", sa.Text, nullable=False),
    Column("correction", sa.Text, nullable=False, server_default=""),  # of a locked rating, for this reason
    Column("mapping_version", sa.Integer),  # by which mapping cells got their meaning; null: the file says it itself
    CheckConstraint("status IN ('preliminary', 'final')", name="status"),
    ForeignKeyConstraint(["source", "mapping_version"], ["source_mapping.source", "source_mapping.version"]),
    UniqueConstraint("source", "raw_sha256"),
)


observation = Table(
    "observation",
    metadata,
    Column("release", ForeignKey("release.id"), primary_key=True),
    Column("row", sa.Integer, primary_key=True),
    Column("unit", sa.Text, nullable=False),
    Column("indicator", sa.Text, nullable=False),
    Column("period", sa.Text, nullable=False),
    Column("value", sa.Double),
    Column("status", sa.Text, nullable=False),
    UniqueConstraint("release", "unit", "indicator", "period"),
    Index("ix_observation_unit", "unit", "indicator"),
)


# A row whose unit nobody knew when it came. It becomes an observation with the same number once somebody says.
waiting_row = Table(
    "waiting_row",
    metadata,
    Column("release", ForeignKey("release.id"), primary_key=True),
    Column("row", sa.Integer, primary_key=True),
    Column("spelling", sa.Text, nullable=False),
    Column("folded", sa.Text, nullable=False),
    Column("indicator", sa.Text, nullable=False),
    Column("period", sa.Text, nullable=False),
    Column("value", sa.Double),
    Column("status", sa.Text, nullable=False),
    Index("ix_waiting_row_folded", "folded"),
)


# What people said a spelling means; the newest answer of a council counts. A null unit: none of its units.
unit_spelling = Table(
    "unit_spelling",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("council", sa.Text, nullable=False),
    Column("folded", sa.Text, nullable=False),
    Column("spelling", sa.Text, nullable=False),
    Column("unit", sa.Text),
    Column("said_at", Moment, nullable=False),
    Column("said_by", sa.Text, nullable=False),
    Column("said_by_name", sa.Text, nullable=False),
    Index("ix_unit_spelling_folded", "council", "folded"),
)


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


# By when a source's figures for a cycle are due; the newest version counts. `locks`: they are a rating, which is
# locked at that moment, or as soon as it comes afterwards.
source_due = Table(
    "source_due",
    metadata,
    Column("source", ForeignKey("source.source"), primary_key=True),
    Column("cycle", ForeignKey("cycle.cycle"), primary_key=True),
    Column("version", sa.Integer, primary_key=True),
    Column("due_at", Moment, nullable=False),
    Column("locks", sa.Boolean, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", sa.Text, nullable=False),
    Column("set_by_name", sa.Text, nullable=False),
    Index("ix_source_due_cycle", "cycle"),
)


# Reminders that were given: `days` before (negative) or after (positive) that due date, once each.
source_reminder = Table(
    "source_reminder",
    metadata,
    Column("source", sa.Text, primary_key=True),
    Column("cycle", sa.Text, primary_key=True),
    Column("version", sa.Integer, primary_key=True),
    Column("days", sa.Integer, primary_key=True),
    Column("reminded_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["source", "cycle", "version"], ["source_due.source", "source_due.cycle", "source_due.version"]
    ),
)


rating_lock = Table(
    "rating_lock",
    metadata,
    Column("source", ForeignKey("source.source"), primary_key=True),
    Column("cycle", ForeignKey("cycle.cycle"), primary_key=True),
    Column("cause", sa.Text, nullable=False),
    Column("locked_at", Moment, nullable=False),
    Column("locked_by", sa.Text, nullable=False),
    Column("locked_by_name", sa.Text, nullable=False),
    CheckConstraint("cause IN ('rater', 'due')", name="cause"),
)


# A file that is to correct a locked rating; it counts once a second person agrees.
correction = Table(
    "correction",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("source", ForeignKey("source.source"), nullable=False, index=True),
    Column("cycle", ForeignKey("cycle.cycle"), nullable=False),
    Column("published_on", sa.Date, nullable=False),
    Column("status", sa.Text, nullable=False),
    Column("period", sa.Text),
    Column("layout", sa.Text, nullable=False),
    Column("file_name", sa.Text, nullable=False),
    Column("raw_sha256", sa.Text, nullable=False),
    Column("raw", sa.LargeBinary, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("proposed_by", sa.Text, nullable=False),
    Column("proposed_by_name", sa.Text, nullable=False),
)


# What the second person said. Without a release it was not agreed to, for the reason given.
correction_verdict = Table(
    "correction_verdict",
    metadata,
    Column("correction", ForeignKey("correction.id"), primary_key=True),
    Column("release", ForeignKey("release.id")),
    Column("reason", sa.Text, nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("said_by", sa.Text, nullable=False),
    Column("said_by_name", sa.Text, nullable=False),
)


# How many units and items of a cycle a release's figures concern: exactly these are screened again.
release_touch = Table(
    "release_touch",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("release", ForeignKey("release.id"), nullable=False, index=True),
    Column("cycle", ForeignKey("cycle.cycle"), nullable=False),
    Column("units", sa.Integer, nullable=False),
    Column("items", sa.Integer, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("screening", sa.Uuid),  # the first screening of the cohort that saw it
    Index("ix_release_touch_unseen", "cycle", postgresql_where=sa.text("screening IS NULL")),
)
