"""Intake's database: units of work for changes, views for reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from services.intake.accounts.clients import ArgonPasswords
from services.intake.accounts.ports import Limits, Passwords
from services.intake.accounts.store.accounts import SqlAccounts, SqlPeople
from services.intake.accounts.store.handovers import SqlHandovers
from services.intake.accounts.store.limits import SqlLimits
from services.intake.adoption.store import SqlAdoption
from services.intake.assessments.store import SqlAssessments
from services.intake.challenges.store import SqlChallenges
from services.intake.covenants.store import SqlCovenants
from services.intake.cycles.store import Frameworks, SqlCycles
from services.intake.directory.store import SqlCouncils
from services.intake.files.store import SqlRetention
from services.intake.inbox.store.inbox import SqlInboxes
from services.intake.meetings.store import SqlMeetings
from services.intake.notices.store import SqlNotices
from services.intake.people.store import SqlHistory
from services.intake.people.tables import account
from services.intake.questions.store import SqlQuestions
from services.intake.reminders.store import SqlReminders
from services.intake.results.store import SqlVerifiedResults
from services.intake.rounds.store import SqlRounds
from services.intake.submissions.store import SqlSubmissions
from services.intake.tables import metadata, uuid_of
from shared.clock import Clock
from shared.contracts.events import Event
from shared.people import Actor
from shared.plumbing import database


class SqlAccountWork:
    """`services.intake.ports.AccountWork` on a unit of work."""

    def __init__(self, inner: database.UnitOfWork) -> None:
        self.inner = inner
        self.now = inner.now
        self.accounts = SqlAccounts(inner.connection)
        self.history = SqlHistory(inner.connection)
        self.notices = SqlNotices(inner.connection, inner.database.clock)
        self.handovers = SqlHandovers(inner.connection)

    def moment(self) -> datetime:
        return self.inner.database.clock.now()

    def publish(self, event: Event) -> None:
        self.inner.publish(event)

    def wake_up(self, task: str, queue: str) -> None:
        self.inner.wake_up(task, queue)

    def commit(self) -> None:
        self.inner.commit()


class SqlAccountStore:
    """`services.intake.ports.AccountStore` on PostgreSQL. `secret` keys the hashes of what is limited."""

    def __init__(self, base: database.Database, secret: str, passwords: Passwords | None = None) -> None:
        self.database = base
        self.limits: Limits = SqlLimits(base, secret)
        self.passwords: Passwords = passwords or ArgonPasswords()

    @contextmanager
    def work(self) -> Iterator[SqlAccountWork]:
        with self.database.unit_of_work() as inner:
            yield SqlAccountWork(inner)

    def is_revoked(self, actor: Actor) -> bool:
        """Whether the actor's token is void: for intake's own guard, by one look at the account."""
        with self.database.glance() as connection:
            query = sa.select(account.c.active, account.c.tokens_void_before)
            row = connection.execute(query.where(account.c.id == uuid_of(actor.account))).one_or_none()
        if row is None or not row.active:
            return True
        before = row.tokens_void_before
        return before is not None and (actor.issued_at is None or actor.issued_at < before)


__all__ = ["metadata"]  # with every table: each store brings its own along


class SqlView:
    """The repositories over one connection."""

    def __init__(self, connection: Connection, frameworks: Frameworks, clock: Clock, now: datetime) -> None:
        self.now = now
        self.councils = SqlCouncils(connection)
        self.cycles = SqlCycles(connection, frameworks)
        self.assessments = SqlAssessments(connection)
        self.submissions = SqlSubmissions(connection)
        self.covenants = SqlCovenants(connection)
        self.questions = SqlQuestions(connection)
        self.people = SqlPeople(connection)
        self.adoption = SqlAdoption(connection)
        self.rounds = SqlRounds(connection)
        self.challenges = SqlChallenges(connection)
        self.meetings = SqlMeetings(connection)
        self.notices = SqlNotices(connection, clock)
        self.inboxes = SqlInboxes(connection, clock)
        self.reminders = SqlReminders(connection)
        self.retention = SqlRetention(connection)
        self.verified = SqlVerifiedResults(connection)
        self.history = SqlHistory(connection)


class SqlUnitOfWork(SqlView):
    """The repositories inside one transaction."""

    def __init__(self, inner: database.UnitOfWork, frameworks: Frameworks) -> None:
        super().__init__(inner.connection, frameworks, inner.database.clock, inner.now)
        self.inner = inner

    def publish(self, event: Event) -> None:
        self.inner.publish(event)

    def wake_up(self, task: str, queue: str) -> None:
        self.inner.wake_up(task, queue)

    def commit(self) -> None:
        self.inner.commit()


class SqlStore:
    """`services.intake.ports.Store` on PostgreSQL."""

    def __init__(self, base: database.Database) -> None:
        self.database = base
        self.frameworks = Frameworks()

    def unread(self, account: str) -> int:
        """How many of the account's notices are unread: one statement, for the frame of every page."""
        with self.database.glance() as connection:
            return SqlInboxes(connection, self.database.clock).unread(account)

    @contextmanager
    def unit_of_work(self) -> Iterator[SqlUnitOfWork]:
        with self.database.unit_of_work() as inner:
            yield SqlUnitOfWork(inner, self.frameworks)

    @contextmanager
    def view(self) -> Iterator[SqlView]:
        with self.database.reader() as connection:
            yield SqlView(connection, self.frameworks, self.database.clock, self.database.clock.now())
