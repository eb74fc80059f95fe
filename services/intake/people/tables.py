"""Tables of accounts, which other tables name, and of history.

The application role may: account SELECT, INSERT, UPDATE; history SELECT, INSERT.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import MOMENT, metadata, number

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    # Given out by an administrator: it opens the account only to choose another one.
    sa.Column("password_once", sa.Boolean, nullable=False, server_default="false"),
    # Lists of claims as tokens carry them (shared.people).
    sa.Column("home_units", JSONB, nullable=False),
    sa.Column("grants", JSONB, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    # Tokens issued before this moment are void; every change of it grows the number of revocations.
    sa.Column("tokens_void_before", MOMENT),
    sa.Column("revocations", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.CheckConstraint("login = lower(login) AND login <> ''", name="login"),
    sa.CheckConstraint("language IN ('vi', 'en')", name="language"),
    sa.Index("ix_account_grants", "grants", postgresql_using="gin"),
)
history = sa.Table(
    "history",
    metadata,
    number(),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", JSONB, nullable=False),
    sa.Index("ix_history_subject_id", "subject", "id"),
)
