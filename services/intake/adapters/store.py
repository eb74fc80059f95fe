"""The door to intake's database: units of work for changes, views for reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from services.intake.adapters.accounts import SqlPeople
from services.intake.adapters.adoption_repository import SqlAdoption
from services.intake.adapters.assessment_repository import SqlAssessments, SqlHistory, SqlSubmissions
from services.intake.adapters.covenant_repository import SqlCovenants
from services.intake.adapters.cycle_repository import Frameworks, SqlCycles
from services.intake.adapters.directory_repository import SqlCouncils
from services.intake.adapters.explanation_repository import SqlExplanations
from services.intake.adapters.keeping_repository import SqlKeepings
from services.intake.adapters.notices import SqlInboxes, SqlNotices, SqlReminders
from services.intake.adapters.round_repository import SqlChallenges, SqlMeetings, SqlRounds
from services.intake.adapters.verified_repository import SqlVerifiedResults
from shared.clock import Clock
from shared.contracts.events import Event
from shared.plumbing import database


class SqlView:
    """The repositories over one connection."""

    def __init__(self, connection: Connection, frameworks: Frameworks, clock: Clock, now: datetime) -> None:
        self.now = now
        self.councils = SqlCouncils(connection)
        self.cycles = SqlCycles(connection, frameworks)
        self.assessments = SqlAssessments(connection)
        self.submissions = SqlSubmissions(connection)
        self.covenants = SqlCovenants(connection)
        self.explanations = SqlExplanations(connection)
        self.people = SqlPeople(connection)
        self.adoption = SqlAdoption(connection)
        self.rounds = SqlRounds(connection)
        self.challenges = SqlChallenges(connection)
        self.meetings = SqlMeetings(connection)
        self.notices = SqlNotices(connection, clock)
        self.inboxes = SqlInboxes(connection, clock)
        self.reminders = SqlReminders(connection)
        self.keepings = SqlKeepings(connection)
        self.verified = SqlVerifiedResults(connection)
        self.history = SqlHistory(connection)


class SqlUnitOfWork(SqlView):
    """The repositories inside one transaction."""

    def __init__(self, inner: database.UnitOfWork, frameworks: Frameworks) -> None:
        super().__init__(inner.connection, frameworks, inner.database.clock, inner.now)
        self.inner = inner

    def publish(self, event: Event) -> None:
        self.inner.publish(event)

    def ring(self, task: str, queue: str) -> None:
        self.inner.ring(task, queue)

    def commit(self) -> None:
        self.inner.commit()


class SqlIntake:
    """`services.intake.ports.Intake` on PostgreSQL."""

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
