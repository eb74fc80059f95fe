"""Tables of meetings, append-only by grant."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import made_columns, metadata, number

meeting_version = sa.Table(
    "meeting_version",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("cluster", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("correction", sa.Text, nullable=False),
    sa.Column("minutes_label", sa.Text, nullable=False),
    *made_columns(),
    sa.ForeignKeyConstraint(["cycle_id", "cluster"], ["cycle_cluster.cycle_id", "cycle_cluster.code"]),
)
meeting_position = sa.Table(
    "meeting_position",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about_unit", sa.Text),
    sa.Column("criterion", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    *made_columns(),
    sa.ForeignKeyConstraint(
        ["cycle_id", "cluster", "number", "version"],
        [f"meeting_version.{name}" for name in ("cycle_id", "cluster", "number", "version")],
        name="fk_meeting_position_meeting_version",
    ),
    sa.CheckConstraint("kind IN ('confirm', 'dissent')", name="kind"),
    sa.Index("ix_meeting_position_cycle_id_cluster", "cycle_id", "cluster"),
)
