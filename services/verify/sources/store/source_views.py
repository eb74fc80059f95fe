"""Sources and releases as people and machines look at them."""

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.sources import tables as t
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
            *(t.source.c[name] for name in _LISTED),
            sa.func.count(t.release.c.id).label("releases"),
            sa.func.max(t.release.c.published_on).label("newest_on"),
        )
        .outerjoin(t.release, t.release.c.source == t.source.c.source)
        .where(t.source.c.council.in_(councils))
        .group_by(*(t.source.c[name] for name in _LISTED))
        .order_by(t.source.c.source)
    )
    if source is not None:
        query = query.where(t.source.c.source == source)
    return rows_as_dicts(connection.execute(query))


def releases_of(
    connection: Connection, source: str, after: uuid.UUID | None, limit: int
) -> tuple[list[dict[str, Any]], uuid.UUID | None]:
    """Releases of a source, newest first, and where the next page begins (None at the end)."""
    order = sa.tuple_(t.release.c.published_on, t.release.c.fetched_at, t.release.c.id)
    query = _releases().where(t.release.c.source == source)
    if after is not None:
        place = sa.select(t.release.c.published_on, t.release.c.fetched_at, t.release.c.id).where(
            t.release.c.id == after, t.release.c.source == source
        )
        query = query.where(order < place.scalar_subquery())
    rows = rows_as_dicts(
        connection.execute(
            query.order_by(
                t.release.c.published_on.desc(),
                t.release.c.fetched_at.desc(),
                t.release.c.id.desc(),
            ).limit(limit + 1)
        )
    )
    return rows[:limit], rows[limit - 1]["release"] if len(rows) > limit else None


def release(connection: Connection, identity: uuid.UUID, councils: Collection[str]) -> dict[str, Any] | None:
    """One release, if its source is one of these councils'."""
    query = _releases().where(t.release.c.id == identity, t.source.c.council.in_(councils))
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def raw_bytes(connection: Connection, identity: uuid.UUID) -> bytes:
    """The file as it was taken in."""
    raw: bytes = connection.execute(sa.select(t.release.c.raw).where(t.release.c.id == identity)).scalar_one()
    return raw


def rows_of(
    connection: Connection, identity: uuid.UUID, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Rows of a release by line, and the line after which the next page begins (None at the end)."""
    columns = [t.observation.c[name] for name in ("row", "unit", "indicator", "period", "value", "status")]
    query = sa.select(*columns).where(t.observation.c.release == identity, t.observation.c.row > after)
    rows = rows_as_dicts(connection.execute(query.order_by(t.observation.c.row).limit(limit + 1)))
    return rows[:limit], rows[limit - 1]["row"] if len(rows) > limit else None


def _releases() -> sa.Select[Any]:
    return sa.select(
        t.release.c.id.label("release"),
        t.source.c.council,
        t.source.c.publisher,
        *(t.release.c[name] for name in _SHOWN),
    ).join(t.source, t.source.c.source == t.release.c.source)
