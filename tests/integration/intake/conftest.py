"""Intake on PostgreSQL: one database and one application for the session, emptied before each test."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.intake.accounts.model import Account
from services.intake.accounts.store.accounts import SqlAccounts
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.store import SqlStore
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.people import Actor
from shared.plumbing.database import Database
from shared.plumbing.outbox import read_after
from tests.builders.intake import department
from tests.integration.intake.web import Web, make_web
from tests.kept import KeptDatabase
from tests.servers import Databases, TestDatabase

START = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture(scope="session")
def fresh(databases: Databases) -> Iterator[TestDatabase]:
    """A database of intake's own at the newest migration."""
    made = databases.make("intake")
    yield made
    databases.drop(made)


@pytest.fixture(scope="session")
def kept(fresh: TestDatabase) -> Iterator[KeptDatabase]:
    """The same, to be put back between tests."""
    kept = KeptDatabase(fresh)
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def one_clock() -> FrozenClock:
    """The clock of everything here; each test finds it at the same moment."""
    return FrozenClock(START)


@pytest.fixture(scope="session")
def opened(fresh: TestDatabase, one_clock: FrozenClock) -> Iterator[Database]:
    """The database under the application's own role."""
    opened = Database(fresh.url, clock=one_clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def one_web(fresh: TestDatabase, opened: Database, tmp_path_factory: pytest.TempPathFactory) -> Web:
    """The web application on it."""
    return make_web(tmp_path_factory.mktemp("intake-web"), fresh.url, opened)


@pytest.fixture
def clock(one_clock: FrozenClock) -> FrozenClock:
    one_clock.moment = START
    return one_clock


@pytest.fixture
def database(kept: KeptDatabase, opened: Database, clock: FrozenClock) -> Database:
    """The database without a single row."""
    kept.empty()
    return opened


@pytest.fixture
def intake(database: Database) -> SqlStore:
    return SqlStore(database)


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
def web(one_web: Web, database: Database) -> Web:
    """The application, with no rows and no evidence."""
    shutil.rmtree(one_web.folder / "evidence", ignore_errors=True)
    return one_web


@pytest.fixture
def hire(database: Database) -> Callable[[Actor], Actor]:
    """Gives a person an account, so that notices reach them."""

    def make(actor: Actor) -> Actor:
        hired = replace(actor, account=str(uuid.uuid5(uuid.NAMESPACE_URL, actor.account)))
        _open_account(database, hired, actor.account)
        return hired

    return make


@pytest.fixture
def employ(database: Database) -> Callable[..., Actor]:
    """Gives a unit a contributor to whom items can be assigned."""

    def make(name: str, unit: str = "HN") -> Actor:
        actor = department(name, unit)
        _open_account(database, actor, f"dept-{actor.account}")
        return actor

    return make


def _open_account(database: Database, actor: Actor, login: str) -> None:
    with database.unit_of_work() as uow:
        account = Account(
            id=actor.account,
            login=login,
            name=actor.name,
            language="vi",
            home_units=actor.home_units,
            grants=actor.grants,
            active=True,
            created_at=uow.now,
        )
        SqlAccounts(uow.connection).add_account(account, "no password opens this")
        uow.commit()
