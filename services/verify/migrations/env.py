"""Runs verify's migrations as the owner of its database (MIGRATION_DATABASE_URL), one at a time."""

import os

import sqlalchemy as sa
from alembic import context

from services.verify import store  # noqa: F401 - loads every subject's tables
from services.verify.tables import metadata

LOCK = 0x566572_696679  # "Verify": two migrations of one database take turns


def run() -> None:
    """Upgrade in one transaction."""
    url = sa.make_url(os.environ["MIGRATION_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
