"""What sources owe cycles, locked ratings and corrections, as people and machines look at them."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as t
from services.verify.sources.rules.due_dates import OwedFigures
from services.verify.sql import all_of


def given_at() -> sa.ScalarSelect[datetime | None]:
    """When a source (of an outer query's `source` and `cycle`) first brought a figure of the cycle's own period."""
    row, release = t.observation, t.release
    member = (
        sa.exists()
        .where(
            claim_tables.cycle_member.c.cycle == claim_tables.cycle.c.cycle,
            claim_tables.cycle_member.c.unit == row.c.unit,
        )
        .correlate(claim_tables.cycle, row)
    )
    of_period = (
        sa.exists()
        .where(
            row.c.release == release.c.id, row.c.period == claim_tables.cycle.c.period, row.c.value.is_not(None), member
        )
        .correlate(release, claim_tables.cycle)
    )
    return (
        sa.select(release.c.fetched_at)
        .where(release.c.source == t.source.c.source, of_period)
        .order_by(release.c.fetched_at)
        .limit(1)
        .correlate(t.source, claim_tables.cycle)
        .scalar_subquery()
    )


def duties() -> sa.Select[tuple[object, ...]]:
    """Source × cycle of the same council: the newest due date, what was given, the lock, and the reminders given."""
    due, lock, reminder = t.source_due, t.rating_lock, t.source_reminder
    newest = (
        sa.select(due)
        .ext(postgresql.distinct_on(due.c.source, due.c.cycle))
        .order_by(due.c.source, due.c.cycle, due.c.version.desc())
        .subquery()
    )
    reminded = (
        sa.select(sa.func.coalesce(sa.func.array_agg(reminder.c.days), sa.text("'{}'")))
        .where(
            reminder.c.source == newest.c.source,
            reminder.c.cycle == newest.c.cycle,
            reminder.c.version == newest.c.version,
        )
        .scalar_subquery()
    )
    pair = sa.and_(newest.c.source == t.source.c.source, newest.c.cycle == claim_tables.cycle.c.cycle)
    return (
        sa.select(
            t.source.c.source,
            claim_tables.cycle.c.cycle,
            sa.func.coalesce(newest.c.version, 0).label("version"),
            newest.c.due_at,
            sa.func.coalesce(newest.c.locks, False).label("locks"),
            given_at().label("given_at"),
            lock.c.locked_at,
            reminded.label("reminded"),
        )
        .select_from(t.source)
        .join(claim_tables.cycle, claim_tables.cycle.c.council == t.source.c.council)
        .outerjoin(newest, pair)
        .outerjoin(lock, sa.and_(lock.c.source == t.source.c.source, lock.c.cycle == claim_tables.cycle.c.cycle))
    )


class DueDateViews:
    """The part of `ports.Duties` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def owed(
        self,
        councils: Collection[str],
        *,
        cycle: str | None = None,
        source: str | None = None,
    ) -> Sequence[OwedFigures]:
        found = duties().subquery()
        query = (
            sa.select(
                found,
                t.source.c.council,
                t.source.c.title,
                claim_tables.cycle.c.title.label("cycle_title"),
                claim_tables.cycle.c.framework,
                claim_tables.cycle.c.framework_sha256,
                t.rating_lock.c.cause,
                t.rating_lock.c.locked_by_name,
                _last_outcome().label("fetched"),
            )
            .join(t.source, t.source.c.source == found.c.source)
            .join(claim_tables.cycle, claim_tables.cycle.c.cycle == found.c.cycle)
            .outerjoin(
                t.rating_lock,
                sa.and_(t.rating_lock.c.source == found.c.source, t.rating_lock.c.cycle == found.c.cycle),
            )
            .where(t.source.c.council.in_(councils), claim_tables.cycle.c.state != "archived")
            .order_by(found.c.due_at.nulls_last(), found.c.cycle, found.c.source)
        )
        if cycle is not None:
            query = query.where(found.c.cycle == cycle)
        if source is not None:
            query = query.where(found.c.source == source)
        return all_of(OwedFigures, self.connection.execute(query))

    def ratings_wait(self, cycle: str) -> bool:
        due, lock = t.source_due, t.rating_lock
        newest = (
            sa.select(due.c.source, due.c.locks)
            .ext(postgresql.distinct_on(due.c.source))
            .where(due.c.cycle == cycle)
            .order_by(due.c.source, due.c.version.desc())
            .subquery()
        )
        locked = sa.select(lock.c.source).where(lock.c.cycle == cycle)
        waits = sa.exists().where(newest.c.locks, newest.c.source.not_in(locked))
        row = self.connection.execute(sa.select(sa.or_(~locked.exists(), waits))).scalar_one()
        return bool(row)


def _last_outcome() -> sa.ScalarSelect[str]:
    attempt = t.fetch_attempt
    return (
        sa.select(attempt.c.outcome)
        .where(attempt.c.source == t.source.c.source, attempt.c.outcome != "asked")
        .order_by(attempt.c.id.desc())
        .limit(1)
        .correlate(t.source)
        .scalar_subquery()
    )
