"""What was claimed and what counted in earlier cycles, and how screenings stand."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify import tables as verify_tables
from services.verify.claims import tables as claim_tables
from services.verify.claims.model import KIND
from services.verify.renewal.model import EarlierItem, ScreeningCounts
from services.verify.reviews import tables as review_tables
from services.verify.sql import kept_once, select_fields, streamed, text_array

_WORK = verify_tables.metadata.tables["work"]


class SqlHistory:
    """`ports.History` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def items(self, cycle: str, units: Collection[str]) -> Sequence[EarlierItem]:
        table = review_tables.review_item
        query = (
            select_fields(EarlierItem, table)
            .where(table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units)))
            .order_by(table.c.unit, table.c.criterion)
        )
        once = kept_once()
        return [
            EarlierItem(
                **{name: once(value) if isinstance(value, str) else value for name, value in row._mapping.items()}
            )
            for row in streamed(self.connection, query)
        ]

    def screenings(self, cycles: Collection[str]) -> Mapping[str, ScreeningCounts]:
        name, unit = _WORK.c.payload["cycle"].astext, _WORK.c.payload["unit"].astext
        cycle, member = claim_tables.cycle, claim_tables.cycle_member
        # Of what has failed only what is still the newest is missing: the rest was asked for again since.
        newest = sa.case((unit.is_(None), cycle.c.changes), else_=member.c.changes)
        missing = sa.or_(_WORK.c.state != "failed", sa.cast(_WORK.c.payload["changes"].astext, sa.BigInteger) == newest)
        rows = self.connection.execute(
            sa.select(name.label("cycle"), _WORK.c.state, sa.func.count().label("number"))
            .join(cycle, cycle.c.cycle == name)
            .outerjoin(member, sa.and_(member.c.cycle == name, member.c.unit == unit))
            .where(_WORK.c.kind == KIND, _WORK.c.state.in_(("queued", "claimed", "failed")), name.in_(cycles), missing)
            .group_by(name, _WORK.c.state)
        )
        found: dict[str, dict[str, int]] = {one: {} for one in cycles}
        for row in rows:
            found[row.cycle][row.state] = row.number
        return {
            one: ScreeningCounts(states.get("queued", 0), states.get("claimed", 0), states.get("failed", 0))
            for one, states in found.items()
        }
