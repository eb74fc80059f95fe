"""What verification found, as its feed says it, beside intake's other tables.

The application role may: verified_result SELECT, INSERT, UPDATE.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import metadata

verified_result = sa.Table(
    "verified_result",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("values", JSONB, nullable=False),  # criterion → the value that counts
    sa.Column("is_final", sa.Boolean, nullable=False),  # compared with its cluster, and nothing is left to decide
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
)
