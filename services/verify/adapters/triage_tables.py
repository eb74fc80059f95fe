"""What is looked at first, and what is drawn at random (`domain.triage`); all append-only."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.tables import Moment, metadata


def triage_columns() -> list[Column[Any]]:
    """Of a review item: what hangs on the claim, what it earns by its decision, and why it is looked at beside what is
    asked (its unit could still come first, or it was drawn at random)."""
    return [
        Column("stake_basis", sa.Text, nullable=False, server_default="none"),
        Column("awaited", sa.Boolean, nullable=False, server_default="false"),
        Column("falls_to", sa.Double),
        Column("points_lost", sa.Double),
        Column("rank_before", sa.Integer),
        Column("rank_after", sa.Integer),
        Column("ranks_changed", sa.Integer),
        Column("others_moved", sa.Double),
        Column("first_changes", sa.Boolean, nullable=False, server_default="false"),
        Column("counted_points", sa.Double),
        Column("contender", sa.Boolean, nullable=False, server_default="false"),
        Column("audit", sa.Boolean, nullable=False, server_default="false"),
    ]


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
