"""Sources and releases as people and machines look at them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as t
from services.verify.sources.model import (
    ListedRelease,
    ListedSource,
    Observation,
    RatedMember,
    ReleaseFacts,
    ReleaseRow,
    SourcedFigure,
)
from services.verify.sources.rules.own_reports import NATIONAL, OWN_REPORT
from services.verify.sql import all_of, among, kept_once, one_of, select_fields, streamed, text_array

_LISTED = ("source", "council", "title", "publisher", "licence", "address")
_SHOWN = (
    *("source", "cycle", "published_on", "fetched_at", "status", "file_name", "raw_sha256", "raw_size", "rows"),
    *("uploaded_by_name", "mapping_version", "correction"),
)


class SourceViews:
    """The part of `ports.Sources` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def listed(self, councils: Collection[str], source: str | None = None) -> Sequence[ListedSource]:
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
        return all_of(ListedSource, self.connection.execute(query))

    def releases(
        self, source: str, after: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[ListedRelease], uuid.UUID | None]:
        order = sa.tuple_(t.release.c.published_on, t.release.c.fetched_at, t.release.c.id)
        query = _releases().where(t.release.c.source == source)
        if after is not None:
            place = sa.select(t.release.c.published_on, t.release.c.fetched_at, t.release.c.id).where(
                t.release.c.id == after, t.release.c.source == source
            )
            query = query.where(order < place.scalar_subquery())
        rows = all_of(
            ListedRelease,
            self.connection.execute(
                query.order_by(
                    t.release.c.published_on.desc(),
                    t.release.c.fetched_at.desc(),
                    t.release.c.id.desc(),
                ).limit(limit + 1)
            ),
        )
        return rows[:limit], rows[limit - 1].release if len(rows) > limit else None

    def release(self, identity: uuid.UUID, councils: Collection[str]) -> ListedRelease | None:
        query = _releases().where(t.release.c.id == identity, t.source.c.council.in_(councils))
        return one_of(ListedRelease, self.connection.execute(query))

    def raw(self, identity: uuid.UUID) -> bytes:
        raw: bytes = self.connection.execute(sa.select(t.release.c.raw).where(t.release.c.id == identity)).scalar_one()
        return raw

    def observations(self, identity: uuid.UUID, after: int, limit: int) -> tuple[Sequence[ReleaseRow], int | None]:
        query = select_fields(ReleaseRow, t.observation).where(
            t.observation.c.release == identity, t.observation.c.row > after
        )
        rows = all_of(ReleaseRow, self.connection.execute(query.order_by(t.observation.c.row).limit(limit + 1)))
        return rows[:limit], rows[limit - 1].row if len(rows) > limit else None

    def rated_members(self, cycle: str, source: str, indicator: str, period: str) -> Sequence[RatedMember]:
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
        return all_of(RatedMember, self.connection.execute(query))

    def figures(self, council: str, unit: str, references: Sequence[tuple[str, str]]) -> Sequence[SourcedFigure]:
        row, release = t.observation, t.release
        query = (
            sa.select(
                release.c.source,
                t.source.c.title,
                t.source.c.publisher,
                row.c.indicator,
                row.c.period,
                row.c.value,
                row.c.status,
                row.c.release,
                row.c.row,
                release.c.published_on,
                release.c.file_name,
                release.c.raw_sha256.label("release_sha256"),
            )
            .join(release, release.c.id == row.c.release)
            .join(t.source, t.source.c.source == release.c.source)
            .where(
                t.source.c.council == council,
                row.c.unit == unit,
                sa.tuple_(release.c.source, row.c.indicator).in_(list(references)),
            )
            .order_by(row.c.period.desc(), release.c.source, release.c.published_on.desc(), release.c.fetched_at.desc())
        )
        return all_of(SourcedFigure, self.connection.execute(query)) if references else []

    def facts(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, ReleaseFacts]:
        release = t.release
        rows = self.connection.execute(
            sa.select(
                release.c.id, release.c.source, t.source.c.publisher, release.c.raw_sha256, release.c.published_on
            )
            .join(t.source, t.source.c.source == release.c.source)
            .where(among(release.c.id, identities))
        )
        return {one.id: one for one in all_of(ReleaseFacts, rows)}

    def newest_observations(self, council: str, sources: Collection[str], units: Collection[str]) -> list[Observation]:
        row, release = t.observation, t.release
        newest = (
            sa.select(
                release.c.source,
                row.c.unit,
                row.c.indicator,
                row.c.period,
                row.c.value,
                row.c.status,
                row.c.release,
                row.c.row,
            )
            .ext(postgresql.distinct_on(release.c.source, row.c.unit, row.c.indicator, row.c.period))
            .join(release, release.c.id == row.c.release)
            .join(t.source, t.source.c.source == release.c.source)
            .where(
                t.source.c.council == council,
                sa.or_(
                    t.source.c.source == sa.any_(text_array(sources)),
                    # The units' own other reports are compared with claims whether or not the framework names them.
                    sa.func.replace(t.source.c.source, "-", "_").startswith(OWN_REPORT, autoescape=True),
                ),
                sa.or_(
                    row.c.unit == sa.any_(text_array(units)), sa.func.lower(row.c.unit) == sa.any_(text_array(NATIONAL))
                ),
            )
            .order_by(
                release.c.source,
                row.c.unit,
                row.c.indicator,
                row.c.period,
                release.c.published_on.desc(),
                release.c.fetched_at.desc(),
                release.c.id,
            )
            .subquery()
        )
        once = kept_once()
        return [
            Observation(
                source=once(found.source),
                unit=once(found.unit),
                indicator=once(found.indicator),
                period=once(found.period),
                value=found.value,
                status=once(found.status),
                release=once(found.release),
                row=found.row,
            )
            for found in streamed(self.connection, sa.select(newest).where(newest.c.value.is_not(None)))
        ]


def _releases() -> sa.Select[Any]:
    return sa.select(
        t.release.c.id.label("release"),
        t.source.c.council,
        t.source.c.publisher,
        *(t.release.c[name] for name in _SHOWN),
    ).join(t.source, t.source.c.source == t.release.c.source)
