"""Tables of the steps of a review."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from services.verify.adapters.tables import Moment, metadata

# What a council (or, with `cycle`, one cycle of it) declares about its reviews; the newest row counts.
review_rule = Table(
    "review_rule",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("council", sa.Text, nullable=False),
    Column("cycle", ForeignKey("cycle.cycle")),
    Column("countersign_share", sa.Double, nullable=False),
    Column("countersign_first", sa.Boolean, nullable=False),
    Column("claim_days", sa.Integer, nullable=False),
    Column("explanation_days", sa.Integer, nullable=False),
    Column("reminder_days", sa.Integer, nullable=False),
    Column("objection_days", sa.Integer, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("declared_at", Moment, nullable=False),
    Column("declared_by", sa.Text, nullable=False),
    Column("declared_by_name", sa.Text, nullable=False),
    Index("ix_review_rule_council", "council", "cycle", "id"),
)

explanation_request = Table(
    "explanation_request",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("number", sa.Integer, nullable=False),
    # Which version of the self-assessment is asked about.
    Column("submission_number", sa.BigInteger, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("assignee_role", sa.Text, nullable=False),
    Column("office", sa.Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("requested_by", sa.Text, nullable=False),
    Column("requested_by_name", sa.Text, nullable=False),
    Column("requested_as", sa.Text, nullable=False),
    # Grows with every change below: what the feed calls the subject's version.
    Column("version", sa.BigInteger, nullable=False),
    Column("state", sa.Text, nullable=False),
    Column("reminders", sa.Integer, nullable=False),
    Column("ended_at", Moment),
    Column("ended_reason", sa.Text, nullable=False),
    # What the unit answered.
    Column("answer", sa.Text, nullable=False),
    Column("answered_at", Moment),
    Column("answered_number", sa.BigInteger),
    CheckConstraint("state IN ('requested', 'answered', 'expired', 'withdrawn')", name="state"),
    UniqueConstraint("cycle", "unit", "criterion", "number"),
    Index("ix_explanation_request_due", "state", "due_at"),
)

countersignature = Table(
    "countersignature",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("decision", ForeignKey("decision.id"), nullable=False, unique=True),
    Column("signed", sa.Boolean, nullable=False),  # false: sent back
    Column("reason", sa.Text, nullable=False),
    Column("signed_at", Moment, nullable=False),
    Column("signed_by", sa.Text, nullable=False),
    Column("signed_by_name", sa.Text, nullable=False),
    Column("signed_as", sa.Text, nullable=False),
)

objection = Table(
    "objection",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("document_number", sa.Text, nullable=False),
    Column("decision", ForeignKey("decision.id")),  # null: a source's figure counted without one
    # The facts it is about: a unit objects once to the same facts.
    Column("facts_sha256", sa.Text, nullable=False),
    Column("objected_at", Moment, nullable=False),
    Column("objected_by", sa.Text, nullable=False),
    Column("objected_by_name", sa.Text, nullable=False),
    UniqueConstraint("cycle", "unit", "criterion", "facts_sha256"),
)

objection_answer = Table(
    "objection_answer",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("objection", ForeignKey("objection.id"), nullable=False, unique=True),
    Column("decision", ForeignKey("decision.id"), nullable=False),
    Column("stands", sa.Boolean, nullable=False),  # whether what counted goes on counting
    Column("answered_at", Moment, nullable=False),
)

# Every step of a cycle's reviews, each with the hash of the one before (domain/audit.py).
audit_step = Table(
    "audit_step",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("number", sa.BigInteger, primary_key=True),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("content", sa.Text, nullable=False),
    Column("previous_sha256", sa.Text, nullable=False),
    Column("sha256", sa.Text, nullable=False),
    Index("ix_audit_step_item", "cycle", "unit", "criterion", "number"),
)

# Where each trail ends, so that rows taken from its end are missed.
audit_head = Table(
    "audit_head",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("number", sa.BigInteger, nullable=False),
    Column("sha256", sa.Text, nullable=False),
)
