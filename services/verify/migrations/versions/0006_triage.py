"""What hangs on every claim, a cycle's review plan, random audits, items accepted together.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPLICATION = "verify"
APPEND_ONLY = ("review_plan", "audit_salt", "audit_draw", "joint_acceptance")


def upgrade() -> None:
    _items()
    _plan()
    _audits()
    _acceptance()
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APPLICATION}")


def _items() -> None:
    op.add_column("cycle", sa.Column("expected_false", sa.Double(), nullable=True))
    for column in (
        sa.Column("stake_basis", sa.Text(), server_default="none", nullable=False),
        sa.Column("awaited", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("falls_to", sa.Double(), nullable=True),
        sa.Column("points_lost", sa.Double(), nullable=True),
        sa.Column("rank_before", sa.Integer(), nullable=True),
        sa.Column("rank_after", sa.Integer(), nullable=True),
        sa.Column("ranks_changed", sa.Integer(), nullable=True),
        sa.Column("others_moved", sa.Double(), nullable=True),
        sa.Column("first_changes", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("counted_points", sa.Double(), nullable=True),
        sa.Column("contender", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("audit", sa.Boolean(), server_default="false", nullable=False),
    ):
        op.add_column("review_item", column)


def _plan() -> None:
    op.create_table(
        "review_plan",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("items_per_day", sa.Integer(), nullable=False),
        sa.Column("reviewer_days", sa.Integer(), nullable=False),
        sa.Column("materiality", sa.Double(), nullable=True),
        sa.Column("set_aside", sa.Double(), nullable=False),
        sa.Column("light_share", sa.Double(), nullable=False),
        sa.Column("medium_share", sa.Double(), nullable=False),
        sa.Column("full_share", sa.Double(), nullable=False),
        sa.Column("medium_from", sa.Integer(), nullable=False),
        sa.Column("full_from", sa.Integer(), nullable=False),
        sa.Column("lapses_after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_review_plan_cycle_cycle")),
        sa.PrimaryKeyConstraint("cycle", "version", name=op.f("pk_review_plan")),
    )


def _audits() -> None:
    op.create_table(
        "audit_salt",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_audit_salt_cycle_cycle")),
        sa.PrimaryKeyConstraint("cycle", name=op.f("pk_audit_salt")),
    )
    op.create_table(
        "audit_draw",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("population", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("drawn", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["audit_salt.cycle"], name=op.f("fk_audit_draw_cycle_audit_salt")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_audit_draw_submission_submission")),
        sa.PrimaryKeyConstraint("cycle", "unit", name=op.f("pk_audit_draw")),
    )


def _acceptance() -> None:
    op.create_table(
        "joint_acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("materiality", sa.Double(), nullable=False),
        sa.Column("largest_loss", sa.Double(), nullable=False),
        sa.Column("decisions", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("set_aside", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("accepted_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_acceptance")),
    )
    op.create_index("ix_joint_acceptance_cluster", "joint_acceptance", ["cycle", "cluster"], unique=False)
