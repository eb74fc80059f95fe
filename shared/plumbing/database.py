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


class Waker(Protocol):
    """Something that can ask a worker to look now; it may fail silently, for the work itself is a row."""

    def wake_up(self, task: str, queue: str) -> None:
        """Send a task name to a queue."""
        ...


class SilentWaker:
    """Wakes nobody: beat finds the work by itself."""

    def wake_up(self, task: str, queue: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class WakeUp:
    """A worker to wake after the commit."""

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
        waker: Waker | None = None,
        pool_size: int = 8,
    ) -> None:
        self.schema = schema
        self.clock: Clock = clock or SystemClock()
        self.waker: Waker = waker or SilentWaker()
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
        self._wake_ups: list[WakeUp] = []

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
        """A part that can fail by itself: its statements, events and wake-ups are undone, the rest stays."""
        events, wake_ups = len(self._events), len(self._wake_ups)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self._events[events:], self._wake_ups[wake_ups:]
            raise

    def publish(self, event: Event) -> None:
        """Append an event to this service's feed when the unit of work commits."""
        self._events.append(event)

    def wake_up(self, task: str, queue: str) -> None:
        """Wake a worker up after the commit."""
        self._wake_ups.append(WakeUp(task, queue))

    def commit(self) -> None:
        """Write the events, commit, then wake the workers."""
        if self._events:
            append(self.connection, self._events, self.database.schema)
        self.connection.commit()
        wake_ups, self._events, self._wake_ups = dict.fromkeys(self._wake_ups), [], []
        for wake_up in wake_ups:
            self.database.waker.wake_up(wake_up.task, wake_up.queue)


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def rows_as_dicts(result: Any) -> list[dict[str, Any]]:
    """All rows of a result as plain dictionaries."""
    return [dict(row) for row in result.mappings()]
