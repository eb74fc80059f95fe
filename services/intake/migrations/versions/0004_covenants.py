"""Covenants: registered targets, their signature, revisions beside them, recognition by the Board."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPLICATION = "intake"
APPEND_ONLY = ("covenant_signature", "covenant_revision", "covenant_recognition")


def upgrade() -> None:
    op.create_table(
        "covenant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lines", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("edits", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_covenant_cycle_id_unit_cycle_member",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_covenant"),
        sa.UniqueConstraint("cycle_id", "unit", name="uq_covenant_cycle_id_unit"),
    )
    op.create_table(
        "covenant_signature",
        sa.Column("covenant_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        *_made(),
        sa.ForeignKeyConstraint(["covenant_id"], ["covenant.id"], name="fk_covenant_signature_covenant_id_covenant"),
        sa.PrimaryKeyConstraint("covenant_id", name="pk_covenant_signature"),
    )
    op.create_table(
        "covenant_revision",
        sa.Column("covenant_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        *_documented(),
        sa.CheckConstraint("document_number <> '' AND reason <> ''", name="ck_covenant_revision_documented"),
        sa.ForeignKeyConstraint(
            ["covenant_id"],
            ["covenant_signature.covenant_id"],
            name="fk_covenant_revision_covenant_id_covenant_signature",
        ),
        sa.PrimaryKeyConstraint("covenant_id", "number", name="pk_covenant_revision"),
    )
    op.create_table(
        "covenant_recognition",
        sa.Column("covenant_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        *_documented(),
        sa.CheckConstraint("ground IN ('reassigned', 'force_majeure')", name="ck_covenant_recognition_ground"),
        sa.ForeignKeyConstraint(
            ["covenant_id", "number"],
            ["covenant_revision.covenant_id", "covenant_revision.number"],
            name="fk_covenant_recognition_covenant_id_number_covenant_revision",
        ),
        sa.PrimaryKeyConstraint("covenant_id", "number", name="pk_covenant_recognition"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (version, lines, edits, edited_at) ON covenant TO {APPLICATION}")
    for name in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {name} TO {APPLICATION}")


def _documented() -> list[sa.Column[object]]:
    return [
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_made(),
    ]


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    ]
