"""Fixtures of the whole tree: real servers, what a machine may lack, and the closing line on what did not run."""

import os

# As in production, where two processes share two cores: threads that spin double the processor time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import needs, sizes
from tests.played import PlayedSuite
from tests.servers import Databases, RedisDatabases, TestDatabase, has_server_binaries, start_postgres, start_redis
from tests.suite import Suite

STARTED: list[Suite] = []  # the running suite, while it runs
UNIT = Path(__file__).parent / "unit"
# Tests of the running suite wait for many processes, which a busy machine makes slow.
WITH_SUITE = (Path(__file__).parent / "e2e", Path(__file__).parent / "contract")
# Folders whose modules share something that takes a while to start.
TOGETHER = (("tests/contract/", "tests/e2e/"), ("tests/integration/deploy/",))
LONG = (
    *(folder for folders in TOGETHER for folder in folders),
    "tests/architecture/test_tools",
    "tests/integration/verify/test_worker",
    "tests/integration/intake/test_behaviour",
    "tests/integration/intake/test_cluster_round_browser",
    "tests/integration/ranking/test_ballots_never_touch_scores",
    "tests/unit/verify/test_signals",
    "tests/integration/",
)
SERVER_FIXTURES = {
    "postgres_url",
    "redis_server_url",
    "databases",
    "make_database",
    "redis_url",
    "make_redis_url",
    "running_suite",
    "played",
}

hypothesis.settings.load_profile(sizes.PROFILE)


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Where this session's servers keep their data; gone with it."""
    with tempfile.TemporaryDirectory(prefix="congtam-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_url(servers_folder: Path) -> Iterator[str]:
    """An administrator's URL of this session's PostgreSQL server."""
    server = start_postgres(servers_folder / "postgres")
    yield server.url if server else os.environ["TEST_DATABASE_URL"]
    if server:
        server.stop()


@pytest.fixture(scope="session")
def redis_server_url(servers_folder: Path) -> Iterator[str]:
    """The URL of this session's Redis server, database 0."""
    server = start_redis(servers_folder / "redis")
    yield server.url if server else os.environ["TEST_REDIS_URL"]
    if server:
        server.stop()


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    """Makes databases; for fixtures that live longer than one test (`databases.make("intake")`, `.drop(made)`)."""
    made = Databases(postgres_url)
    yield made
    made.close()


@pytest.fixture
def make_database(databases: Databases) -> Iterator[Callable[[str | None], TestDatabase]]:
    """`make_database("intake")`: a fresh database migrated by intake; dropped after the test."""
    made: list[TestDatabase] = []

    def make(service: str | None = None) -> TestDatabase:
        made.append(databases.make(service))
        return made[-1]

    yield make
    for database in made:
        databases.drop(database)


@pytest.fixture(scope="session")
def _redis_databases(redis_server_url: str) -> RedisDatabases:
    return RedisDatabases(redis_server_url)


@pytest.fixture(scope="session")
def make_redis_url(_redis_databases: RedisDatabases) -> Callable[[], str]:
    """`make_redis_url()`: the URL of an empty Redis database; for fixtures that live longer than one test."""
    return _redis_databases.make


@pytest.fixture
def redis_url(_redis_databases: RedisDatabases) -> str:
    """An empty Redis database."""
    return _redis_databases.make()


@pytest.fixture(scope="session")
def running_suite(servers_folder: Path) -> Iterator[Suite]:
    """The whole suite, all processes, once for the session. Tests may kill processes: they come back."""
    if not has_server_binaries():
        pytest.skip(
            "no whole suite: PostgreSQL's or Redis' binaries are missing; run `make setup` and see its last line"
        )
    suite = Suite(servers_folder / "suite")
    suite.start()
    STARTED.append(suite)
    yield suite
    stop_suite()


def stop_suite() -> None:
    """Stop it when nobody needs it any more: ten processes that wait cost the other tests their time."""
    while STARTED:
        STARTED.pop().stop()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The tests of the running suite come one after the other; the last of them ends it."""
    if nextitem is not None and not set(WITH_SUITE) & set(nextitem.path.parents):
        stop_suite()


@pytest.fixture(scope="session")
def played(running_suite: Suite) -> PlayedSuite:
    """The running suite after the real demo cycle; played once a session."""
    return PlayedSuite(running_suite)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Chromium's path (tests/needs.py says what happens without one)."""
    return needs.browser_path()


@pytest.fixture(scope="session")
def data_folder() -> Callable[[str], Path]:
    """`data_folder("ihr-2018")`: real data beside the checkout."""
    return needs.data_folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit tests reach no network and no server; those of the running suite may take ten minutes."""
    for item in items:
        if set(WITH_SUITE) & set(item.path.parents) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))
        if UNIT in item.path.parents:
            item.add_marker(pytest.mark.disable_socket)
            servers = SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ()))
            if servers:
                raise pytest.UsageError(f"{item.nodeid}: a unit test asks for {', '.join(sorted(servers))}.")
    # What takes longest comes first, so that no process has a long module left when the others are done.
    items.sort(key=lambda item: next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)), 99))


class Companies(LoadScopeScheduling):
    """Of several processes one gets all tests of the running suite (`played`), and one those of the throw-away suite;
    the others go module by module, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return next((folders[0] for folders in TOGETHER if module.startswith(folders)), module)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How `make test` deals tests out to its processes."""
    config.option.loadscopereorder = False  # by number of tests it would be; ours are sorted by how long they take
    return Companies(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """After pytest's own last line, so that nobody overlooks it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        for line in needs.not_run(reporter.stats.get("skipped", [])):
            reporter.write_line(line)
