"""Work is a row: unique by kind and key, claimed with a lease, finished with its result in one transaction.

A Celery message only says "look now". Whatever dies, the row is still there, and beat wakes a worker again.
"""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from shared.plumbing.database import Database, UnitOfWork
from shared.plumbing.leases import LeaseLost, Work

STATES = ("queued", "claimed", "done", "discarded", "failed")


def work_tables(metadata: MetaData) -> None:
    """Add `work` to a service's tables."""
    sa.Table(
        "work",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease", sa.Uuid),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("kind", "key"),
        sa.CheckConstraint("state IN ('queued', 'claimed', 'done', 'discarded', 'failed')", name="state"),
        sa.CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name="lease"),
        sa.Index("ix_work_open", "kind", "created_at", postgresql_where=sa.text("state IN ('queued', 'claimed')")),
    )


@cache
def _table(schema: str | None) -> sa.Table:
    metadata = MetaData(schema=schema)
    work_tables(metadata)
    return metadata.tables[f"{schema}.work" if schema else "work"]


def enqueue(uow: UnitOfWork, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
    """Ask for a piece of work once: False if the same kind and key was asked for before, whatever became of it."""
    table = _table(uow.database.schema)
    inserted = uow.connection.execute(
        postgresql.insert(table)
        .values(id=uuid.uuid4(), kind=kind, key=key, payload=dict(payload), created_at=uow.now)
        .on_conflict_do_nothing()
        .returning(table.c.id)
    )
    return inserted.one_or_none() is not None


def claim(database: Database, kind: str, *, lease_seconds: float = 120, attempts: int = 5) -> Work | None:
    """Take the oldest piece of work of a kind that nobody holds, or None. Commits the claim.

    A piece that was claimed `attempts` times and never finished is set to `failed` for people to see.
    """
    table = _table(database.schema)
    with database.unit_of_work() as uow:
        free = sa.or_(table.c.state == "queued", sa.and_(table.c.state == "claimed", table.c.lease_until < uow.now))
        uow.connection.execute(
            sa.update(table)
            .where(table.c.kind == kind, free, table.c.attempts >= attempts)
            .values(state="failed", lease=None, lease_until=None, finished_at=uow.now)
        )
        chosen = (
            sa.select(table.c.id)
            .where(table.c.kind == kind, free)
            .order_by(table.c.created_at, table.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        row = (
            uow.connection.execute(
                sa.update(table)
                .where(table.c.id == chosen)
                .values(
                    state="claimed",
                    attempts=table.c.attempts + 1,
                    lease=uuid.uuid4(),
                    lease_until=uow.now + timedelta(seconds=lease_seconds),
                )
                .returning(table.c.id, table.c.kind, table.c.key, table.c.payload, table.c.attempts, table.c.lease)
            )
            .mappings()
            .one_or_none()
        )
        uow.commit()
    return Work(**row) if row else None


def renew(database: Database, work: Work, *, lease_seconds: float = 120) -> None:
    """Hold the work longer; raises `LeaseLost` if somebody else has it."""
    with database.unit_of_work() as uow:
        _update(uow, work, {"lease_until": uow.now + timedelta(seconds=lease_seconds)})
        uow.commit()


def hold(uow: UnitOfWork, work: Work) -> None:
    """Keep a part of the result: locks the work until the commit. Raises `LeaseLost` if somebody else holds it."""
    _update(uow, work, {"lease": work.lease})


def finish(uow: UnitOfWork, work: Work, state: str = "done") -> None:
    """Mark the work `done` (or `discarded`: its inputs were not the newest) in the transaction of its result."""
    _update(uow, work, {"state": state, "lease": None, "lease_until": None, "finished_at": uow.now, "error": None})


def fail(database: Database, work: Work, error: BaseException) -> None:
    """Give the work back after an error; it is tried again until its attempts run out. Keeps the error's class only."""
    _leave(database, work, error, {"state": "queued", "lease": None, "lease_until": None})


def postpone(database: Database, work: Work, error: BaseException, seconds: float) -> None:
    """Give the work back after an error that will take a while to pass: nobody claims it for that long.

    Once its attempts run out it is set to `failed`, as everywhere, when somebody next looks for work after that.
    """
    later = database.clock.now() + timedelta(seconds=seconds)
    _leave(database, work, error, {"lease": uuid.uuid4(), "lease_until": later})


def give_up(database: Database, work: Work, error: BaseException) -> None:
    """Set the work to `failed` at once: trying again is useless. Keeps the error's class only."""
    now = database.clock.now()
    _leave(database, work, error, {"state": "failed", "lease": None, "lease_until": None, "finished_at": now})


def _leave(database: Database, work: Work, error: BaseException, values: Mapping[str, Any]) -> None:
    """Let go of work that is still held; keeps the error's class only."""
    with database.unit_of_work() as uow, suppress(LeaseLost):
        _update(uow, work, {**values, "error": type(error).__name__})
        uow.commit()


def retry_failed(uow: UnitOfWork, kind: str) -> int:
    """Try what failed once more, with all its attempts; how many pieces of work that is."""
    table = _table(uow.database.schema)
    values = {"state": "queued", "attempts": 0, "finished_at": None}
    changed = sa.update(table).where(table.c.kind == kind, table.c.state == "failed").values(values)
    return uow.connection.execute(changed).rowcount


def _update(uow: UnitOfWork, work: Work, values: Mapping[str, Any]) -> None:
    table = _table(uow.database.schema)
    result = uow.connection.execute(
        sa.update(table)
        .where(table.c.id == work.id, table.c.lease == work.lease, table.c.state == "claimed")
        .values(**values)
    )
    if result.rowcount != 1:
        raise LeaseLost(work.key)


def open_work(connection: Connection, schema: str | None = None) -> list[dict[str, Any]]:
    """For health and staff pages: counts per kind and state, and the age of the oldest that is still open."""
    table = _table(schema)
    rows = connection.execute(
        sa.select(
            table.c.kind,
            table.c.state,
            sa.func.count().label("count"),
            sa.func.min(table.c.created_at).label("oldest_at"),
        )
        .where(table.c.state.in_(("queued", "claimed", "failed")))
        .group_by(table.c.kind, table.c.state)
        .order_by(table.c.kind, table.c.state)
    )
    return [dict(row) for row in rows.mappings()]
