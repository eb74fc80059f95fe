"""Voting's tables (schema `voting`) and the one view of scoring it may read. No row of a paper carries a time.

Append-only (the application role may neither update nor delete): ballot, receipt, announced_tally.
"""

import sqlalchemy as sa
from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import JSONB

from shared.plumbing.database import metadata_for

metadata = metadata_for("voting")

Moment = sa.DateTime(timezone=True)
Hash = sa.CHAR(64)


def required(name: str, kind: type[sa.types.TypeEngine] | sa.types.TypeEngine) -> Column:
    """A column that always holds something."""
    return Column(name, kind, nullable=False)


def _box_key() -> Column:
    return Column("box", sa.Uuid, sa.ForeignKey("voting.box.id"), primary_key=True)


box = Table(
    "box",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    required("council", sa.Text),
    required("cycle", sa.Text),
    required("cluster", sa.Text),
    required("round", sa.Integer),
    # The frozen scores it rests on: only their hash, and who the members were.
    required("sheet_version", sa.Integer),
    required("sheet_sha256", Hash),
    required("snapshot", JSONB),
    required("method", sa.Text),
    required("places", sa.Integer),
    required("opens_at", Moment),
    required("closes_at", Moment),
    required("quorum", JSONB),
    required("threshold", JSONB),
    required("public_key", sa.LargeBinary),
    required("state", sa.Text),
    required("opened_at", Moment),
    required("opened_by", sa.Text),
    Column("closed_at", Moment),
    Column("closed_by", sa.Text),
    Column("decided", sa.Boolean),
    sa.UniqueConstraint("cycle", "cluster", "round"),
    sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
    sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    sa.CheckConstraint("(state = 'closed') = (decided IS NOT NULL)", name="decided"),
    sa.CheckConstraint("opens_at < closes_at", name="times"),
    sa.Index("uq_box_open", "cycle", "cluster", unique=True, postgresql_where=sa.text("state = 'open'")),
)

roll = Table(
    "roll",
    metadata,
    _box_key(),
    Column("unit", sa.Text, primary_key=True),
    required("position", sa.Integer),
    Column("voted", sa.Boolean, nullable=False, server_default=sa.false()),
)

sealed_ballot = Table(
    "sealed_ballot",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("box", sa.Uuid, sa.ForeignKey("voting.box.id"), nullable=False, index=True),
    Column("receipt", Hash, nullable=False, unique=True),
    required("sealed", sa.LargeBinary),
)

ballot = Table(
    "ballot",
    metadata,
    _box_key(),
    Column("ballot_sha256", Hash, primary_key=True),
    # The units named, in the paper's order, null for an empty line; SQL null where the content was unreadable.
    Column("names", JSONB(none_as_null=True)),
)

# Kept apart from the ballots: that a paper was put in, not what is on it.
receipt = Table(
    "receipt",
    metadata,
    _box_key(),
    Column("receipt", Hash, primary_key=True),
)

announced_tally = Table(
    "announced_tally",
    metadata,
    _box_key(),
    required("council", sa.Text),
    required("cycle", sa.Text),
    required("cluster", sa.Text),
    required("round", sa.Integer),
    required("sheet_sha256", Hash),
    required("announced_at", Moment),
    required("document", JSONB),
    sa.Index("ix_announced_tally_cycle_cluster", "cycle", "cluster"),
)

# One row per member unit of the newest frozen sheet of every cluster; no score is in it.
frozen_snapshot = sa.table(
    "frozen_snapshot",
    *(
        sa.column(name, kind)
        for name, kind in (
            ("council", sa.Text),
            ("council_title", JSONB),
            ("cycle", sa.Text),
            ("cycle_title", JSONB),
            ("cluster", sa.Text),
            ("cluster_title", JSONB),
            ("method", sa.Text),
            ("sheet_version", sa.Integer),
            ("sheet_sha256", Hash),
            ("frozen_at", Moment),
            ("synthetic", sa.Boolean),
            ("notice", JSONB),
            ("unit", sa.Text),
            ("unit_title", JSONB),
            ("position", sa.Integer),
        )
    ),
    schema="scoring",
)
