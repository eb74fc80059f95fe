"""Questions of the reviewers, read from verify's feed, and the units' answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPLICATION = "intake"


def upgrade() -> None:
    _reader()
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "explanation_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submission_number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("reason", "assignee_role", "office")),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("requested_at", moment, nullable=False),
        sa.Column("requested_as", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("prepared", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("edited_by", sa.Text(), server_default="", nullable=False),
        sa.Column("edited_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("edited_at", moment, nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'answered', 'expired', 'withdrawn')", name="ck_explanation_request_state"
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_explanation_request_cycle_id_unit_cycle_member",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_explanation_request"),
    )
    op.create_index(
        "ix_explanation_request_unit", "explanation_request", ["cycle_id", "unit", "requested_at"], unique=False
    )
    op.create_table(
        "explanation_answer",
        sa.Column("request", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("explanation", "account", "account_name")),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["request"], ["explanation_request.id"], name="fk_explanation_answer_request_explanation_request"
        ),
        sa.PrimaryKeyConstraint("request", name="pk_explanation_answer"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON explanation_request TO {APPLICATION}")
    op.execute(f"GRANT SELECT, INSERT ON explanation_answer TO {APPLICATION}")


def _reader() -> None:
    """Where intake stands in the feeds it reads."""
    op.create_table(
        "feed_cursor",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("feed", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("drained_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("reader", name="pk_feed_cursor"),
    )
    op.create_table(
        "feed_subject",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("feed", sa.Uuid(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", "subject", name="pk_feed_subject"),
    )
    op.create_table(
        "feed_waiting",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'parked')", name="ck_feed_waiting_state"),
        sa.PrimaryKeyConstraint("reader", "position", name="pk_feed_waiting"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON feed_cursor TO {APPLICATION}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON feed_subject, feed_waiting TO {APPLICATION}")
