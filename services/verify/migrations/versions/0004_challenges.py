"""Challenges of the cluster round, and what covenants hold a target against."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPLICATION = "verify"


def upgrade() -> None:
    for name in ("baseline", "assigned", "national"):
        op.add_column("covenant_target", sa.Column(name, sa.Double(), nullable=True))
    op.create_table(
        "challenge",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_unit", sa.Text(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("challenged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("withdrawal", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("cycle", "unit", "criterion", "number", name=op.f("pk_challenge")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON challenge TO {APPLICATION}")
