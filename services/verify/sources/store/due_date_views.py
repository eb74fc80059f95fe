"""What sources owe cycles, locked ratings and corrections, as people and machines look at them."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.claims.rules.frameworks import framework_of
from services.verify.roles import RATERS
from services.verify.sources import tables as t
from services.verify.sources.rules.due_dates import Duty, DutyState
from services.verify.sources.store.due_dates import duties
from shared.people import Actor
from shared.plumbing.database import rows_as_dicts

_DUTY = tuple(Duty.__dataclass_fields__)


def duties_of(
    connection: Connection,
    councils: Collection[str],
    now: datetime,
    *,
    cycle: str | None = None,
    source: str | None = None,
) -> list[dict[str, Any]]:
    """What the sources of these councils owe their living cycles, the earliest due date first.

    A source owes a cycle what its framework asks for, or what has a due date, or has been locked. Each with its state,
    what the last attempt to fetch it came to, the lock and the reminders.
    """
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
    rows = rows_as_dicts(connection.execute(query))
    return [_shown(row, now) for row in rows if row["version"] or row["locked_at"] or _is_asked(row)]


def _shown(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    state = Duty(**{name: row[name] for name in _DUTY}).state(now)
    waits = state in (DutyState.DUE, DutyState.OVERDUE, DutyState.MISSING)
    row = {name: value for name, value in row.items() if name not in ("framework", "framework_sha256")}
    return row | {"state": str(state), "down": waits and row["fetched"] in ("down", "refused")}


def _is_asked(row: dict[str, Any]) -> bool:
    framework = framework_of(row["framework"], row["framework_sha256"])
    return any(reference.id == row["source"] for criterion in framework.criteria for reference in criterion.sources)


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


def is_blinded(connection: Connection, actor: Actor, council: str, cycle: str) -> bool:
    """Whether somebody rates in this council while a rating of the cycle may still be given or revised.

    As long as no rating is declared by a due date or a lock, one may come.
    """
    if not actor.may(RATERS, council=council):
        return False
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
    row = connection.execute(sa.select(sa.or_(~locked.exists(), waits))).scalar_one()
    return bool(row)


def corrections_of(connection: Connection, source: str) -> list[dict[str, Any]]:
    """Corrections of a source that wait for a second person, the oldest first."""
    table, verdict = t.correction, t.correction_verdict
    names = ("id", "cycle", "file_name", "reason", "proposed_at", "proposed_by_name")
    query = (
        sa.select(*(table.c[name] for name in names))
        .outerjoin(verdict, verdict.c.correction == table.c.id)
        .where(table.c.source == source, verdict.c.correction.is_(None))
        .order_by(table.c.proposed_at, table.c.id)
    )
    return rows_as_dicts(connection.execute(query))


def correction(connection: Connection, identity: uuid.UUID, councils: Collection[str]) -> dict[str, Any] | None:
    """One correction with what the second person said, if its source is one of these councils'."""
    table, verdict = t.correction, t.correction_verdict
    query = (
        sa.select(
            *(column for column in table.c),
            t.source.c.council,
            t.source.c.title,
            verdict.c.release,
            verdict.c.reason.label("verdict_reason"),
            verdict.c.said_at,
            verdict.c.said_by_name,
        )
        .join(t.source, t.source.c.source == table.c.source)
        .outerjoin(verdict, verdict.c.correction == table.c.id)
        .where(table.c.id == identity, t.source.c.council.in_(councils))
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None
