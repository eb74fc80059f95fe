"""SQL behind the ports: every subject's stores, bound to one connection."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.verify import tables
from services.verify.claims.ports import Claims, Cycles, ScreeningWork
from services.verify.claims.store.claims import SqlClaims
from services.verify.claims.store.cycles import SqlCycles
from services.verify.claims.store.work import SqlScreeningWork
from services.verify.renewal.ports import History
from services.verify.renewal.store import SqlHistory
from services.verify.results.ports import Results
from services.verify.results.store import SqlResults
from services.verify.reviews.ports import Changes, Reviews, Steps, Trail
from services.verify.reviews.store.changes import SqlChanges
from services.verify.reviews.store.items import SqlReviews
from services.verify.reviews.store.steps import SqlSteps
from services.verify.reviews.store.trail import SqlTrail
from services.verify.sources.ports import Corrections, Duties, Fetching, Letters, Mappings, Sources, Touches
from services.verify.sources.store.due_dates import SqlDuties
from services.verify.sources.store.fetching import SqlFetching
from services.verify.sources.store.mappings import SqlMappings
from services.verify.sources.store.second_person import SqlCorrections, SqlLetters
from services.verify.sources.store.sources import SqlSources
from services.verify.sources.store.touches import SqlTouches
from services.verify.triage.ports import Queue, Triage
from services.verify.triage.store.queue import SqlQueue
from services.verify.triage.store.triage import SqlTriage
from shared.contracts.events import Event
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor
from shared.plumbing.database import Database, UnitOfWork

WAITED_TOO_LONG = ("55P03", "40P01")  # lock_not_available, deadlock_detected


class SqlView:
    """`ports.View` over one connection."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self.now = now
        self.cycles: Cycles = SqlCycles(connection)
        self.claims: Claims = SqlClaims(connection)
        self.sources: Sources = SqlSources(connection)
        self.touches: Touches = SqlTouches(connection)
        self.mappings: Mappings = SqlMappings(connection)
        self.letters: Letters = SqlLetters(connection)
        self.corrections: Corrections = SqlCorrections(connection)
        self.duties: Duties = SqlDuties(connection)
        self.fetching: Fetching = SqlFetching(connection)
        self.results: Results = SqlResults(connection)
        self.reviews: Reviews = SqlReviews(connection)
        self.steps: Steps = SqlSteps(connection)
        self.trail: Trail = SqlTrail(connection)
        self.changes: Changes = SqlChanges(connection)
        self.history: History = SqlHistory(connection)
        self.queue: Queue = SqlQueue(connection)
        self.triage: Triage = SqlTriage(connection)


class SqlUnitOfWork(SqlView):
    """`ports.UnitOfWork` over the plumbing's unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow.connection, uow.now)
        self.uow = uow
        self.screenings: ScreeningWork = SqlScreeningWork(uow)

    def record(self, action: str, subject: str, actor: Actor, reason: str, data: Mapping[str, Any]) -> None:
        self.uow.connection.execute(
            sa.insert(tables.history).values(
                happened_at=self.now,
                actor=actor.account,
                actor_name=actor.name,
                action=action,
                subject=subject,
                reason=reason,
                data=dict(data),
            )
        )

    def publish(self, event: Event) -> None:
        self.uow.publish(event)

    def wake_up(self, task: str, queue: str) -> None:
        self.uow.wake_up(task, queue)

    def commit(self) -> None:
        self.uow.commit()


class SqlStore:
    """`ports.Store` over verify's database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def view(self) -> Iterator[SqlView]:
        with self.database.reader() as connection:
            yield SqlView(connection, self.database.clock.now())

    @contextmanager
    def glance(self) -> Iterator[SqlView]:
        """A look for one question: without the round trips of a transaction around it."""
        with self.database.glance() as connection:
            yield SqlView(connection, self.database.clock.now())

    @contextmanager
    def unit_of_work(self) -> Iterator[SqlUnitOfWork]:
        """A transaction to write in; rolled back unless committed."""
        try:
            with self.database.unit_of_work() as uow:
                yield SqlUnitOfWork(uow)
        except sa.exc.OperationalError as error:
            # Somebody holds what this needs, for too long: a large round is being written.
            if getattr(error.orig, "sqlstate", None) in WAITED_TOO_LONG:
                message = sentence("The round is being written at this moment; please try again shortly.")
                raise Refusal("busy", Kind.UNAVAILABLE, message) from error
            raise
