"""The migrated database is what the tables say, and each role sees exactly one thing of the other schema."""

from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.ranking.editions import tables as scoring
from services.ranking.people import tables as people
from services.ranking.voting import tables as voting
from shared.plumbing.database import Database
from tests.servers import TestDatabase

MakeDatabase = Callable[[str], TestDatabase]
SCORING_TABLES = sorted(table.name for table in scoring.metadata.sorted_tables)
VOTING_TABLES = sorted(table.name for table in voting.metadata.sorted_tables)


@pytest.mark.parametrize(
    "metadata", [scoring.metadata, voting.metadata, people.metadata], ids=["scoring", "voting", "public"]
)
def test_migrations_make_what_the_tables_say(make_database: MakeDatabase, metadata: sa.MetaData) -> None:
    database = Database(make_database("ranking").owner_url)
    with database.engine.connect() as connection:
        schema = metadata.schema
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _parents: kind != "schema" or name == schema,
                "include_object": lambda _thing, name, kind, *_: kind != "table" or name != "alembic_version",
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def attempt(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def roles(databases: object) -> object:
    made = databases.make("ranking")  # type: ignore[attr-defined]
    yield made.urls
    databases.drop(made)  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", SCORING_TABLES)
@pytest.mark.parametrize(
    "verb", ["SELECT count(*) FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}"]
)
def test_voting_reaches_no_table_of_scoring(roles: dict[str, str], table: str, verb: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(roles["ranking_voting"], verb.format(f"scoring.{table}"))


@pytest.mark.parametrize("table", VOTING_TABLES)
@pytest.mark.parametrize(
    "verb", ["SELECT count(*) FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}"]
)
def test_scoring_reaches_no_table_of_voting_but_the_announced_tally(
    roles: dict[str, str], table: str, verb: str
) -> None:
    if table == "announced_tally" and verb.startswith("SELECT"):
        attempt(roles["ranking_scoring"], verb.format("voting.announced_tally"))
        return
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(roles["ranking_scoring"], verb.format(f"voting.{table}"))


def test_voting_reads_the_snapshot_and_cannot_write_through_it(roles: dict[str, str]) -> None:
    attempt(roles["ranking_voting"], "SELECT count(*) FROM scoring.frozen_snapshot")
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)):
        attempt(roles["ranking_voting"], "DELETE FROM scoring.frozen_snapshot")


def test_the_snapshot_shows_no_score(roles: dict[str, str]) -> None:
    with psycopg.connect(roles["ranking_voting"]) as connection:
        columns = {
            row[0]
            for row in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'scoring.frozen_snapshot'::regclass AND attnum > 0"
            )
        }
    assert columns == {column.name for column in voting.frozen_snapshot.columns}
    assert not columns & {"points", "total", "rank", "value", "document"}


@pytest.mark.parametrize(
    ("role", "table"),
    [
        ("ranking_scoring", f"scoring.{name}")
        for name in (
            "framework",
            "score_sheet",
            "frozen_unit",
            "frozen_score",
            "edition",
            "publication",
            "outbox_event",
        )
    ]
    + [("ranking_voting", f"voting.{name}") for name in ("ballot", "receipt", "announced_tally")],
)
def test_history_is_append_only(roles: dict[str, str], role: str, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            attempt(roles[role], statement)
    with psycopg.connect(roles[role]) as connection:
        columns = [
            row[0]
            for row in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table]
            )
        ]
    for column in columns:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            attempt(roles[role], f"UPDATE {table} SET {column} = DEFAULT")


@pytest.mark.parametrize("role", ["ranking_scoring", "ranking_voting"])
def test_roles_cannot_change_what_they_are(roles: dict[str, str], role: str) -> None:
    for statement in (
        "GRANT ranking_owner TO CURRENT_USER",
        "SET ROLE ranking_owner",
        "CREATE TABLE scoring.mine (a int)",
        "CREATE TABLE voting.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "ALTER TABLE voting.ballot ADD COLUMN at timestamptz",
        "GRANT SELECT ON voting.sealed_ballot TO ranking_scoring",
    ):
        if statement.startswith("GRANT SELECT") and role == "ranking_voting":
            continue  # PostgreSQL answers a grant without grant option with a warning and grants nothing
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            attempt(roles[role], statement)
