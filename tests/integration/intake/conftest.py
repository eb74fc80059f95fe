"""Intake on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.intake.adapters.evidence_files import EvidenceFolder
from services.intake.adapters.store import SqlIntake
from shared.contracts.events import Event
from shared.plumbing.clock import FrozenClock
from shared.plumbing.database import Database
from shared.plumbing.outbox import read_after
from tests.integration.intake.web import Web, make_web
from tests.servers import TestDatabase


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 3, tzinfo=UTC))


@pytest.fixture
def fresh(make_database: Callable[[str], TestDatabase]) -> TestDatabase:
    """An empty database at the newest migration."""
    return make_database("intake")


@pytest.fixture
def database(fresh: TestDatabase, clock: FrozenClock) -> Iterator[Database]:
    opened = Database(fresh.url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def intake(database: Database) -> SqlIntake:
    return SqlIntake(database)


@pytest.fixture
def feed(database: Database) -> Callable[[], list[Event]]:
    def read() -> list[Event]:
        with database.reader() as connection:
            return [Event(**entry) for entry in read_after(connection, 0, 500)["events"]]

    return read


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


@pytest.fixture
def web(fresh: TestDatabase, database: Database, tmp_path: Path) -> Web:
    """The web application on the same database as `intake`."""
    return make_web(tmp_path / "web", fresh.url, database)
