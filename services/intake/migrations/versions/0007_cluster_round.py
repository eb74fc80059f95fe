"""The cluster round: declared days, challenges, meetings with their minutes, and the files brought for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPLICATION = "intake"
APPEND_ONLY = (
    *("cycle_round", "challenge", "challenge_answer", "challenge_withdrawal"),
    *("meeting_version", "meeting_position", "round_file"),
)
CHALLENGE = ("cycle_id", "unit", "criterion", "number")
VERSION = ("cycle_id", "cluster", "number", "version")


def upgrade() -> None:
    _make_days()
    _make_challenges()
    _make_meetings()
    op.create_table(
        "round_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        *_made(),
        _of_cluster("round_file"),
        sa.ForeignKeyConstraint(["sha256"], ["evidence_file.sha256"], name="fk_round_file_sha256_evidence_file"),
        sa.PrimaryKeyConstraint("id", name="pk_round_file"),
    )
    op.create_index("ix_round_file_cycle_id_cluster_sha256", "round_file", ["cycle_id", "cluster", "sha256"])
    for name in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {name} TO {APPLICATION}")


def _make_days() -> None:
    op.create_table(
        "cycle_round",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quorum", sa.Text(), nullable=False),
        sa.Column("quorum_source", sa.Text(), nullable=False),
        sa.Column("quorum_standing", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_made(),
        sa.CheckConstraint("opens_at < closes_at AND closes_at <= answers_until", name="ck_cycle_round_days"),
        sa.CheckConstraint(
            "quorum_standing IN ('law', 'regulation', 'assumption')", name="ck_cycle_round_quorum_standing"
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_round_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("id", name="pk_cycle_round"),
    )
    op.create_index("ix_cycle_round_cycle_id", "cycle_round", ["cycle_id"])


def _make_challenges() -> None:
    op.create_table(
        "challenge",
        *_challenge_key(),
        sa.Column("by_unit", sa.Text(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        *_made(),
        sa.CheckConstraint("by_unit <> unit", name="ck_challenge_by_unit"),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_challenge_cycle_id_unit_cycle_member",
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "by_unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_challenge_cycle_id_by_unit_cycle_member",
        ),
        sa.PrimaryKeyConstraint(*CHALLENGE, name="pk_challenge"),
    )
    for name, said in (
        (
            "challenge_answer",
            [
                sa.Column("text", sa.Text(), nullable=False),
                sa.Column("document", postgresql.JSONB(), nullable=True),
            ],
        ),
        ("challenge_withdrawal", [sa.Column("reason", sa.Text(), nullable=False)]),
    ):
        op.create_table(
            name,
            *_challenge_key(),
            *said,
            *_made(),
            sa.ForeignKeyConstraint(
                CHALLENGE,
                [f"challenge.{column}" for column in CHALLENGE],
                name=f"fk_{name}_challenge",
            ),
            sa.PrimaryKeyConstraint(*CHALLENGE, name=f"pk_{name}"),
        )


def _make_meetings() -> None:
    op.create_table(
        "meeting_version",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("minutes_label", sa.Text(), nullable=False),
        *_made(),
        _of_cluster("meeting_version"),
        sa.PrimaryKeyConstraint(*VERSION, name="pk_meeting_version"),
    )
    op.create_table(
        "meeting_position",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about_unit", sa.Text(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_made(),
        sa.CheckConstraint("kind IN ('confirm', 'dissent')", name="ck_meeting_position_kind"),
        sa.ForeignKeyConstraint(
            VERSION,
            [f"meeting_version.{column}" for column in VERSION],
            name="fk_meeting_position_meeting_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_position"),
    )
    op.create_index("ix_meeting_position_cycle_id_cluster", "meeting_position", ["cycle_id", "cluster"])


def _challenge_key() -> list[sa.Column[object]]:
    return [
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    ]


def _of_cluster(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cycle_id", "cluster"],
        ["cycle_cluster.cycle_id", "cycle_cluster.code"],
        name=f"fk_{table}_cycle_id_cluster_cycle_cluster",
    )


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    ]
