"""One throw-away suite for all tests that leave it running."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.integration.deploy.throwaway_suite import ThrowawaySuite, administrator_url


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowawaySuite]:
    """One suite for all tests that leave it running."""
    suite = ThrowawaySuite(tmp_path_factory.mktemp("suite") / "state")
    suite.start()
    with psycopg.connect(administrator_url(suite)) as connection:
        connection.execute("SET ROLE intake_owner")
        connection.execute("CREATE TABLE kept (number integer GENERATED ALWAYS AS IDENTITY)")
        connection.execute("GRANT ALL ON kept TO intake")
    yield suite
    suite.end()
