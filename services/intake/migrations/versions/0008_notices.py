"""Notices for people, the mail that tells of them, and the days on which a cycle reminds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPLICATION = "intake"
RIGHTS = {
    "notice": "SELECT, INSERT",
    "notice_recipient": "SELECT, INSERT, UPDATE",
    "mail_setting": "SELECT, INSERT, UPDATE",
    "cycle_reminder": "SELECT, INSERT, UPDATE",
    "work": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    _notices()
    _mail()
    op.create_table(
        "cycle_reminder",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("covenant_due_on", sa.Date(), nullable=True),
        sa.Column("comments_due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_reminder_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("cycle_id", name="pk_cycle_reminder"),
    )
    _work()
    # Whom a notice reaches is asked by role and unit.
    op.create_index("ix_account_grants", "account", ["grants"], unique=False, postgresql_using="gin")
    for name, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {name} TO {APPLICATION}")


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("kind", "once", name="uq_notice_kind_once"),
    )
    op.create_table(
        "notice_recipient",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notice_recipient_account_id_account"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_recipient_notice_id_notice"),
        sa.PrimaryKeyConstraint("account_id", "notice_id", name="pk_notice_recipient"),
    )
    op.create_index("ix_notice_recipient_notice_id", "notice_recipient", ["notice_id"], unique=False)
    op.create_index(
        "ix_notice_recipient_unread",
        "notice_recipient",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_notice_recipient_mail_due_at",
        "notice_recipient",
        ["mail_due_at"],
        unique=False,
        postgresql_where=sa.text("mail_due_at IS NOT NULL"),
    )


def _mail() -> None:
    op.create_table(
        "mail_setting",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('at_once', 'daily', 'none')", name="ck_mail_setting_mode"),
        sa.CheckConstraint("address <> '' OR mode = 'none'", name="ck_mail_setting_address"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_mail_setting_account_id_account"),
        sa.PrimaryKeyConstraint("account_id", name="pk_mail_setting"),
    )


def _work() -> None:
    op.create_table(
        "work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name="ck_work_lease"),
        sa.CheckConstraint("state IN ('queued', 'claimed', 'done', 'discarded', 'failed')", name="ck_work_state"),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
        sa.UniqueConstraint("kind", "key", name="uq_work_kind_key"),
    )
    op.create_index(
        "ix_work_open",
        "work",
        ["kind", "created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'claimed')"),
    )
