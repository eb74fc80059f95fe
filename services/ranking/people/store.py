"""Which sign-ins were ended: the one table both rooms read, in schema `public`, for it is about people, not points.

Scoring's worker fills it from intake's feed; voting may only read it.
"""

from datetime import datetime

import sqlalchemy as sa
from marshmallow import EXCLUDE
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from shared.contracts.events import Event
from shared.contracts.intake_v1 import SessionsRevoked
from shared.people import Actor
from shared.plumbing.database import Database, UnitOfWork, metadata_for

metadata = metadata_for(None)

revoked_session = Table(
    "revoked_session",
    metadata,
    Column("account", sa.Text, primary_key=True),
    Column("before", sa.DateTime(timezone=True), nullable=False),
)


def record_revocation(uow: UnitOfWork, event: Event) -> None:
    """`sessions_revoked`: tokens of the account issued before the moment are void; the moment only moves on."""
    data = SessionsRevoked(unknown=EXCLUDE).load(dict(event.data))
    insert = postgresql.insert(revoked_session).values(account=data["account"], before=data["before"])
    uow.connection.execute(
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
