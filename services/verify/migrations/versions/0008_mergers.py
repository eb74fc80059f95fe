"""The first day of units that followed upon others."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycle_member", sa.Column("begins_on", sa.Date(), nullable=True))
