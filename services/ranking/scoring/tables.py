"""Scoring's tables (schema `scoring`): read models of intake and verify, frozen sheets.

Append-only (the application role may neither update nor delete): framework, score_sheet, frozen_unit, frozen_score,
outbox_event.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKeyConstraint, Table
from sqlalchemy.dialects.postgresql import JSONB

from shared.plumbing.database import metadata_for
from shared.plumbing.feed_reader import reader_tables
from shared.plumbing.outbox import outbox_tables

metadata = metadata_for("scoring")
outbox_tables(metadata)
reader_tables(metadata)

Moment = sa.DateTime(timezone=True)
Hash = sa.CHAR(64)


def required(name: str, kind: type[sa.types.TypeEngine] | sa.types.TypeEngine) -> Column:
    """A column that always holds something."""
    return Column(name, kind, nullable=False)


def key(name: str, kind: type[sa.types.TypeEngine] | sa.types.TypeEngine = sa.Text) -> Column:
    """A part of the primary key."""
    return Column(name, kind, primary_key=True)


# --- what intake and verify published ------------------------------------------------------------------------------

framework = Table(
    "framework", metadata, key("sha256", Hash), required("document", JSONB), required("recorded_at", Moment)
)

cycle = Table(
    "cycle",
    metadata,
    key("cycle"),
    Column("council", sa.Text, nullable=False, index=True),
    required("council_title", JSONB),
    required("title", JSONB),
    required("period", sa.Text),
    required("period_kind", sa.Text),
    required("deadline_at", Moment),
    required("state", sa.Text),
    required("synthetic", sa.Boolean),
    Column("notice", JSONB(none_as_null=True)),
    Column("framework_sha256", Hash, sa.ForeignKey("scoring.framework.sha256"), nullable=False),
    required("recorded_at", Moment),
)

cluster = Table(
    "cluster",
    metadata,
    Column("cycle", sa.Text, sa.ForeignKey("scoring.cycle.cycle", ondelete="CASCADE"), primary_key=True),
    key("cluster"),
    required("title", JSONB),
    required("method", sa.Text),
    required("position", sa.Integer),
)

member = Table(
    "member",
    metadata,
    key("cycle"),
    key("unit"),
    required("cluster", sa.Text),
    required("title", JSONB),
    required("position", sa.Integer),
    ForeignKeyConstraint(
        ["cycle", "cluster"], ["scoring.cluster.cycle", "scoring.cluster.cluster"], ondelete="CASCADE"
    ),
)

submission = Table(
    "submission",
    metadata,
    key("cycle"),
    key("unit"),
    required("cluster", sa.Text),
    required("number", sa.BigInteger),
    required("content_sha256", Hash),
    required("framework_sha256", Hash),
    required("submitted_at", Moment),
    required("late", sa.Boolean),
)

verification = Table(
    "verification",
    metadata,
    key("cycle"),
    key("unit"),
    required("cluster", sa.Text),
    required("framework_sha256", Hash),
    required("submission_number", sa.BigInteger),
    required("submission_sha256", Hash),
    required("cohort_screened", sa.Boolean),
    required("items", JSONB),
    required("recorded_at", Moment),
)

# --- what was frozen ------------------------------------------------------------------------------------------

score_sheet = Table(
    "score_sheet",
    metadata,
    key("cycle"),
    key("cluster"),
    key("version", sa.Integer),
    required("council", sa.Text),
    required("council_title", JSONB),
    required("cycle_title", JSONB),
    required("cluster_title", JSONB),
    required("method", sa.Text),
    required("synthetic", sa.Boolean),
    Column("notice", JSONB(none_as_null=True)),
    Column("framework_sha256", Hash, sa.ForeignKey("scoring.framework.sha256"), nullable=False),
    Column("sheet_sha256", Hash, nullable=False, unique=True),
    # The canonical bytes whose SHA-256 is `sheet_sha256`.
    required("document", sa.LargeBinary),
    required("frozen_at", Moment),
    required("frozen_by", sa.Text),
    # Why a frozen sheet got a successor; none for the first.
    Column("reason", sa.Text),
    sa.CheckConstraint("version >= 1", name="version"),
    sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
)

frozen_unit = Table(
    "frozen_unit",
    metadata,
    key("cycle"),
    key("cluster"),
    key("version", sa.Integer),
    key("unit"),
    required("title", JSONB),
    required("position", sa.Integer),
    # Null for a member that sent nothing.
    Column("submission_number", sa.BigInteger),
    Column("submission_sha256", Hash),
    ForeignKeyConstraint(
        ["cycle", "cluster", "version"],
        ["scoring.score_sheet.cycle", "scoring.score_sheet.cluster", "scoring.score_sheet.version"],
    ),
)

frozen_score = Table(
    "frozen_score",
    metadata,
    key("cycle"),
    key("cluster"),
    key("version", sa.Integer),
    key("unit"),
    key("criterion"),
    # Points as the rule gave them, float64; missing stays missing.
    Column("points", sa.Double),
    required("status", sa.Text),
    required("basis", sa.Text),
    required("left_out", sa.Boolean),
    Column("value", sa.Double),
    Column("target", sa.Double),
    Column("claimed_value", sa.Double),
    Column("self_points", sa.Double),
    Column("observation", JSONB(none_as_null=True)),
    Column("decision", JSONB(none_as_null=True)),
    Column("recognised", JSONB(none_as_null=True)),
    ForeignKeyConstraint(
        ["cycle", "cluster", "version", "unit"],
        [f"scoring.frozen_unit.{column}" for column in ("cycle", "cluster", "version", "unit")],
    ),
)
