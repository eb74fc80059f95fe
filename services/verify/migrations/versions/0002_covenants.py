"""Targets that count of signed covenants, and how units explain their differences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPLICATION = "verify"


def upgrade() -> None:
    op.add_column("submission_item", sa.Column("explanation", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "covenant_target",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("counting", sa.Double(), nullable=False),
        sa.Column("revised", sa.Double(), nullable=True),
        sa.Column("revised_by", sa.Text(), server_default="", nullable=False),
        sa.Column("recognised", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("cycle", "unit", "criterion", name=op.f("pk_covenant_target")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON covenant_target TO {APPLICATION}")
