"""What a rater sees before rating: the cycle's units, and what the source says about each now."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.adapters import tables as t
from shared.plumbing.database import rows_as_dicts


def members_with_figures(
    connection: Connection, cycle: str, source: str, indicator: str, period: str
) -> list[dict[str, Any]]:
    """The units of a cycle in its order: cluster, title, and the newest figure of the source (None: none, or blank)."""
    row = t.observation
    newest = (
        sa.select(row.c.unit, row.c.value)
        .ext(postgresql.distinct_on(row.c.unit))
        .join(t.release, t.release.c.id == row.c.release)
        .where(t.release.c.source == source, row.c.indicator == indicator, row.c.period == period)
        .order_by(row.c.unit, t.release.c.published_on.desc(), t.release.c.fetched_at.desc(), t.release.c.id.desc())
        .subquery()
    )
    member, cluster = t.cycle_member, t.cycle_cluster
    query = (
        sa.select(member.c.unit, member.c.cluster, member.c.title, newest.c.value)
        .join(cluster, sa.and_(cluster.c.cycle == member.c.cycle, cluster.c.cluster == member.c.cluster))
        .outerjoin(newest, newest.c.unit == member.c.unit)
        .where(member.c.cycle == cycle)
        .order_by(cluster.c.place, member.c.place)
    )
    return rows_as_dicts(connection.execute(query))


def cycle_with_framework(connection: Connection, cycle: str, council: str) -> dict[str, Any] | None:
    """A living cycle of a council with its framework."""
    names = ("cycle", "council", "title", "period", "state", "synthetic", "notice", "framework", "framework_sha256")
    query = sa.select(*(t.cycle.c[name] for name in names)).where(
        t.cycle.c.cycle == cycle, t.cycle.c.council == council, t.cycle.c.state != "archived"
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None
