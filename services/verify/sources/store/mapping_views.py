"""Mappings and waiting spellings as people and machines look at them."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as t
from shared.plumbing.database import rows_as_dicts

MOST_SPELLINGS = 500


def mappings_of(connection: Connection, source: str) -> list[dict[str, Any]]:
    """All mappings of a source, the newest first."""
    mapping = t.source_mapping
    return rows_as_dicts(
        connection.execute(sa.select(mapping).where(mapping.c.source == source).order_by(mapping.c.version.desc()))
    )


def waiting_spellings(connection: Connection, council: str, source: str | None = None) -> list[dict[str, Any]]:
    """Spellings that nobody has said anything about, most rows first: how they are written, and how many rows wait."""
    row = t.waiting_row
    answered = sa.exists().where(t.unit_spelling.c.council == council, t.unit_spelling.c.folded == row.c.folded)
    query = (
        sa.select(
            sa.func.min(row.c.spelling).label("spelling"),
            sa.func.count().label("rows"),
            sa.func.array_agg(sa.distinct(t.release.c.source)).label("sources"),
        )
        .join(t.release, t.release.c.id == row.c.release)
        .join(t.source, t.source.c.source == t.release.c.source)
        .where(t.source.c.council == council, ~answered)
        .group_by(row.c.folded)
        .order_by(sa.func.count().desc(), sa.func.min(row.c.spelling))
        .limit(MOST_SPELLINGS)
    )
    if source is not None:
        query = query.where(t.release.c.source == source)
    return rows_as_dicts(connection.execute(query))


def frameworks_of(connection: Connection, council: str) -> list[tuple[Mapping[str, Any], str]]:
    """The frameworks of a council's living cycles, with their hashes."""
    query = sa.select(claim_tables.cycle.c.framework, claim_tables.cycle.c.framework_sha256).where(
        claim_tables.cycle.c.council == council, claim_tables.cycle.c.state != "archived"
    )
    return [
        (row.framework, row.framework_sha256) for row in connection.execute(query.order_by(claim_tables.cycle.c.cycle))
    ]


def units_of(connection: Connection, councils: Collection[str]) -> list[dict[str, Any]]:
    """The units of the living cycles of these councils: code and title, by code."""
    member = claim_tables.cycle_member
    query = (
        sa.select(member.c.unit, member.c.title)
        .ext(postgresql.distinct_on(member.c.unit))
        .join(claim_tables.cycle, claim_tables.cycle.c.cycle == member.c.cycle)
        .where(claim_tables.cycle.c.council.in_(councils), claim_tables.cycle.c.state != "archived")
        .order_by(member.c.unit, claim_tables.cycle.c.recorded_at.desc())
    )
    return rows_as_dicts(connection.execute(query))
