"""Verify's transactions: the plumbing's unit of work with this service's repositories on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from services.verify import tables as verify_tables
from services.verify.claims.store.cycles import SqlCycles
from services.verify.claims.store.work import SqlScreenings
from services.verify.reviews.store.items import SqlReviews
from services.verify.reviews.store.steps import SqlSteps
from services.verify.sources.store.due_dates import SqlDuties
from services.verify.sources.store.fetching import SqlFetching
from services.verify.sources.store.letters import SqlLetters
from services.verify.sources.store.mappings import SqlMappings
from services.verify.sources.store.sources import SqlSources
from services.verify.sources.store.touches import SqlChanges
from services.verify.triage.store.triage import SqlTriage
from shared.contracts.events import Event
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor
from shared.plumbing.database import Database, UnitOfWork

WAITED_TOO_LONG = ("55P03", "40P01")  # lock_not_available, deadlock_detected


class SqlTransaction:
    """`ports.Transaction` over a unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self.now = uow.now
        self.cycles = SqlCycles(uow.connection)
        self.sources = SqlSources(uow.connection)
        self.reviews = SqlReviews(uow.connection)
        self.changes = SqlChanges(uow.connection)
        self.duties = SqlDuties(uow.connection)
        self.steps = SqlSteps(uow.connection)
        self.screenings = SqlScreenings(uow)
        self.mappings = SqlMappings(uow.connection)
        self.letters = SqlLetters(uow.connection)
        self.fetching = SqlFetching(uow.connection)
        self.triage = SqlTriage(uow.connection)

    def record(self, action: str, subject: str, actor: Actor, reason: str, data: Mapping[str, Any]) -> None:
        """Write a line of history: who did what, when and why."""
        self.uow.connection.execute(
            sa.insert(verify_tables.history).values(
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
        """Append an event to verify's feed."""
        self.uow.publish(event)

    def ring(self, task: str, queue: str) -> None:
        """Ring a worker's bell after the commit."""
        self.uow.ring(task, queue)

    def commit(self) -> None:
        """Make it all true."""
        self.uow.commit()


class SqlStore:
    """`ports.Store` over verify's database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """A transaction to write in; rolled back unless committed."""
        try:
            with self.database.unit_of_work() as uow:
                yield SqlTransaction(uow)
        except sa.exc.OperationalError as error:
            # Somebody holds what this needs, for too long: a large round is being written.
            if getattr(error.orig, "sqlstate", None) in WAITED_TOO_LONG:
                said = sentence("The round is being written at this moment; please try again shortly.")
                raise Refusal("busy", Kind.UNAVAILABLE, said) from error
            raise
