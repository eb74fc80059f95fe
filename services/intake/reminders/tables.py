"""The table of when a cycle reminds."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.intake.tables import metadata

cycle_reminder = sa.Table(
    "cycle_reminder",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), primary_key=True),
    # Working days before a day due on which people are reminded.
    sa.Column("days", ARRAY(sa.Integer), nullable=False),
    sa.Column("covenant_due_on", sa.Date),
    sa.Column("comments_due_on", sa.Date),
)
