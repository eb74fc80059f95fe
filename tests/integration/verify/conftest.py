"""A verify database with an intake that speaks to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.verify.intake_feed import intake_reader
from services.verify.store import SqlStore
from shared.plumbing.database import Database
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import Town
from tests.integration.verify.rounds import Round
from tests.servers import Databases


class Bells:
    """Remembers which bells were rung."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []

    def ring(self, task: str, queue: str) -> None:
        self.rung.append((task, queue))


@pytest.fixture
def bells() -> Bells:
    return Bells()


@pytest.fixture
def database(make_database: Callable[..., Any], bells: Bells) -> Iterator[Database]:
    """Verify's database as its processes see it."""
    made = Database(make_database("verify").url, doorbell=bells)
    yield made
    made.close()


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
def town(tmp_path: Path, database: Database) -> Town:
    """Verify's application, with keys that sign real tokens."""
    return Town(tmp_path, database)


@pytest.fixture
def review_round(database: Database, intake: Intake, drain: Callable[[], int], town: Town) -> Round:
    """A round that is ready to be reviewed."""
    made = Round(database, intake, drain, town)
    made.ready()
    return made


@pytest.fixture(scope="module")
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
