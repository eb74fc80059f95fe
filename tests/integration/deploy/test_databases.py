"""Roles and databases on a real server: each role does its own work in its own database and nothing else."""

from collections.abc import Callable

import psycopg
import pytest

from deploy.databases import DATABASES, ROLES, create_databases, kept_passwords, plain_url, role_url
from deploy.embedded import EmbeddedPostgres
from deploy.feeds import renew_feed_identities
from tests.servers import Databases, TestDatabase


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    server = EmbeddedPostgres(tmp_path_factory.mktemp("databases") / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def passwords(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    path = tmp_path_factory.mktemp("secrets") / "databases.json"
    passwords = kept_passwords(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_passwords(path) == passwords
    create_databases(server.url, passwords)
    return passwords


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_connects_to_its_own_database_only(
    server: EmbeddedPostgres, passwords: dict[str, str], role: str, database: str
) -> None:
    url = role_url(server.url, role, passwords[role], database)
    if role in DATABASES[database].roles:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user::text").fetchone() == (role,)
    else:
        with pytest.raises(psycopg.OperationalError, match="does not have CONNECT privilege"):
            psycopg.connect(url)


def test_a_wrong_password_is_refused(server: EmbeddedPostgres, passwords: dict[str, str]) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(role_url(server.url, "intake", passwords["verify"], "intake"))


def test_running_again_changes_nothing_that_is_there(server: EmbeddedPostgres, passwords: dict[str, str]) -> None:
    owner = role_url(server.url, "verify_owner", passwords["verify_owner"], "verify")
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (7)")
    changed = {**passwords, "verify_owner": "another-password"}
    create_databases(server.url, changed)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(owner)
    create_databases(server.url, passwords)
    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_an_application_role_holds_only_what_is_granted(server: EmbeddedPostgres, passwords: dict[str, str]) -> None:
    owner = role_url(server.url, "intake_owner", passwords["intake_owner"], "intake")
    application = role_url(server.url, "intake", passwords["intake"], "intake")
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE seen (number integer)")
        connection.execute("CREATE TABLE unseen (number integer)")
        connection.execute("CREATE FUNCTION owners_only() RETURNS integer LANGUAGE sql RETURN 1")
        connection.execute("GRANT SELECT ON seen TO intake")
    refused = ("SELECT * FROM unseen", "INSERT INTO seen VALUES (1)", "CREATE TABLE mine ()", "SELECT owners_only()")
    with psycopg.connect(application, autocommit=True) as connection:
        assert connection.execute("SELECT * FROM seen").fetchall() == []
        for statement in refused:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_databases_sort_alike_everywhere(server: EmbeddedPostgres, passwords: dict[str, str]) -> None:
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database WHERE datname = 'ranking'"
        ).fetchall()
    assert rows == [("UTF8", "b", "C.UTF-8")]


def test_plain_url_drops_the_driver_name() -> None:
    assert plain_url("postgresql+psycopg://a:b%40c@h:1/d") == "postgresql://a:b%40c@h:1/d"


def test_a_test_database_is_fresh_and_has_both_roles(
    make_database: Callable[..., TestDatabase], databases: Databases
) -> None:
    first, second = make_database(), make_database()
    assert first.name != second.name
    with psycopg.connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE feed_identity (feed uuid NOT NULL)")
        connection.execute("INSERT INTO feed_identity VALUES ('00000000-0000-0000-0000-000000000000')")
    assert renew_feed_identities(first.owner_url) == 1
    with psycopg.connect(first.admin_url) as connection:
        (feed,) = connection.execute("SELECT feed FROM feed_identity").fetchone()
    assert feed.int != 0
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT to_regclass('feed_identity')").fetchone() == (None,)
