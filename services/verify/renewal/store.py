"""What was claimed and what counted in earlier cycles."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify import tables as t
from services.verify.claims import tables as claim_tables
from services.verify.claims.model import KIND
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


_WORK = t.metadata.tables["work"]


def screenings_of(connection: Connection, cycles: Collection[str]) -> dict[str, dict[str, int]]:
    """Per cycle: how many screenings are waiting, running and failed."""
    name, unit = _WORK.c.payload["cycle"].astext, _WORK.c.payload["unit"].astext
    # Of what has failed only what is still the newest is missing: the rest was asked for again since.
    newest = sa.case((unit.is_(None), claim_tables.cycle.c.changes), else_=claim_tables.cycle_member.c.changes)
    missing = sa.or_(_WORK.c.state != "failed", sa.cast(_WORK.c.payload["changes"].astext, sa.BigInteger) == newest)
    rows = connection.execute(
        sa.select(name.label("cycle"), _WORK.c.state, sa.func.count().label("number"))
        .join(claim_tables.cycle, claim_tables.cycle.c.cycle == name)
        .outerjoin(
            claim_tables.cycle_member,
            sa.and_(claim_tables.cycle_member.c.cycle == name, claim_tables.cycle_member.c.unit == unit),
        )
        .where(_WORK.c.kind == KIND, _WORK.c.state.in_(("queued", "claimed", "failed")), name.in_(cycles), missing)
        .group_by(name, _WORK.c.state)
    )
    words = {"queued": "waiting", "claimed": "running", "failed": "failed"}
    found = {cycle: dict.fromkeys(words.values(), 0) for cycle in cycles}
    for row in rows:
        found[row.cycle][words[row.state]] = row.number
    return found
