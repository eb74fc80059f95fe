"""Intake's tables. What the migration makes; `adapters/account_tables.py` adds accounts to the same metadata.

Append-only by grant (the application role may neither update nor delete): framework, cycle_extension, cycle_cluster,
cycle_member, cycle_quota, cycle_roll_up, submission, submission_reception, evidence_file, evidence_upload, history,
outbox_event.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint

from shared.plumbing.database import metadata_for
from shared.plumbing.feed_reader import reader_tables
from shared.plumbing.outbox import outbox_tables

metadata = metadata_for(None)
outbox_tables(metadata)
reader_tables(metadata)

MOMENT = sa.DateTime(timezone=True)


def number() -> sa.Column[int]:
    """The column of numbers that the database gives."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def made_columns() -> list[sa.Column[object]]:
    """Who did it, and when."""
    return [
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("account_name", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    ]


def made_values(one: Any) -> dict[str, Any]:
    """The values of `made_columns`; a file knows no name."""
    return {"account": one.account, "account_name": getattr(one, "name", ""), "at": one.at}


def maker_of(row: Any, prefix: str = "") -> dict[str, Any]:
    """The reverse of `made_values`."""
    return {"account": row[f"{prefix}account"], "name": row[f"{prefix}account_name"], "at": row[f"{prefix}at"]}


def uuid_of(text: str) -> uuid.UUID | None:
    """An identifier from the outside; None for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


council = sa.Table(
    "council",
    metadata,
    number(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("title", JSONB, nullable=False),
)

unit = sa.Table(
    "unit",
    metadata,
    number(),
    sa.Column("council_id", sa.BigInteger, sa.ForeignKey("council.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    sa.UniqueConstraint("council_id", "code"),
)

cluster = sa.Table(
    "cluster",
    metadata,
    number(),
    sa.Column("council_id", sa.BigInteger, sa.ForeignKey("council.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    sa.UniqueConstraint("council_id", "code"),
    sa.CheckConstraint("method IN ('score_only', 'score_then_vote')", name="method"),
)


def _one(column: str) -> sa.ColumnElement[object]:
    """An integer column as a range, so that GiST's built-in classes can compare it."""
    return sa.literal_column(f"int8range({column}, {column}, '[]')")


membership = sa.Table(
    "membership",
    metadata,
    number(),
    sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("cluster_id", sa.BigInteger, sa.ForeignKey("cluster.id"), nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    # A unit is in one cluster at a time.
    ExcludeConstraint(
        (_one("unit_id"), "&&"),
        (sa.column("during"), "&&"),
        name="ex_membership_unit",
        using="gist",
        # Judged at the commit: one list may end a membership and begin the next.
        deferrable=True,
        initially="DEFERRED",
    ),
)

headship = sa.Table(
    "headship",
    metadata,
    number(),
    sa.Column("cluster_id", sa.BigInteger, sa.ForeignKey("cluster.id"), nullable=False),
    sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("position", sa.Text, nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    sa.Column("place", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("position IN ('head', 'deputy')", name="position"),
    # One head at a time; no unit in two positions of a cluster at once.
    ExcludeConstraint(
        (_one("cluster_id"), "&&"),
        (sa.column("during"), "&&"),
        name="ex_headship_head",
        using="gist",
        where=sa.text("position = 'head'"),
        deferrable=True,
        initially="DEFERRED",
    ),
    ExcludeConstraint(
        (_one("cluster_id"), "&&"),
        (_one("unit_id"), "&&"),
        (sa.column("during"), "&&"),
        name="ex_headship_unit",
        using="gist",
        deferrable=True,
        initially="DEFERRED",
    ),
)

succession = sa.Table(
    "succession",
    metadata,
    sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("unit.id"), primary_key=True),
    sa.Column("predecessor_id", sa.BigInteger, sa.ForeignKey("unit.id"), primary_key=True),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("legal_source", sa.Text, nullable=False),
    sa.CheckConstraint("legal_source <> ''", name="legal_source"),
)

framework = sa.Table(
    "framework",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

cycle = sa.Table(
    "cycle",
    metadata,
    number(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("council_id", sa.BigInteger, sa.ForeignKey("council.id"), nullable=False),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("period_kind", sa.Text, nullable=False),
    sa.Column("deadline_at", MOMENT, nullable=False),
    sa.Column("closes_at", MOMENT, nullable=False),
    sa.Column("synthetic", sa.Boolean, nullable=False),
    sa.Column("notice", JSONB),
    sa.Column("framework_sha256", sa.Text, sa.ForeignKey("framework.sha256"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'intake_closed', 'archived')", name="state"),
    sa.CheckConstraint("period_kind IN ('year', 'half', 'quarter', 'month')", name="period_kind"),
    sa.CheckConstraint("closes_at >= deadline_at", name="closes_at"),
)


def number_of_cycle(code: str) -> sa.ScalarSelect[Any]:
    """The number of the cycle with this code, inside a statement."""
    return sa.select(cycle.c.id).where(cycle.c.code == code).scalar_subquery()


cycle_extension = sa.Table(
    "cycle_extension",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("unit", sa.Text),
    sa.Column("deadline_at", MOMENT, nullable=False),
    sa.Column("closes_at", MOMENT, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.CheckConstraint("closes_at >= deadline_at", name="closes_at"),
    sa.CheckConstraint("reason <> ''", name="reason"),
)

cycle_cluster = sa.Table(
    "cycle_cluster",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("head", sa.Text),
    sa.Column("deputies", JSONB, nullable=False),
)

cycle_quota = sa.Table(
    "cycle_quota",
    metadata,
    # Append-only: the newest row of a cluster counts.
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("flags", sa.Integer, nullable=False),
    sa.Column("legal_source", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.CheckConstraint("flags >= 0", name="flags"),
    sa.CheckConstraint("legal_source <> ''", name="legal_source"),
)

cycle_roll_up = sa.Table(
    "cycle_roll_up",
    metadata,
    # Append-only: the newest row of a cycle counts.
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)

cycle_member = sa.Table(
    "cycle_member",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    # Made in Python (domain/vietnamese.py): PostgreSQL here knows no Vietnamese order and no search without accents.
    sa.Column("sort_key", sa.Text, nullable=False, server_default=""),
    sa.Column("search_key", sa.Text, nullable=False, server_default=""),
    sa.Column("predecessors", JSONB, nullable=False, server_default="[]"),
    sa.ForeignKeyConstraint(["cycle_id", "cluster"], ["cycle_cluster.cycle_id", "cycle_cluster.code"]),
)

assessment = sa.Table(
    "assessment",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    # The draft: whoever writes holds this row's lock and grows the version.
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("claims", JSONB, nullable=False, server_default="{}"),
    sa.Column("edits", JSONB, nullable=False, server_default="{}"),
    sa.Column("edited_at", MOMENT),
    sa.Column("submissions", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sent_version", sa.BigInteger),
    sa.Column("dossier", JSONB, nullable=False, server_default="{}"),
    sa.Column("contributions", JSONB, nullable=False, server_default="{}"),
    sa.UniqueConstraint("cycle_id", "unit"),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
)


def with_members(*columns: Any) -> sa.Select[Any]:
    """Columns of self-assessments, joined with their cycles and members."""
    return (
        sa.select(*columns)
        .select_from(assessment)
        .join(cycle, cycle.c.id == assessment.c.cycle_id)
        .join(
            cycle_member,
            sa.and_(cycle_member.c.cycle_id == assessment.c.cycle_id, cycle_member.c.unit == assessment.c.unit),
        )
    )


def number_of_assessment(code: str, unit: str) -> sa.ScalarSelect[Any]:
    """The number of a unit's self-assessment, inside a statement."""
    return (
        sa.select(assessment.c.id)
        .join(cycle, cycle.c.id == assessment.c.cycle_id)
        .where(cycle.c.code == code, assessment.c.unit == unit)
        .scalar_subquery()
    )


submission = sa.Table(
    "submission",
    metadata,
    sa.Column("assessment_id", sa.BigInteger, sa.ForeignKey("assessment.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("submitted_at", MOMENT, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("draft_version", sa.BigInteger, nullable=False),
    sa.CheckConstraint("number >= 1", name="number"),
)

submission_reception = sa.Table(
    "submission_reception",
    metadata,
    number(),
    sa.Column("assessment_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["assessment_id", "number"], ["submission.assessment_id", "submission.number"]),
    sa.CheckConstraint("state IN ('received', 'accepted', 'returned')", name="state"),
    # Each step of a version is taken once, whoever presses first.
    sa.UniqueConstraint("assessment_id", "number", "state"),
)

evidence_file = sa.Table(
    "evidence_file",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("stored_at", MOMENT, nullable=False),
)

evidence_upload = sa.Table(
    "evidence_upload",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, sa.ForeignKey("evidence_file.sha256"), primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("uploaded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
)

history = sa.Table(
    "history",
    metadata,
    number(),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", JSONB, nullable=False),
    sa.Index("ix_history_subject_id", "subject", "id"),
)
