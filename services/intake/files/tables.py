"""Tables of what a scanner said of files, of files deleted after their period, and of the periods.

The application role may: evidence_scan and evidence_deletion SELECT, INSERT (append-only); cycle_retention SELECT,
INSERT, UPDATE. A file that was brought again after its deletion is there again.
"""

import sqlalchemy as sa

from services.intake.tables import MOMENT, made_columns, metadata, number

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
round_file = sa.Table(
    "round_file",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("unit", sa.Text),
    sa.Column("sha256", sa.Text, sa.ForeignKey("evidence_file.sha256"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    *made_columns(),
    sa.ForeignKeyConstraint(["cycle_id", "cluster"], ["cycle_cluster.cycle_id", "cycle_cluster.code"]),
    sa.Index("ix_round_file_cycle_id_cluster_sha256", "cycle_id", "cluster", "sha256"),
)
evidence_file = sa.Table(
    "evidence_file",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("stored_at", MOMENT, nullable=False),
)
evidence_upload = sa.Table(
    "evidence_upload",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, sa.ForeignKey("evidence_file.sha256"), primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("uploaded_at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
)
