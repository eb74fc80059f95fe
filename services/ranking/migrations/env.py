"""Runs ranking's migrations as the owner of its database (MIGRATION_DATABASE_URL), one at a time."""

import os

import sqlalchemy as sa
from alembic import context

VERSIONS = "scoring"  # the schema of alembic's own table
LOCK = 0x52616E6B_696E67  # "Ranking": two migrations of one database take turns


def run() -> None:
    """Upgrade in one transaction."""
    url = sa.make_url(os.environ["MIGRATION_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {VERSIONS}"))
        context.configure(connection=connection, version_table_schema=VERSIONS)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
