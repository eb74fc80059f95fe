"""PostgreSQL through SQLAlchemy Core: one unit of work per use case, which commits once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

import structlog
from sqlalchemy import Connection, Engine, MetaData, create_engine, text

from shared.clock import Clock, SystemClock
from shared.contracts.events import Event
from shared.plumbing.outbox import append

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
log = structlog.get_logger(__name__)


def metadata_for(schema: str | None = None) -> MetaData:
    """The tables of one service (or of one schema of it), with predictable constraint names."""
    return MetaData(naming_convention=NAMING, schema=schema)


class Doorbell(Protocol):
    """Something that can tell a worker to look now; it may fail silently, for the bell is never the record."""

    def ring(self, task: str, queue: str) -> None:
        """Send a task name to a queue."""
        ...


class SilentDoorbell:
    """Rings nobody: beat finds the work by itself."""

    def ring(self, task: str, queue: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Ring:
    """A bell to ring after the commit."""

    task: str
    queue: str


class Database:
    """One service's database. `schema` holds the plumbing tables (outbox, cursors, work) where it is not `public`."""

    def __init__(
        self,
        url: str,
        *,
        schema: str | None = None,
        clock: Clock | None = None,
        doorbell: Doorbell | None = None,
        pool_size: int = 8,
    ) -> None:
        self.schema = schema
        self.clock: Clock = clock or SystemClock()
        self.doorbell: Doorbell = doorbell or SilentDoorbell()
        self.engine: Engine = create_engine(
            _with_driver(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=30,
            # A killed server leaves dead connections in the pool; the test before use replaces them.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "options": "-c timezone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=600000",
            },
        )

    def unit_of_work(self) -> "UnitOfWork":
        """A transaction that rolls back unless `commit` is called."""
        return UnitOfWork(self)

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A read-only transaction with one consistent view."""
        with self.engine.connect() as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for one statement that reads: without the round trips of a transaction around it."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def close(self) -> None:
        """Give all connections back to the server."""
        self.engine.dispose()


class UnitOfWork:
    """One transaction. Events published in it become rows of the outbox as its last statements before the commit."""

    connection: Connection

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now: datetime = database.clock.now()
        self._events: list[Event] = []
        self._rings: list[Ring] = []

    def __enter__(self) -> Self:
        self.connection = self.database.engine.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing rolls back whatever was not committed.
        self.connection.close()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can fail by itself: its statements, events and rings are undone, the rest stays."""
        events, rings = len(self._events), len(self._rings)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self._events[events:], self._rings[rings:]
            raise

    def publish(self, event: Event) -> None:
        """Append an event to this service's feed when the unit of work commits."""
        self._events.append(event)

    def ring(self, task: str, queue: str) -> None:
        """Ring a worker's bell after the commit."""
        self._rings.append(Ring(task, queue))

    def commit(self) -> None:
        """Write the events, commit, then ring the bells."""
        if self._events:
            append(self.connection, self._events, self.database.schema)
        self.connection.commit()
        rings, self._events, self._rings = dict.fromkeys(self._rings), [], []
        for ring in rings:
            self.database.doorbell.ring(ring.task, ring.queue)


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def rows_as_dicts(result: Any) -> list[dict[str, Any]]:
    """All rows of a result as plain dictionaries."""
    return [dict(row) for row in result.mappings()]
