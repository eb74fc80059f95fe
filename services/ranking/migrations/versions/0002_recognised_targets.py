"""Points at a changed target that the Board recognised, beside those that count."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The role's SELECT and INSERT on the table cover the column.
    op.add_column("frozen_score", sa.Column("recognised", postgresql.JSONB(), nullable=True), schema="scoring")
