"""What a rater sees before rating: the cycle's units, and what the source says about each now."""

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as t
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
        .order_by(
            row.c.unit,
            t.release.c.published_on.desc(),
            t.release.c.fetched_at.desc(),
            t.release.c.id.desc(),
        )
        .subquery()
    )
    member, cluster = claim_tables.cycle_member, claim_tables.cycle_cluster
    query = (
        sa.select(member.c.unit, member.c.cluster, member.c.title, newest.c.value)
        .join(cluster, sa.and_(cluster.c.cycle == member.c.cycle, cluster.c.cluster == member.c.cluster))
        .outerjoin(newest, newest.c.unit == member.c.unit)
        .where(member.c.cycle == cycle)
        .order_by(cluster.c.place, member.c.place)
    )
    return rows_as_dicts(connection.execute(query))


def letters_of(connection: Connection, source: str) -> list[dict[str, Any]]:
    """Letters of a source that wait for a second person, the oldest first."""
    table, verdict = t.keyed_letter, t.letter_verdict
    columns = [
        table.c[name] for name in ("id", "document_number", "issued_on", "indicator", "keyed_at", "keyed_by_name")
    ]
    query = (
        sa.select(*columns)
        .outerjoin(verdict, verdict.c.letter == table.c.id)
        .where(table.c.source == source, verdict.c.letter.is_(None))
        .order_by(table.c.keyed_at, table.c.id)
    )
    return rows_as_dicts(connection.execute(query))


def letter(connection: Connection, identity: uuid.UUID, councils: Collection[str]) -> dict[str, Any] | None:
    """One letter with its scan and what the second person said, if its source is one of these councils'."""
    table, verdict = t.keyed_letter, t.letter_verdict
    query = (
        sa.select(table, t.source.c.council, t.source.c.title, verdict.c.release, verdict.c.reason, verdict.c.said_at,
                  verdict.c.said_by_name)
        .join(t.source, t.source.c.source == table.c.source)
        .outerjoin(verdict, verdict.c.letter == table.c.id)
        .where(table.c.id == identity, t.source.c.council.in_(councils))
    )  # fmt: skip
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def titles_of(connection: Connection, cycle: str) -> dict[str, dict[str, str]]:
    """Unit → its title in all languages."""
    member = claim_tables.cycle_member
    rows = connection.execute(sa.select(member.c.unit, member.c.title).where(member.c.cycle == cycle))
    return {row.unit: row.title for row in rows}


def cycle_with_framework(connection: Connection, cycle: str, council: str) -> dict[str, Any] | None:
    """A living cycle of a council with its framework."""
    names = ("cycle", "council", "title", "period", "state", "synthetic", "notice", "framework", "framework_sha256")
    query = sa.select(*(claim_tables.cycle.c[name] for name in names)).where(
        claim_tables.cycle.c.cycle == cycle,
        claim_tables.cycle.c.council == council,
        claim_tables.cycle.c.state != "archived",
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def cycle_known(connection: Connection, cycle: str, councils: Collection[str]) -> bool:
    """Whether there is such a cycle in one of these councils."""
    known = sa.exists().where(claim_tables.cycle.c.cycle == cycle, claim_tables.cycle.c.council.in_(councils))
    return bool(connection.execute(sa.select(known)).scalar_one())
