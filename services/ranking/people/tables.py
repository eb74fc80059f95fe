"""Which sign-ins were ended: the one table that both processes read, in schema `public`.

Scoring's worker fills it from intake's feed; voting may only read it.
"""

import sqlalchemy as sa
from sqlalchemy import Column, Table

from shared.plumbing.database import metadata_for

metadata = metadata_for(None)

revoked_session = Table(
    "revoked_session",
    metadata,
    Column("account", sa.Text, primary_key=True),
    Column("before", sa.DateTime(timezone=True), nullable=False),
)
