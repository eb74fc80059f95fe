"""How the files of a source are laid out, what spellings of units mean, letters keyed by hand, fetching.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPLICATION = "verify"
APPEND_ONLY = (
    "source_mapping",
    "waiting_row",
    "unit_spelling",
    "keyed_letter",
    "letter_verdict",
    "fetch_plan",
    "fetch_attempt",
)


def upgrade() -> None:
    op.create_table(
        "source_mapping",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_source_mapping_source_source")),
        sa.PrimaryKeyConstraint("source", "version", name=op.f("pk_source_mapping")),
    )
    op.add_column("release", sa.Column("mapping_version", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_release_source_source_mapping"),
        "release",
        "source_mapping",
        ["source", "mapping_version"],
        ["source", "version"],
    )
    op.create_table(
        "waiting_row",
        sa.Column("release", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name=op.f("fk_waiting_row_release_release")),
        sa.PrimaryKeyConstraint("release", "row", name=op.f("pk_waiting_row")),
    )
    op.create_index("ix_waiting_row_folded", "waiting_row", ["folded"], unique=False)
    op.create_table(
        "unit_spelling",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_spelling")),
    )
    op.create_index("ix_unit_spelling_folded", "unit_spelling", ["council", "folded"], unique=False)
    _letters()
    _fetching()
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APPLICATION}")


def _letters() -> None:
    op.create_table(
        "keyed_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("scan_name", sa.Text(), nullable=False),
        sa.Column("scan_sha256", sa.Text(), nullable=False),
        sa.Column("scan", sa.LargeBinary(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keyed_by", sa.Text(), nullable=False),
        sa.Column("keyed_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_keyed_letter_cycle_cycle")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_keyed_letter_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyed_letter")),
    )
    op.create_index(op.f("ix_keyed_letter_source"), "keyed_letter", ["source"], unique=False)
    op.create_table(
        "letter_verdict",
        sa.Column("letter", sa.Uuid(), nullable=False),
        sa.Column("release", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["keyed_letter.id"], name=op.f("fk_letter_verdict_letter_keyed_letter")),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name=op.f("fk_letter_verdict_release_release")),
        sa.PrimaryKeyConstraint("letter", name=op.f("pk_letter_verdict")),
    )


def _fetching() -> None:
    op.create_table(
        "fetch_plan",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_fetch_plan_cycle_cycle")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_fetch_plan_source_source")),
        sa.PrimaryKeyConstraint("source", "version", name=op.f("pk_fetch_plan")),
    )
    op.create_table(
        "fetch_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("release", sa.Uuid(), nullable=True),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('asked', 'taken', 'unchanged', 'refused', 'down')", name=op.f("ck_fetch_attempt_outcome")
        ),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name=op.f("fk_fetch_attempt_release_release")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_fetch_attempt_source_source")),
        sa.ForeignKeyConstraint(
            ["source", "version"],
            ["fetch_plan.source", "fetch_plan.version"],
            name=op.f("fk_fetch_attempt_source_fetch_plan"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch_attempt")),
    )
    op.create_index("ix_fetch_attempt_source", "fetch_attempt", ["source", "id"], unique=False)
