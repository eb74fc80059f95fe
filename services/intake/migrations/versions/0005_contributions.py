"""Who in a unit supplies which item of its self-assessment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("contributions", postgresql.JSONB(), server_default="{}", nullable=False))
