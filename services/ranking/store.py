"""The ports of `services.ranking.ports` on one database connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from services.ranking.council.store import SqlTallies
from services.ranking.editions.store import SqlEditionRecords
from services.ranking.people.store import SqlSignIns
from services.ranking.scoring.store import SqlScoringRecords
from shared.plumbing import database as plumbing


class SqlView:
    """`services.ranking.ports.View`."""

    def __init__(self, connection: Connection) -> None:
        self.scoring = SqlScoringRecords(connection)
        self.editions = SqlEditionRecords(connection)
        self.tallies = SqlTallies(connection)


class SqlUnitOfWork(SqlView):
    """`services.ranking.ports.UnitOfWork` in a transaction that somebody else opened."""

    def __init__(self, transaction: plumbing.UnitOfWork) -> None:
        super().__init__(transaction.connection)
        self.sign_ins = SqlSignIns(transaction.connection)
        self.now = transaction.now
        self.publish = transaction.publish
        self.commit = transaction.commit


class SqlStore:
    """`services.ranking.ports.Store` on scoring's database role."""

    def __init__(self, database: plumbing.Database) -> None:
        self.database = database

    @contextmanager
    def view(self) -> Iterator[SqlView]:
        """A read-only transaction."""
        with self.database.reader() as connection:
            yield SqlView(connection)

    @contextmanager
    def unit_of_work(self) -> Iterator[SqlUnitOfWork]:
        """A transaction that rolls back unless `commit` is called."""
        with self.database.unit_of_work() as transaction:
            yield SqlUnitOfWork(transaction)
