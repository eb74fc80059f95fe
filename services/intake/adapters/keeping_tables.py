"""Tables of what a scanner said of files, of files deleted after their period, and of the periods.

The application role may: evidence_scan and evidence_deletion SELECT, INSERT (append-only); cycle_retention SELECT,
INSERT, UPDATE. A file that was brought again after its deletion is there again.
"""

import sqlalchemy as sa

from services.intake.adapters.tables import MOMENT, metadata

evidence_scan = sa.Table(
    "evidence_scan",
    metadata,
    sa.Column("sha256", sa.Text, sa.ForeignKey("evidence_file.sha256"), primary_key=True),
    sa.Column("clean", sa.Boolean, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)

evidence_deletion = sa.Table(
    "evidence_deletion",
    metadata,
    sa.Column("sha256", sa.Text, sa.ForeignKey("evidence_file.sha256"), primary_key=True),
    sa.Column("at", MOMENT, primary_key=True),
    sa.Column("legal_source", sa.Text, nullable=False),
)

cycle_retention = sa.Table(
    "cycle_retention",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), primary_key=True),
    sa.Column("years", sa.Integer, nullable=False),
    sa.Column("legal_source", sa.Text, nullable=False),
    sa.CheckConstraint("years BETWEEN 1 AND 100", name="years"),
)
