"""Ended sign-ins in the database."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.ranking.people.tables import revoked_session
from shared.people import Actor
from shared.plumbing.database import Database


class SqlSignIns:
    """`services.ranking.people.ports.SignIns` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def end(self, account: str, before: datetime) -> None:
        insert = postgresql.insert(revoked_session).values(account=account, before=before)
        self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["account"],
                set_={"before": sa.func.greatest(revoked_session.c.before, insert.excluded.before)},
            )
        )


class Revocations:
    """Asks the database whether an actor's token was withdrawn."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def is_revoked(self, actor: Actor) -> bool:
        """Whether the actor's sign-in was ended after the token was signed."""
        with self.database.glance() as connection:
            before: datetime | None = connection.execute(
                sa.select(revoked_session.c.before).where(revoked_session.c.account == actor.account)
            ).scalar_one_or_none()
        return before is not None and (actor.issued_at is None or actor.issued_at < before)
