"""What sources owe by when, which ratings are locked and how they are corrected, and what a release changed.

Append-only but for `release_touch.screening`, which says which screening first saw what the release says.
"""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.adapters.tables import Moment, metadata

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

# What a screening changed on an item that had been screened before, and which releases were new to it.
item_change = Table(
    "item_change",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("screening", sa.Uuid, nullable=False),
    Column("releases", ARRAY(sa.Uuid), nullable=False),
    # Whether figures of these releases are about this very item; else it changed with the others' figures.
    Column("concerned", sa.Boolean, nullable=False),
    Column("reopened", sa.Boolean, nullable=False),  # a decision is no longer in force
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_item_change_item", "cycle", "unit", "criterion", "id"),
    Index("ix_item_change_releases", "releases", postgresql_using="gin"),
)
