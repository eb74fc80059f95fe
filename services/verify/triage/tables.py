"""What is looked at first, and what is drawn at random (`rules.draws`); all append-only."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
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


def claimed_points() -> sa.ColumnElement[Any]:
    """The points an item claims: the self-score, else what its rule gives for the value."""
    item = review_tables.review_item
    return sa.func.coalesce(item.c.self_points, item.c.independent_points + item.c.gap)


def confirmed() -> sa.ColumnElement[bool]:
    """Whether the decision in force on an item (both tables joined) confirms a difference: less counts than claimed.

    A settlement confirms one only where the claim lay outside its source's tolerance.
    """
    item, decision = review_tables.review_item, result_tables.decision
    known = sa.or_(
        decision.c.verdict.in_(("adjust", "reject")),
        sa.and_(decision.c.verdict == "settle", sa.literal("SOURCE_CONFLICT") == sa.any_(decision.c.asked)),
    )
    less = claimed_points() - item.c.counted_points > 1e-9
    return sa.and_(known, sa.func.coalesce(less, sa.true()))
