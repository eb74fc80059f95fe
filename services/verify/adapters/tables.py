"""Verify's tables: what intake said (read models), what sources said, what the screening found, what people decided.

Append-only (the application role may not update or delete): submission and what hangs on it, source, release,
source_mapping, waiting_row, unit_spelling, observation, finding, decision, settlement, history, outbox_event. What
hangs on these stands in modules of its own; `every_table` names them all.
"""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.adapters.triage_tables import triage_columns
from services.verify.tables import Moment, metadata
from shared.contracts.verify_v1 import BASES, STATES


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


# --- what sources said ----------------------------------------------------------------------------------------


# --- what the screening found and what people decided ---------------------------------------------------------

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
    *triage_columns(),
    Column("version", sa.BigInteger, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # Who has it in hand, and until when nobody else may take it.
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
