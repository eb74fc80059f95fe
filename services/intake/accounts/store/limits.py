"""Attempts to sign in, counted in rows."""

import hmac
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.intake.accounts.model import Limit
from services.intake.accounts.tables import sign_in_limit
from shared.plumbing import database

_FORGET_LIMITS = timedelta(days=1)


class SqlLimits:
    """Leaking buckets in rows; the row's lock makes simultaneous attempts count one after the other."""

    def __init__(self, base: database.Database, secret: str) -> None:
        self._database = base
        self._secret = hmac.digest(secret.encode(), b"sign-in limits", "sha256")

    def take(self, limits: Sequence[tuple[str, Limit]]) -> timedelta:
        """Add one attempt to each key, unless one is full: then how long to wait, and nothing is added."""
        with self._database.engine.connect() as connection:
            # Not the unit of work's clock: the moment counts at which the locks are ours.
            levels = [(key, limit, self._lock(connection, key, limit)) for key, limit in self._sorted(limits)]
            wait = max((limit.wait(level) for _, limit, level in levels), default=timedelta())
            if wait:
                return wait
            for key, _, level in levels:
                self._write(connection, key, level + 1)
            self._forget(connection)
            connection.commit()
        return timedelta()

    def give_back(self, limits: Sequence[tuple[str, Limit]]) -> None:
        """Take one attempt out of each key again."""
        with self._database.engine.connect() as connection:
            for key, limit in self._sorted(limits):
                self._write(connection, key, max(0.0, self._lock(connection, key, limit) - 1))
            connection.commit()

    def _forget(self, connection: Connection) -> None:
        """Drop rows that have long leaked empty, without waiting for anybody who holds one."""
        table = sign_in_limit
        stale = sa.select(table.c.key).where(table.c.updated_at < self._database.clock.now() - _FORGET_LIMITS)
        empty = stale.limit(100).with_for_update(skip_locked=True)
        connection.execute(sa.delete(table).where(table.c.key.in_(empty)))

    def _sorted(self, limits: Sequence[tuple[str, Limit]]) -> list[tuple[str, Limit]]:
        """Under their hashed keys, in one order, so that two attempts never wait for each other crosswise."""
        hashed = [
            (hmac.digest(self._secret, key.encode("utf-8", "surrogatepass"), "sha256").hex(), limit)
            for key, limit in limits
        ]
        return sorted(hashed, key=lambda pair: pair[0])

    def _lock(self, connection: Connection, key: str, limit: Limit) -> float:
        """The level now, with the row held until the transaction ends."""
        table = sign_in_limit
        added = insert(table).values(key=key, level=0.0, updated_at=self._database.clock.now())
        # An update that changes nothing: it locks the row that is there, and there is one in any case.
        held = added.on_conflict_do_update(index_elements=["key"], set_={"key": added.excluded.key})
        row = connection.execute(held.returning(table.c.level, table.c.updated_at)).one()
        return limit.level(row.level, row.updated_at, self._database.clock.now())

    def _write(self, connection: Connection, key: str, level: float) -> None:
        table = sign_in_limit
        connection.execute(
            sa.update(table).where(table.c.key == key).values(level=level, updated_at=self._database.clock.now())
        )
