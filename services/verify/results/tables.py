"""Tables of decisions, and of what the feed last said."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY

from services.verify.tables import Moment, metadata

settlement = Table(
    "settlement",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("cluster", sa.Text, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("document_number", sa.Text, nullable=False),
    Column("items", sa.Integer, nullable=False),
    Column("settled_at", Moment, nullable=False),
    Column("settled_by", sa.Text, nullable=False),
    Column("settled_by_name", sa.Text, nullable=False),
    Index("ix_settlement_cluster", "cycle", "cluster"),
)


decision = Table(
    "decision",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("verdict", sa.Text, nullable=False),
    Column("value", sa.Double),
    Column("points", sa.Double),
    Column("reason", sa.Text, nullable=False),
    Column("document_number", sa.Text, nullable=False),
    Column("settlement", ForeignKey("settlement.id")),
    # Whether it rests on the figure of a `same` source, not only on a document.
    Column("on_source", sa.Boolean, nullable=False),
    # What the person saw: a later screening that sees the same facts and asks nothing new leaves it standing.
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("facts_sha256", sa.Text, nullable=False),
    Column("asked", ARRAY(sa.Text), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("decided_by", sa.Text, nullable=False),
    Column("decided_by_name", sa.Text, nullable=False),
    # In which role; this is what is disclosed to the unit. Empty: before it was kept.
    Column("decided_as", sa.Text, nullable=False, server_default=""),
    CheckConstraint("verdict IN ('accept', 'adjust', 'reject', 'settle')", name="verdict"),
    CheckConstraint("(verdict = 'settle') = (settlement IS NOT NULL)", name="settlement"),
    Index("ix_decision_item", "cycle", "unit", "criterion", "decided_at"),
)


verification = Table(
    "verification",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("unit", sa.Text, primary_key=True),
    Column("subject_version", sa.BigInteger, nullable=False),
    Column("data_sha256", sa.Text, nullable=False),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("cohort", sa.Boolean, nullable=False),
    # What the newest screening says of the unit as a whole.
    Column("findings", ARRAY(sa.Uuid), nullable=False),
    Column("published_at", Moment, nullable=False),
)
