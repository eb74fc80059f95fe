"""Due dates and reminders of sources, locked ratings and their corrections, and what a release changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPLICATION = "verify"
APPENDED = ("source_due", "source_reminder", "rating_lock", "correction", "correction_verdict", "item_change")


def upgrade() -> None:
    op.add_column("release", sa.Column("correction", sa.Text(), server_default="", nullable=False))
    op.add_column("keyed_letter", sa.Column("correction", sa.Text(), server_default="", nullable=False))
    _due_dates()
    _locks_and_corrections()
    _changes()
    for table in APPENDED:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APPLICATION}")
    op.execute(f"GRANT SELECT, INSERT ON release_touch TO {APPLICATION}")
    op.execute(f"GRANT UPDATE (screening) ON release_touch TO {APPLICATION}")


def _due_dates() -> None:
    op.create_table(
        "source_due",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locks", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_source_due_cycle_cycle")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_source_due_source_source")),
        sa.PrimaryKeyConstraint("source", "cycle", "version", name=op.f("pk_source_due")),
    )
    op.create_index("ix_source_due_cycle", "source_due", ["cycle"], unique=False)
    op.create_table(
        "source_reminder",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source", "cycle", "version"],
            ["source_due.source", "source_due.cycle", "source_due.version"],
            name=op.f("fk_source_reminder_source_source_due"),
        ),
        sa.PrimaryKeyConstraint("source", "cycle", "version", "days", name=op.f("pk_source_reminder")),
    )


def _locks_and_corrections() -> None:
    op.create_table(
        "rating_lock",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=False),
        sa.Column("locked_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("cause IN ('rater', 'due')", name=op.f("ck_rating_lock_cause")),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_rating_lock_cycle_cycle")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_rating_lock_source_source")),
        sa.PrimaryKeyConstraint("source", "cycle", name=op.f("pk_rating_lock")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("raw_sha256", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_correction_cycle_cycle")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_correction_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_source"), "correction", ["source"], unique=False)
    op.create_table(
        "correction_verdict",
        sa.Column("correction", sa.Uuid(), nullable=False),
        sa.Column("release", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction"], ["correction.id"], name=op.f("fk_correction_verdict_correction_correction")
        ),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name=op.f("fk_correction_verdict_release_release")),
        sa.PrimaryKeyConstraint("correction", name=op.f("pk_correction_verdict")),
    )


def _changes() -> None:
    op.create_table(
        "release_touch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("release", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_release_touch_cycle_cycle")),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name=op.f("fk_release_touch_release_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_touch")),
    )
    op.create_index(op.f("ix_release_touch_release"), "release_touch", ["release"], unique=False)
    op.create_index(
        "ix_release_touch_unseen",
        "release_touch",
        ["cycle"],
        unique=False,
        postgresql_where=sa.text("screening IS NULL"),
    )
    op.create_table(
        "item_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("screening", sa.Uuid(), nullable=False),
        sa.Column("releases", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("concerned", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_change")),
    )
    op.create_index("ix_item_change_item", "item_change", ["cycle", "unit", "criterion", "id"], unique=False)
    op.create_index("ix_item_change_releases", "item_change", ["releases"], unique=False, postgresql_using="gin")
