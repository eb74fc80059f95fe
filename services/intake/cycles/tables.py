"""Tables of cycles. Append-only by grant: framework, cycle_extension, cycle_cluster, cycle_member, cycle_quota,
cycle_roll_up.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import MOMENT, metadata, number

framework = sa.Table(
    "framework",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)
cycle = sa.Table(
    "cycle",
    metadata,
    number(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("council_id", sa.BigInteger, sa.ForeignKey("council.id"), nullable=False),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("period_kind", sa.Text, nullable=False),
    sa.Column("deadline_at", MOMENT, nullable=False),
    sa.Column("closes_at", MOMENT, nullable=False),
    sa.Column("synthetic", sa.Boolean, nullable=False),
    sa.Column("notice", JSONB),
    sa.Column("framework_sha256", sa.Text, sa.ForeignKey("framework.sha256"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'intake_closed', 'archived')", name="state"),
    sa.CheckConstraint("period_kind IN ('year', 'half', 'quarter', 'month')", name="period_kind"),
    sa.CheckConstraint("closes_at >= deadline_at", name="closes_at"),
)


def number_of_cycle(code: str) -> sa.ScalarSelect[Any]:
    """The number of the cycle with this code, inside a statement."""
    return sa.select(cycle.c.id).where(cycle.c.code == code).scalar_subquery()


cycle_extension = sa.Table(
    "cycle_extension",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("unit", sa.Text),
    sa.Column("deadline_at", MOMENT, nullable=False),
    sa.Column("closes_at", MOMENT, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.CheckConstraint("closes_at >= deadline_at", name="closes_at"),
    sa.CheckConstraint("reason <> ''", name="reason"),
)
cycle_cluster = sa.Table(
    "cycle_cluster",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("head", sa.Text),
    sa.Column("deputies", JSONB, nullable=False),
)
cycle_quota = sa.Table(
    "cycle_quota",
    metadata,
    # Append-only: the newest row of a cluster counts.
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("flags", sa.Integer, nullable=False),
    sa.Column("legal_source", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.CheckConstraint("flags >= 0", name="flags"),
    sa.CheckConstraint("legal_source <> ''", name="legal_source"),
)
cycle_roll_up = sa.Table(
    "cycle_roll_up",
    metadata,
    # Append-only: the newest row of a cycle counts.
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)
cycle_member = sa.Table(
    "cycle_member",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    # Made in Python (vietnamese.py): PostgreSQL here knows no Vietnamese order and no search without accents.
    sa.Column("sort_key", sa.Text, nullable=False, server_default=""),
    sa.Column("search_key", sa.Text, nullable=False, server_default=""),
    sa.Column("predecessors", JSONB, nullable=False, server_default="[]"),
    sa.ForeignKeyConstraint(["cycle_id", "cluster"], ["cycle_cluster.cycle_id", "cycle_cluster.code"]),
)
