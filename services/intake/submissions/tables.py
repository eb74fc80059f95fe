"""Tables of what was sent, append-only by grant."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import MOMENT, metadata, number

submission = sa.Table(
    "submission",
    metadata,
    sa.Column("assessment_id", sa.BigInteger, sa.ForeignKey("assessment.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("submitted_at", MOMENT, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("draft_version", sa.BigInteger, nullable=False),
    sa.CheckConstraint("number >= 1", name="number"),
)
submission_reception = sa.Table(
    "submission_reception",
    metadata,
    number(),
    sa.Column("assessment_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["assessment_id", "number"], ["submission.assessment_id", "submission.number"]),
    sa.CheckConstraint("state IN ('received', 'accepted', 'returned')", name="state"),
    # Each step of a version is taken once, whoever presses first.
    sa.UniqueConstraint("assessment_id", "number", "state"),
)
