"""Which shorter cycles a cycle rolls up, and by what rule."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPLICATION = "intake"


def upgrade() -> None:
    op.create_table(
        "cycle_roll_up",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_roll_up_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("id", name="pk_cycle_roll_up"),
    )
    op.create_index("ix_cycle_roll_up_cycle_id", "cycle_roll_up", ["cycle_id"], unique=False)
    op.execute(f"GRANT SELECT, INSERT ON cycle_roll_up TO {APPLICATION}")
