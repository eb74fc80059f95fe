"""Tables of accounts and sign-in, beside intake's others.

The application role may: account SELECT, INSERT, UPDATE; browser_session and sign_in_limit also DELETE; client_key
SELECT, INSERT, UPDATE; handover SELECT, INSERT, UPDATE (done_at). Who changed an account when stands in `history`
(subject `account:ID`).
"""

import sqlalchemy as sa

from services.intake.tables import MOMENT, metadata

# An office that passes from one account to another; carried out on its day.
handover = sa.Table(
    "handover",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("council", sa.Text, nullable=False),
    sa.Column("from_account", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("to_account", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("done_at", MOMENT),
    sa.CheckConstraint("from_account <> to_account", name="to_account"),
    sa.CheckConstraint("document_number <> ''", name="document_number"),
)
browser_session = sa.Table(
    "browser_session",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
    # Of the secret in the browser's cookie; a stolen table opens nothing.
    sa.Column("secret_sha256", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("expires_at", MOMENT, nullable=False),
    sa.Column("revoked_at", MOMENT),
    sa.Index("ix_browser_session_account_id", "account_id"),
)
client_key = sa.Table(
    "client_key",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("secret_sha256", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("expires_at", MOMENT, nullable=False),
    sa.Column("revoked_at", MOMENT),
    sa.Index("ix_client_key_account_id", "account_id"),
)


# How many failures weigh on a name or an address: a bucket that leaks (accounts/rules.py). The key is a keyed hash,
# because people type passwords into the wrong field.
sign_in_limit = sa.Table(
    "sign_in_limit",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("level", sa.Double, nullable=False),
    sa.Column("updated_at", MOMENT, nullable=False),
)
