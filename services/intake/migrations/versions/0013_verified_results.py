"""What verification found, read from verify's feed: last year's result as a baseline, shorter periods rolled up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPLICATION = "intake"


def upgrade() -> None:
    op.create_table(
        "verified_result",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_verified_result_cycle_id_unit_cycle_member",
        ),
        sa.PrimaryKeyConstraint("cycle_id", "unit", name="pk_verified_result"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON verified_result TO {APPLICATION}")
