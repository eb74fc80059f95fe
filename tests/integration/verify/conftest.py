"""Verify on PostgreSQL, with an intake that speaks to it: one database and one application for the session."""

import copy
from collections.abc import Callable, Iterator

import pytest

from services.verify.intake_feed import intake_reader
from services.verify.store import SqlStore
from shared.clock import Clock, SystemClock
from shared.plumbing.database import Database
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import Town
from tests.integration.verify.rounds import Round
from tests.kept import KeptDatabase
from tests.servers import Databases, TestDatabase

READY = "a round that is ready to be reviewed"


class WakeUps:
    """Remembers which workers were woken."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def wake_up(self, task: str, queue: str) -> None:
        self.sent.append((task, queue))


@pytest.fixture
def wake_ups() -> WakeUps:
    return WakeUps()


@pytest.fixture(scope="session")
def fresh(databases: Databases) -> Iterator[TestDatabase]:
    """A database of verify's own at the newest migration."""
    made = databases.make("verify")
    yield made
    databases.drop(made)


@pytest.fixture(scope="session")
def kept(fresh: TestDatabase) -> Iterator[KeptDatabase]:
    """The same, to be put back between tests."""
    kept = KeptDatabase(fresh)
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def one_town(fresh: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Verify's application on it, with keys that sign real tokens."""
    database = Database(fresh.url)
    yield Town(tmp_path_factory.mktemp("town"), database)
    database.close()


@pytest.fixture
def clock() -> Clock:
    """The time of day; a module may have its own."""
    return SystemClock()


@pytest.fixture
def database(kept: KeptDatabase, one_town: Town, wake_ups: WakeUps, clock: Clock) -> Database:
    """Verify's database as its processes see it, without a single row."""
    kept.empty()
    one_town.database.waker, one_town.database.clock = wake_ups, clock
    return one_town.database


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database)


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def drain(database: Database, intake: Intake) -> Callable[[], int]:
    """Reads all that intake says."""
    reader = intake_reader(intake)
    return lambda: reader.drain(database)


@pytest.fixture
def town(one_town: Town, database: Database) -> Town:
    """Verify's application on that database."""
    assert one_town.database is database
    return one_town


@pytest.fixture
def review_round(
    kept: KeptDatabase, database: Database, intake: Intake, drain: Callable[[], int], town: Town, wake_ups: WakeUps
) -> Round:
    """A round that is ready to be reviewed: played once, put back for every other test."""
    made = Round(database, intake, drain, town)
    if kept.keeps(READY):
        intake.feed, events, sent = kept.put_back(READY)
        intake.events[:], wake_ups.sent[:] = copy.deepcopy(events), sent
    else:
        made.ready()
        kept.keep(READY, (intake.feed, copy.deepcopy(intake.events), list(wake_ups.sent)))
    return made


@pytest.fixture(scope="session")
def shown_round(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """A round that is ready to be reviewed, for tests that only look at it."""
    made, intake = databases.make("verify"), Intake()
    database = Database(made.url)
    reader = intake_reader(intake)
    shown = Round(database, intake, lambda: reader.drain(database), Town(tmp_path_factory.mktemp("town"), database))
    shown.ready()
    yield shown
    database.close()
    databases.drop(made)
