"""What was claimed and what counted in earlier cycles."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims.store.earlier import beginnings, cycles_before, was_itself
from services.verify.renewal.model import EarlierCycle, EarlierItem
from services.verify.reviews import tables as review_tables
from services.verify.sql import kept_once, streamed, text_array

MOST_CYCLES = 9


_ITEM = ("unit", "cluster", "criterion", "claimed_value", "self_points", "target", "value", "points", "basis", "review")


def earlier_cycles(connection: Connection, cycle: str, units: Collection[str]) -> list[EarlierCycle]:
    """The last nine cycles before this one, oldest first, with what these units claimed and what counted."""
    begins = beginnings(connection, cycle)

    def items(row: Any) -> list[EarlierItem]:
        return _items(connection, row.cycle, [unit for unit in units if was_itself(unit, row.period, begins)])

    return [
        EarlierCycle(row.period, row.framework, row.framework_sha256, items(row))
        for row in cycles_before(connection, cycle)[-MOST_CYCLES:]
    ]


def _items(connection: Connection, cycle: str, units: Collection[str]) -> list[EarlierItem]:
    table = review_tables.review_item
    query = (
        sa.select(*(table.c[name] for name in _ITEM))
        .where(table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units)))
        .order_by(table.c.unit, table.c.criterion)
    )
    once = kept_once()
    return [
        EarlierItem(**{name: once(value) if isinstance(value, str) else value for name, value in row._mapping.items()})
        for row in streamed(connection, query)
    ]
