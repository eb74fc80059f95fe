"""What is looked at first, and what is drawn at random (`domain.triage`); all append-only."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.tables import Moment, metadata

review_plan = Table(
    "review_plan",
    metadata,
    Column("cycle", ForeignKey("cycle.cycle"), primary_key=True),
    Column("version", sa.Integer, primary_key=True),
    Column("items_per_day", sa.Integer, nullable=False),
    Column("reviewer_days", sa.Integer, nullable=False),
    Column("materiality", sa.Double),
    Column("set_aside", sa.Double, nullable=False),
    Column("light_share", sa.Double, nullable=False),
    Column("medium_share", sa.Double, nullable=False),
    Column("full_share", sa.Double, nullable=False),
    Column("medium_from", sa.Integer, nullable=False),
    Column("full_from", sa.Integer, nullable=False),
    Column("lapses_after", sa.Integer, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", sa.Text, nullable=False),
    Column("set_by_name", sa.Text, nullable=False),
)

audit_salt = Table(
    "audit_salt",
    metadata,
    Column("cycle", ForeignKey("cycle.cycle"), primary_key=True),
    Column("salt", sa.Text, nullable=False),
    Column("drawn_at", Moment, nullable=False),
)

audit_draw = Table(
    "audit_draw",
    metadata,
    Column("cycle", ForeignKey("audit_salt.cycle"), primary_key=True),
    Column("unit", sa.Text, primary_key=True),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("plan_version", sa.Integer, nullable=False),
    Column("risk_class", sa.Text, nullable=False),
    Column("differences", sa.Integer, nullable=False),
    Column("share", sa.Double, nullable=False),
    Column("population", ARRAY(sa.Text), nullable=False),
    Column("drawn", ARRAY(sa.Text), nullable=False),
    Column("drawn_at", Moment, nullable=False),
)

# Items below the materiality limit that were accepted in one decision, and those set aside for individual audit.
joint_acceptance = Table(
    "joint_acceptance",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("cluster", sa.Text, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("document_number", sa.Text, nullable=False),
    Column("plan_version", sa.Integer, nullable=False),
    Column("materiality", sa.Double, nullable=False),
    Column("largest_loss", sa.Double, nullable=False),
    Column("decisions", ARRAY(sa.Uuid), nullable=False),
    Column("set_aside", JSONB, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("accepted_by", sa.Text, nullable=False),
    Column("accepted_by_name", sa.Text, nullable=False),
    Index("ix_joint_acceptance_cluster", "cycle", "cluster"),
)
