"""Runs intake's migrations as the owner of its database, whose URL is in MIGRATION_DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from services.intake.store import metadata

url = os.environ["MIGRATION_DATABASE_URL"]
for prefix in ("postgresql://", "postgres://"):
    if url.startswith(prefix):
        url = "postgresql+psycopg://" + url.removeprefix(prefix)
engine = create_engine(url, poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
