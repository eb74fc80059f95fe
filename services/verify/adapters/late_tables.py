"""What sources owe by when, which ratings are locked and how they are corrected, and what a release changed.

Append-only but for `release_touch.screening`, which says which screening first saw what the release says.
"""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.adapters.tables import Moment, metadata

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
