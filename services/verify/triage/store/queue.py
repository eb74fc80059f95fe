"""The review queue, and the largest differences."""

import base64
import json
import math
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.reviews import tables as review_tables
from services.verify.reviews.model.states import REVIEWS
from services.verify.reviews.model.views import ShownItem
from services.verify.sql import all_of, select_fields
from services.verify.triage import tables as t
from services.verify.triage.model import BadCursor, QueueFilter
from shared.contracts.verify_v1 import STATES
from shared.people import Actor


class SqlQueue:
    """`ports.Queue` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def page(
        self, actor: Actor, cycle: str, council: str, wanted: QueueFilter, after: str | None, limit: int
    ) -> tuple[Sequence[ShownItem], str | None]:
        item = review_tables.review_item
        query = (
            _shown()
            .where(item.c.cycle == cycle, review_tables.visible_items(actor, council), *_conditions(wanted))
            .order_by(item.c.priority.desc(), item.c.unit, item.c.criterion)
            .limit(limit + 1)
        )
        if after is not None:
            priority, unit, criterion = _read_cursor(after)
            query = query.where(
                sa.or_(
                    item.c.priority < priority,
                    sa.and_(
                        item.c.priority == priority,
                        sa.tuple_(item.c.unit, item.c.criterion) > sa.tuple_(unit, criterion),
                    ),
                )
            )
        rows = all_of(ShownItem, self.connection.execute(query))
        return rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else None

    def largest_gaps(self, actor: Actor, cycle: str, council: str, count: int) -> Sequence[ShownItem]:
        item = review_tables.review_item
        query = (
            _shown()
            .where(item.c.cycle == cycle, item.c.gap > 0, review_tables.visible_items(actor, council))
            .order_by(item.c.gap.desc(), item.c.unit, item.c.criterion)
            .limit(count)
        )
        return all_of(ShownItem, self.connection.execute(query))


def _shown() -> sa.Select[Any]:
    item, member, cycle = review_tables.review_item, claim_tables.cycle_member, claim_tables.cycle
    synthetic = sa.select(cycle.c.synthetic).where(cycle.c.cycle == item.c.cycle).scalar_subquery()
    return select_fields(ShownItem, item, unit_title=member.c.title, synthetic=synthetic).join(
        member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit)
    )


def _conditions(wanted: QueueFilter) -> list[sa.ColumnElement[bool]]:
    item = review_tables.review_item
    found = [item.c[name] == value for name in ("cluster", "unit", "criterion") if (value := getattr(wanted, name))]
    if wanted.state in REVIEWS:
        found.append(item.c.review == wanted.state)
    elif wanted.state in STATES:
        found.append(item.c.state == wanted.state)
    for name in ("flagged", "contender", "audit"):
        if (value := getattr(wanted, name)) is not None:
            found.append(item.c[name] == value)
    if wanted.code is not None:
        found.append(sa.literal(wanted.code) == sa.any_(item.c.codes))
    if wanted.risk_class is not None:
        draw = t.audit_draw
        found.append(
            sa.exists().where(
                draw.c.cycle == item.c.cycle, draw.c.unit == item.c.unit, draw.c.risk_class == wanted.risk_class
            )
        )
    if wanted.below is not None:
        found.append(sa.func.coalesce(item.c.points_lost, 0.0) <= wanted.below)
        found.append(sa.func.coalesce(item.c.ranks_changed, 0) == 0)
        found.append(~item.c.first_changes)
    return found


def _cursor(item: ShownItem) -> str:
    text = json.dumps([item.priority, item.unit, item.criterion], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[float, str, str]:
    try:
        priority, unit, criterion = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        number = float(priority)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadCursor from error
    if not math.isfinite(number) or not all(isinstance(c, str) and "\x00" not in c for c in (unit, criterion)):
        raise BadCursor
    return number, unit, criterion
