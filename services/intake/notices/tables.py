"""Tables of notices, their recipients and mail settings."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import MOMENT, metadata
from shared.plumbing.work import work_tables

work_tables(metadata)
notice = sa.Table(
    "notice",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("council", sa.Text, nullable=False),
    sa.Column("cycle", sa.Text),
    sa.Column("unit", sa.Text),
    # {"said": text}, or a sentence {"text": template, "params": {…}}; empty: none.
    sa.Column("detail", JSONB, nullable=False),
    # What may be announced only once has a key of its own; the others get a random one.
    sa.Column("once", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.UniqueConstraint("kind", "once"),
)
notice_recipient = sa.Table(
    "notice_recipient",
    metadata,
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("notice_id", sa.BigInteger, sa.ForeignKey("notice.id"), primary_key=True),
    sa.Column("read_at", MOMENT),
    # From when on a mail may name it; emptied when a mail takes it up, or when it was read before.
    sa.Column("mail_due_at", MOMENT),
    sa.Index("ix_notice_recipient_notice_id", "notice_id"),
    sa.Index("ix_notice_recipient_unread", "account_id", postgresql_where=sa.text("read_at IS NULL")),
    sa.Index("ix_notice_recipient_mail_due_at", "mail_due_at", postgresql_where=sa.text("mail_due_at IS NOT NULL")),
)
mail_setting = sa.Table(
    "mail_setting",
    metadata,
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("changed_at", MOMENT, nullable=False),
    # When a mail was last put together for this account.
    sa.Column("gathered_at", MOMENT),
    sa.CheckConstraint("mode IN ('at_once', 'daily', 'none')", name="mode"),
    sa.CheckConstraint("address <> '' OR mode = 'none'", name="address"),
)
