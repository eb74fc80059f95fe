"""How units worked their values out."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission_item", sa.Column("calculation", sa.Text(), nullable=False, server_default=""))
