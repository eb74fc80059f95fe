"""Reads another service's feed exactly as far as its own changes went.

The cursor is a row that is locked while draining (one drain at a time) and moves in the same transaction as the
changes the events caused. A feed that was restored has another identity and is replayed from 0. An event whose
reference has not arrived yet waits; one that fails five times is parked and shown in health; both block only their
own subject.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

import marshmallow as ma
import sqlalchemy as sa
import structlog
from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from shared.contracts.events import Event, EventSchema, FeedPageSchema
from shared.plumbing.database import Database, UnitOfWork

ATTEMPTS = 5
PAGE = 100
log = structlog.get_logger(__name__)
_SCHEMA = EventSchema()
Handler = Callable[[UnitOfWork, Event], None]


class MissingReference(Exception):
    """Raised by a handler when the event names something that has not arrived yet: the event waits."""


class FeedClient(Protocol):
    """Fetches a page of a feed."""

    def get_json(self, path: str, **params: Any) -> Any:
        """The decoded JSON body; raises a Refusal of kind UNAVAILABLE when the service does not answer."""
        ...


def reader_tables(metadata: MetaData) -> None:
    """Add the cursor, the versions seen and the waiting events to a service's tables."""
    sa.Table(
        "feed_cursor",
        metadata,
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("feed", sa.Uuid),
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("drained_at", sa.DateTime(timezone=True)),
    )
    sa.Table(
        "feed_subject",
        metadata,
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("feed", sa.Uuid, nullable=False),
        sa.Column("subject_version", sa.BigInteger, nullable=False),
    )
    sa.Table(
        "feed_waiting",
        metadata,
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("event", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'parked')", name="state"),
    )


@dataclass(frozen=True)
class _Tables:
    cursor: sa.Table
    subject: sa.Table
    waiting: sa.Table

    @classmethod
    @cache
    def of(cls, schema: str | None) -> "_Tables":
        metadata = MetaData(schema=schema)
        reader_tables(metadata)
        prefix = f"{schema}." if schema else ""
        return cls(*(metadata.tables[prefix + name] for name in ("feed_cursor", "feed_subject", "feed_waiting")))


class FeedReader:
    """Drains one feed into one database. `handlers` maps event types to functions that upsert; others are skipped."""

    def __init__(self, name: str, client: FeedClient, handlers: Mapping[str, Handler]) -> None:
        self.name = name
        self.client = client
        self.handlers = handlers

    def drain(self, database: Database) -> int:
        """Read until the feed's end; returns how many events were taken. Returns 0 at once if another drain runs."""
        taken = 0
        while True:
            count, at_end = self._drain_page(database)
            taken += count
            if at_end:
                return taken

    def _drain_page(self, database: Database) -> tuple[int, bool]:
        tables = _Tables.of(database.schema)
        with database.unit_of_work() as uow:
            cursor = self._lock_cursor(uow.connection, tables)
            if cursor is None:
                return 0, True
            position = cursor["position"]
            page = FeedPageSchema(unknown=ma.EXCLUDE).load(
                self.client.get_json("/v1/events", after=position, limit=PAGE)
            )
            if page["feed"] != cursor["feed"]:
                # Another feed than the one we know (or the first time): start again from its beginning.
                self._start_over(uow.connection, tables, page["feed"])
                uow.commit()
                return 0, False
            events = [Event(**entry) for entry in page["events"]]
            take = _Taking(self.name, self.handlers, uow, tables, page["feed"])
            count = take.page(events)
            uow.connection.execute(
                sa.update(tables.cursor)
                .where(tables.cursor.c.reader == self.name)
                .values(position=page["next"], drained_at=uow.now)
            )
            uow.commit()
            return count, not events

    def _lock_cursor(self, connection: Connection, tables: _Tables) -> sa.RowMapping | None:
        connection.execute(
            postgresql.insert(tables.cursor).values(reader=self.name, position=0).on_conflict_do_nothing()
        )
        return (
            connection.execute(
                sa.select(tables.cursor).where(tables.cursor.c.reader == self.name).with_for_update(skip_locked=True)
            )
            .mappings()
            .one_or_none()
        )

    def _start_over(self, connection: Connection, tables: _Tables, feed: uuid.UUID) -> None:
        connection.execute(sa.delete(tables.waiting).where(tables.waiting.c.reader == self.name))
        connection.execute(
            sa.update(tables.cursor).where(tables.cursor.c.reader == self.name).values(feed=feed, position=0)
        )


class _Taking:
    """Takes the events of one page inside one unit of work."""

    def __init__(
        self, reader: str, handlers: Mapping[str, Handler], uow: UnitOfWork, tables: _Tables, feed: uuid.UUID
    ) -> None:
        self.reader = reader
        self.handlers = handlers
        self.uow = uow
        self.tables = tables
        self.feed = feed
        self.seen: dict[str, int] = {}

    def page(self, events: list[Event]) -> int:
        waiting = self._waiting()
        self._remember({event.subject for event in events} | {row["subject"] for row in waiting})
        blocked = {row["subject"] for row in waiting}
        taken = 0
        for event in events:
            if event.type not in self.handlers:
                continue
            if event.subject in blocked:
                self._keep(event, "waiting", 0, "an earlier event of its subject waits")
                continue
            error = self._take(event)
            if error is None:
                taken += 1
            else:
                blocked.add(event.subject)
                self._keep(event, "waiting", 0 if isinstance(error, MissingReference) else 1, type(error).__name__)
        return taken + self._retry()

    def _remember(self, subjects: set[str]) -> None:
        subject = self.tables.subject
        rows = self.uow.connection.execute(
            sa.select(subject.c.subject, subject.c.subject_version).where(
                subject.c.reader == self.reader, subject.c.feed == self.feed, subject.c.subject.in_(subjects)
            )
        )
        self.seen = {row.subject: row.subject_version for row in rows}

    def _take(self, event: Event) -> Exception | None:
        """Hand the event to its handler inside a savepoint; returns the error, or None if it was taken or is old."""
        if self.seen.get(event.subject, -1) >= event.subject_version:
            return None
        try:
            with self.uow.savepoint():
                self.handlers[event.type](self.uow, event)
                insert = postgresql.insert(self.tables.subject).values(
                    reader=self.reader, subject=event.subject, feed=self.feed, subject_version=event.subject_version
                )
                self.uow.connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["reader", "subject"],
                        set_={"feed": self.feed, "subject_version": event.subject_version},
                    )
                )
        except sa.exc.OperationalError:
            # The database itself failed: that is not the event's fault, so the whole page is tried again later.
            raise
        except Exception as error:
            if not isinstance(error, MissingReference):
                log.exception("event_failed", reader=self.reader, position=event.position, type=event.type)
            return error
        self.seen[event.subject] = event.subject_version
        return None

    def _waiting(self) -> list[sa.RowMapping]:
        table = self.tables.waiting
        return list(
            self.uow.connection.execute(
                sa.select(table).where(table.c.reader == self.reader).order_by(table.c.position)
            ).mappings()
        )

    def _keep(self, event: Event, state: str, attempts: int, error: str) -> None:
        self.uow.connection.execute(
            postgresql.insert(self.tables.waiting)
            .values(
                reader=self.reader,
                position=event.position,
                subject=event.subject,
                event=_SCHEMA.dump(event),
                state=state,
                attempts=attempts,
                next_try_at=self.uow.now + timedelta(seconds=2**attempts if attempts else 0),
                error=error,
            )
            .on_conflict_do_nothing()
        )

    def _retry(self) -> int:
        """Try waiting events again, oldest first, as long as that helps any of them."""
        taken = 0
        while True:
            helped = 0
            blocked: set[str] = set()
            for row in self._waiting():
                if row["subject"] in blocked or row["state"] == "parked" or row["next_try_at"] > self.uow.now:
                    blocked.add(row["subject"])
                    continue
                error = self._take(Event(**_SCHEMA.load(row["event"])))
                if error is None:
                    self._forget(row["position"])
                    helped += 1
                else:
                    blocked.add(row["subject"])
                    self._count_failure(row, error)
            taken += helped
            if not helped:
                return taken

    def _forget(self, position: int) -> None:
        table = self.tables.waiting
        self.uow.connection.execute(sa.delete(table).where(table.c.reader == self.reader, table.c.position == position))

    def _count_failure(self, row: sa.RowMapping, error: Exception) -> None:
        if isinstance(error, MissingReference):
            return
        table = self.tables.waiting
        attempts = row["attempts"] + 1
        if attempts >= ATTEMPTS:
            log.error("event_parked", reader=self.reader, position=row["position"], subject=row["subject"])
        self.uow.connection.execute(
            sa.update(table)
            .where(table.c.reader == self.reader, table.c.position == row["position"])
            .values(
                attempts=attempts,
                state="parked" if attempts >= ATTEMPTS else "waiting",
                next_try_at=self.uow.now + timedelta(seconds=2**attempts),
                error=type(error).__name__,
            )
        )


def reader_report(connection: Connection, schema: str | None = None) -> list[dict[str, Any]]:
    """For health: per reader its position, and how many events wait, are parked or vanished in a restore."""
    tables = _Tables.of(schema)

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
        return (
            sa.select(sa.func.count())
            .select_from(tables.waiting)
            .where(tables.waiting.c.reader == tables.cursor.c.reader, *conditions)
            .scalar_subquery()
        )

    vanished = (
        sa.select(sa.func.count())
        .select_from(tables.subject)
        .where(tables.subject.c.reader == tables.cursor.c.reader, tables.subject.c.feed != tables.cursor.c.feed)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(
            tables.cursor.c.reader,
            tables.cursor.c.position,
            tables.cursor.c.drained_at,
            count(tables.waiting.c.state == "waiting").label("waiting"),
            count(tables.waiting.c.state == "parked").label("parked"),
            vanished.label("vanished"),
        )
    )
    return [dict(row) for row in rows.mappings()]


@dataclass(frozen=True)
class ParkedEvent:
    """An event that failed five times; `error` is the class of the last failure."""

    reader: str
    position: int
    subject: str
    error: str


def retry_parked(uow: UnitOfWork) -> list[ParkedEvent]:
    """Give the parked events of all readers another five tries; returns them by reader and position."""
    table = _Tables.of(uow.database.schema).waiting
    rows = uow.connection.execute(
        sa.update(table)
        .where(table.c.state == "parked")
        .values(state="waiting", attempts=0, next_try_at=uow.now)
        .returning(table.c.reader, table.c.position, table.c.subject, table.c.error)
    )
    return sorted((ParkedEvent(*row) for row in rows), key=lambda event: (event.reader, event.position))
