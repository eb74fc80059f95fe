"""A database that holds nothing but the plumbing's own tables."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from shared.plumbing.database import Database, metadata_for
from shared.plumbing.feed_reader import reader_tables
from shared.plumbing.outbox import outbox_tables
from shared.plumbing.work import work_tables
from tests.servers import TestDatabase


@pytest.fixture
def plumbing_database(make_database: Callable[..., TestDatabase]) -> Iterator[Callable[..., Database]]:
    """`plumbing_database(clock=…)`: a fresh database with outbox, cursors, work and a table `note` to write to."""
    opened: list[Database] = []

    def make(**options: object) -> Database:
        made = make_database()
        metadata = metadata_for()
        outbox_tables(metadata)
        reader_tables(metadata)
        work_tables(metadata)
        sa.Table("note", metadata, sa.Column("text", sa.Text, primary_key=True))
        owner = Database(made.owner_url)
        with owner.engine.begin() as connection:
            metadata.create_all(connection)
            connection.execute(sa.text("INSERT INTO feed_identity DEFAULT VALUES"))
            connection.execute(sa.text("GRANT ALL ON ALL TABLES IN SCHEMA public TO plumbing"))
            connection.execute(sa.text("GRANT USAGE ON SCHEMA public TO plumbing"))
        owner.close()
        opened.append(Database(made.url, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for database in opened:
        database.close()
