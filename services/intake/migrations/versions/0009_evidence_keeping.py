"""What a scanner said of files, how long files are kept, and which were deleted after that."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPLICATION = "intake"
RIGHTS = {
    "evidence_scan": "SELECT, INSERT",
    "evidence_deletion": "SELECT, INSERT",
    "cycle_retention": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    op.create_table(
        "evidence_scan",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["evidence_file.sha256"], name="fk_evidence_scan_sha256_evidence_file"),
        sa.PrimaryKeyConstraint("sha256", name="pk_evidence_scan"),
    )
    op.create_table(
        "evidence_deletion",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["evidence_file.sha256"], name="fk_evidence_deletion_sha256_evidence_file"),
        sa.PrimaryKeyConstraint("sha256", "at", name="pk_evidence_deletion"),
    )
    op.create_table(
        "cycle_retention",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.CheckConstraint("years BETWEEN 1 AND 100", name="ck_cycle_retention_years"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_retention_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("cycle_id", name="pk_cycle_retention"),
    )
    for name, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {name} TO {APPLICATION}")
