"""Legal dossiers, what staff do with what was sent, and Vietnamese order and search of a cycle's members."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.intake.vietnamese import search_key, sort_key

# The keys of rows that are there are made as those of rows to come are.

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPLICATION = "intake"


def upgrade() -> None:
    op.add_column("assessment", sa.Column("dossier", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("cycle_member", sa.Column("sort_key", sa.Text(), server_default="", nullable=False))
    op.add_column("cycle_member", sa.Column("search_key", sa.Text(), server_default="", nullable=False))
    _fill_keys()
    op.create_table(
        "submission_reception",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("assessment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('received', 'accepted', 'returned')", name="ck_submission_reception_state"),
        sa.ForeignKeyConstraint(
            ["assessment_id", "number"],
            ["submission.assessment_id", "submission.number"],
            name="fk_submission_reception_assessment_id_number_submission",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submission_reception"),
        sa.UniqueConstraint(
            "assessment_id", "number", "state", name="uq_submission_reception_assessment_id_number_state"
        ),
    )
    op.execute(f"GRANT SELECT, INSERT ON submission_reception TO {APPLICATION}")


def _fill_keys() -> None:
    """The keys of members of cycles opened before."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT cycle_id, unit, title FROM cycle_member")).all()
    keys = [
        {
            "cycle": row.cycle_id,
            "unit": row.unit,
            "sort": sort_key(row.title.get("vi") or row.title.get("en", "")),
            "search": search_key(f"{row.unit} {row.title.get('vi', '')} {row.title.get('en', '')}"),
        }
        for row in rows
    ]
    if keys:
        update = (
            "UPDATE cycle_member SET sort_key = :sort, search_key = :search WHERE cycle_id = :cycle AND unit = :unit"
        )
        connection.execute(sa.text(update), keys)
