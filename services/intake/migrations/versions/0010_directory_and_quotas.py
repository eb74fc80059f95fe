"""Which unit follows upon which, deputies in order, quotas of flags, and offices handed over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPLICATION = "intake"


def upgrade() -> None:
    _directory()
    _quotas()
    _handovers()


def _directory() -> None:
    op.add_column("headship", sa.Column("place", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "succession",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("predecessor_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.CheckConstraint("legal_source <> ''", name="ck_succession_legal_source"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_succession_unit_id_unit"),
        sa.ForeignKeyConstraint(["predecessor_id"], ["unit.id"], name="fk_succession_predecessor_id_unit"),
        sa.PrimaryKeyConstraint("unit_id", "predecessor_id", name="pk_succession"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (since, legal_source) ON succession TO {APPLICATION}")
    op.add_column("cycle_member", sa.Column("predecessors", postgresql.JSONB(), server_default="[]", nullable=False))


def _quotas() -> None:
    op.create_table(
        "cycle_quota",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("flags >= 0", name="ck_cycle_quota_flags"),
        sa.CheckConstraint("legal_source <> ''", name="ck_cycle_quota_legal_source"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_quota_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("id", name="pk_cycle_quota"),
    )
    op.create_index("ix_cycle_quota_cycle_id", "cycle_quota", ["cycle_id"], unique=False)
    op.execute(f"GRANT SELECT, INSERT ON cycle_quota TO {APPLICATION}")


def _handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("from_account", sa.Uuid(), nullable=False),
        sa.Column("to_account", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_account <> to_account", name="ck_handover_to_account"),
        sa.CheckConstraint("document_number <> ''", name="ck_handover_document_number"),
        sa.ForeignKeyConstraint(["from_account"], ["account.id"], name="fk_handover_from_account_account"),
        sa.ForeignKeyConstraint(["to_account"], ["account.id"], name="fk_handover_to_account_account"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_from_account", "handover", ["from_account"], unique=False)
    op.execute(f"GRANT SELECT, INSERT, UPDATE (done_at) ON handover TO {APPLICATION}")
    # What was shown once opens the account only to choose a password of one's own.
    op.add_column("account", sa.Column("password_once", sa.Boolean(), server_default="false", nullable=False))
