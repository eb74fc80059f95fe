"""Tables of the cluster round; all of them append-only by grant."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.adapters.tables import MOMENT, made_columns, metadata, number

cycle_round = sa.Table(
    "cycle_round",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("opens_at", MOMENT, nullable=False),
    sa.Column("closes_at", MOMENT, nullable=False),
    sa.Column("answers_until", MOMENT, nullable=False),
    sa.Column("quorum", sa.Text, nullable=False),
    sa.Column("quorum_source", sa.Text, nullable=False),
    sa.Column("quorum_standing", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    *made_columns(),
    sa.CheckConstraint("opens_at < closes_at AND closes_at <= answers_until", name="days"),
    sa.CheckConstraint("quorum_standing IN ('law', 'regulation', 'assumption')", name="quorum_standing"),
)

_CHALLENGE = ("cycle_id", "unit", "criterion", "number")


def _challenge_key() -> list[sa.Column[object]]:
    return [
        sa.Column("cycle_id", sa.BigInteger, primary_key=True),
        sa.Column("unit", sa.Text, primary_key=True),
        sa.Column("criterion", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
    ]


def _of_challenge(table: str) -> sa.ForeignKeyConstraint:
    # The name that the convention would make is longer than PostgreSQL's names.
    columns = [f"challenge.{name}" for name in _CHALLENGE]
    return sa.ForeignKeyConstraint(_CHALLENGE, columns, name=f"fk_{table}_challenge")


challenge = sa.Table(
    "challenge",
    metadata,
    *_challenge_key(),
    sa.Column("by_unit", sa.Text, nullable=False),
    sa.Column("submission", sa.Integer, nullable=False),
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("document", JSONB, nullable=False),
    *made_columns(),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
    sa.ForeignKeyConstraint(["cycle_id", "by_unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
    sa.CheckConstraint("by_unit <> unit", name="by_unit"),
)

challenge_answer = sa.Table(
    "challenge_answer",
    metadata,
    *_challenge_key(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("document", JSONB(none_as_null=True)),
    *made_columns(),
    _of_challenge("challenge_answer"),
)

challenge_withdrawal = sa.Table(
    "challenge_withdrawal",
    metadata,
    *_challenge_key(),
    sa.Column("reason", sa.Text, nullable=False),
    *made_columns(),
    _of_challenge("challenge_withdrawal"),
)

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

round_file = sa.Table(
    "round_file",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("unit", sa.Text),
    sa.Column("sha256", sa.Text, sa.ForeignKey("evidence_file.sha256"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    *made_columns(),
    sa.ForeignKeyConstraint(["cycle_id", "cluster"], ["cycle_cluster.cycle_id", "cycle_cluster.code"]),
    sa.Index("ix_round_file_cycle_id_cluster_sha256", "cycle_id", "cluster", "sha256"),
)
