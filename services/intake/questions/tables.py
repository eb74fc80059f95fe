"""Questions of the reviewers and the units' answers, beside intake's other tables.

The application role may: explanation_request SELECT, INSERT, UPDATE; explanation_answer SELECT, INSERT.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import MOMENT, metadata

explanation_request = sa.Table(
    "explanation_request",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("criterion", sa.Text, nullable=False),
    # As verify published it last.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("submission_number", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("assignee_role", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("due_at", MOMENT, nullable=False),
    sa.Column("requested_at", MOMENT, nullable=False),
    sa.Column("requested_as", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reminders", sa.Integer, nullable=False),
    sa.Column("ended_at", MOMENT),
    sa.Column("ended_reason", sa.Text, nullable=False),
    # The answer while it is prepared: whoever writes holds this row's lock and grows the version.
    sa.Column("prepared", JSONB(none_as_null=True)),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("edited_by", sa.Text, nullable=False, server_default=""),
    sa.Column("edited_by_name", sa.Text, nullable=False, server_default=""),
    sa.Column("edited_at", MOMENT),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
    sa.CheckConstraint("state IN ('requested', 'answered', 'expired', 'withdrawn')", name="state"),
    sa.Index("ix_explanation_request_unit", "cycle_id", "unit", "requested_at"),
)
explanation_answer = sa.Table(
    "explanation_answer",
    metadata,
    sa.Column("request", sa.Uuid, sa.ForeignKey("explanation_request.id"), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),  # the version of the self-assessment that holds it
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)
