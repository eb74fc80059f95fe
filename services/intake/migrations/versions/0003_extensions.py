"""More time for a cycle or a unit, with its reason."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPLICATION = "intake"


def upgrade() -> None:
    op.create_table(
        "cycle_extension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at >= deadline_at", name="ck_cycle_extension_closes_at"),
        sa.CheckConstraint("reason <> ''", name="ck_cycle_extension_reason"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_extension_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("id", name="pk_cycle_extension"),
    )
    op.create_index("ix_cycle_extension_cycle_id", "cycle_extension", ["cycle_id"], unique=False)
    op.execute(f"GRANT SELECT, INSERT ON cycle_extension TO {APPLICATION}")
