"""Tables of review items, what was found about them, and the steps of their reviews."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.roles import LOOKERS, own_units
from services.verify.sql import within_grants
from services.verify.tables import Moment, metadata
from shared.contracts.verify_v1 import BASES, STATES
from shared.people import Actor


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


finding = Table(
    "finding",
    metadata,
    Column("id", sa.Uuid, primary_key=True),
    Column("screening", sa.Uuid, nullable=False),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("place", sa.Integer, nullable=False),
    Column("code", sa.Text, nullable=False),
    Column("severity", sa.Text, nullable=False),
    Column("inconclusive", sa.Boolean, nullable=False),
    Column("numbers", JSONB, nullable=False),
    Column("said", JSONB, nullable=False),
    # Of all of the above: a later screening that finds the same refers to the same row.
    Column("content_sha256", sa.Text, nullable=False),
    Column("found_at", Moment, nullable=False),
    Index("ix_finding_item", "cycle", "unit", "criterion"),
    Index("ix_finding_screening", "screening"),
)


# One row for every claim that was screened: the question it raises, and what counts for it now.
review_item = Table(
    "review_item",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("unit", sa.Text, primary_key=True),
    Column("criterion", sa.Text, primary_key=True),
    Column("cluster", sa.Text, nullable=False),
    Column("place", sa.Integer, nullable=False),
    Column("submission", ForeignKey("submission.id"), nullable=False),
    Column("cohort", sa.Boolean, nullable=False),
    Column("claimed_value", sa.Double),
    Column("self_points", sa.Double),
    Column("target", sa.Double),
    Column("independent_points", sa.Double),
    Column("gap", sa.Double),
    Column("points_at_stake", sa.Double),
    Column("suspicion", sa.Double),
    Column("flagged", sa.Boolean, nullable=False),
    Column("priority", sa.Double, nullable=False),
    Column("findings", ARRAY(sa.Uuid), nullable=False),
    Column("codes", ARRAY(sa.Text), nullable=False),
    Column("asked", ARRAY(sa.Text), nullable=False),
    Column("inconclusive", sa.Boolean, nullable=False),
    Column("explanation", JSONB, nullable=False),
    Column("facts_sha256", sa.Text, nullable=False),
    Column("observation", JSONB(none_as_null=True)),
    Column("review", sa.Text, nullable=False),
    Column("decision", ForeignKey("decision.id")),
    Column("state", sa.Text, nullable=False),
    Column("basis", sa.Text, nullable=False),
    Column("blocks_freeze", sa.Boolean, nullable=False),
    Column("left_out", sa.Boolean, nullable=False),
    Column("value", sa.Double),
    Column("points", sa.Double),
    # What hangs on the claim, what it earns by its decision, and why it is looked at beside what is asked.
    Column("stake_basis", sa.Text, nullable=False, server_default="none"),
    Column("awaited", sa.Boolean, nullable=False, server_default="false"),
    Column("falls_to", sa.Double),
    Column("points_lost", sa.Double),
    Column("rank_before", sa.Integer),
    Column("rank_after", sa.Integer),
    Column("ranks_changed", sa.Integer),
    Column("others_moved", sa.Double),
    Column("first_changes", sa.Boolean, nullable=False, server_default="false"),
    Column("counted_points", sa.Double),
    Column("contender", sa.Boolean, nullable=False, server_default="false"),
    Column("audit", sa.Boolean, nullable=False, server_default="false"),
    Column("version", sa.BigInteger, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # Who holds it, and until when nobody else may take it.
    Column("held_by", sa.Text, nullable=False, server_default=""),
    Column("held_by_name", sa.Text, nullable=False, server_default=""),
    Column("held_until", Moment),
    # When what counts last became final, and so shown to the unit; the newest request; the objection that is open.
    Column("concluded_at", Moment),
    Column("request", sa.Uuid),
    Column("objection", sa.Uuid),
    CheckConstraint(_one_of("state", STATES), name="state"),
    CheckConstraint(_one_of("basis", BASES), name="basis"),
    Index("ix_review_item_queue", "cycle", sa.text("priority DESC"), "unit", "criterion"),
    Index("ix_review_item_cluster", "cycle", "cluster", "criterion"),
)


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


# What a screening changed on an item that had been screened before, and which releases were new to it.
item_change = Table(
    "item_change",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("criterion", sa.Text, nullable=False),
    Column("screening", sa.Uuid, nullable=False),
    Column("releases", ARRAY(sa.Uuid), nullable=False),
    # Whether figures of these releases are about this very item; else it changed with the others' figures.
    Column("concerned", sa.Boolean, nullable=False),
    Column("reopened", sa.Boolean, nullable=False),  # a decision is no longer in force
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_item_change_item", "cycle", "unit", "criterion", "id"),
    Index("ix_item_change_releases", "releases", postgresql_using="gin"),
)


def visible_items(actor: Actor, council: str) -> sa.ColumnElement[bool]:
    """Which rows of `review_item` somebody may look at: what a grant covers, but nothing of their own unit."""
    item = review_item
    return sa.and_(
        within_grants(
            actor,
            LOOKERS,
            council=sa.literal(council),
            unit=item.c.unit,
            cluster=item.c.cluster,
            criterion=item.c.criterion,
        ),
        item.c.unit.not_in(own_units(actor, council)),
    )
