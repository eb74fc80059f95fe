"""Sources and releases as people and machines look at them."""

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.sources import tables as source_tables
from shared.plumbing.database import rows_as_dicts

_LISTED = ("source", "council", "title", "publisher", "licence", "address")
_SHOWN = (
    *("source", "cycle", "published_on", "fetched_at", "status", "file_name", "raw_sha256", "raw_size", "rows"),
    *("uploaded_by_name", "mapping_version", "correction"),
)


def sources_of(connection: Connection, councils: Collection[str], source: str | None = None) -> list[dict[str, Any]]:
    """The sources of these councils (or one of them) by code, with how many releases they have."""
    query = (
        sa.select(
            *(source_tables.source.c[name] for name in _LISTED),
            sa.func.count(source_tables.release.c.id).label("releases"),
            sa.func.max(source_tables.release.c.published_on).label("newest_on"),
        )
        .outerjoin(source_tables.release, source_tables.release.c.source == source_tables.source.c.source)
        .where(source_tables.source.c.council.in_(councils))
        .group_by(*(source_tables.source.c[name] for name in _LISTED))
        .order_by(source_tables.source.c.source)
    )
    if source is not None:
        query = query.where(source_tables.source.c.source == source)
    return rows_as_dicts(connection.execute(query))


def releases_of(
    connection: Connection, source: str, after: uuid.UUID | None, limit: int
) -> tuple[list[dict[str, Any]], uuid.UUID | None]:
    """Releases of a source, newest first, and where the next page begins (None at the end)."""
    order = sa.tuple_(
        source_tables.release.c.published_on, source_tables.release.c.fetched_at, source_tables.release.c.id
    )
    query = _releases().where(source_tables.release.c.source == source)
    if after is not None:
        place = sa.select(
            source_tables.release.c.published_on, source_tables.release.c.fetched_at, source_tables.release.c.id
        ).where(source_tables.release.c.id == after, source_tables.release.c.source == source)
        query = query.where(order < place.scalar_subquery())
    rows = rows_as_dicts(
        connection.execute(
            query.order_by(
                source_tables.release.c.published_on.desc(),
                source_tables.release.c.fetched_at.desc(),
                source_tables.release.c.id.desc(),
            ).limit(limit + 1)
        )
    )
    return rows[:limit], rows[limit - 1]["release"] if len(rows) > limit else None


def release(connection: Connection, identity: uuid.UUID, councils: Collection[str]) -> dict[str, Any] | None:
    """One release, if its source is one of these councils'."""
    query = _releases().where(source_tables.release.c.id == identity, source_tables.source.c.council.in_(councils))
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def raw_bytes(connection: Connection, identity: uuid.UUID) -> bytes:
    """The file as it was taken in."""
    raw: bytes = connection.execute(
        sa.select(source_tables.release.c.raw).where(source_tables.release.c.id == identity)
    ).scalar_one()
    return raw


def rows_of(
    connection: Connection, identity: uuid.UUID, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Rows of a release by line, and the line after which the next page begins (None at the end)."""
    columns = [source_tables.observation.c[name] for name in ("row", "unit", "indicator", "period", "value", "status")]
    query = sa.select(*columns).where(
        source_tables.observation.c.release == identity, source_tables.observation.c.row > after
    )
    rows = rows_as_dicts(connection.execute(query.order_by(source_tables.observation.c.row).limit(limit + 1)))
    return rows[:limit], rows[limit - 1]["row"] if len(rows) > limit else None


def _releases() -> sa.Select[Any]:
    return sa.select(
        source_tables.release.c.id.label("release"),
        source_tables.source.c.council,
        source_tables.source.c.publisher,
        *(source_tables.release.c[name] for name in _SHOWN),
    ).join(source_tables.source, source_tables.source.c.source == source_tables.release.c.source)
