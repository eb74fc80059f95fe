"""Which cycles releases concern."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as t
from services.verify.sources.model import ReleasedRow, Touch
from services.verify.sql import all_of, text_array


class SqlTouches:
    """`ports.Touches` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def touch(self, release: uuid.UUID, cycle: str, units: int, items: int, now: datetime) -> None:
        values = {"release": release, "cycle": cycle, "units": units, "items": items, "touched_at": now}
        self.connection.execute(sa.insert(t.release_touch).values(values))

    def unseen(self, cycle: str) -> Sequence[uuid.UUID]:
        table = t.release_touch
        query = sa.select(table.c.release).where(table.c.cycle == cycle, table.c.screening.is_(None)).distinct()
        return list(self.connection.execute(query.order_by(table.c.release)).scalars())

    def see(self, cycle: str, screening: uuid.UUID) -> None:
        table = t.release_touch
        self.connection.execute(
            sa.update(table).where(table.c.cycle == cycle, table.c.screening.is_(None)).values(screening=screening)
        )

    def rows(self, releases: Collection[uuid.UUID], units: Collection[str]) -> Sequence[ReleasedRow]:
        row = t.observation
        query = (
            sa.select(row.c.release, t.release.c.source, row.c.unit, row.c.indicator, row.c.period)
            .join(t.release, t.release.c.id == row.c.release)
            .where(row.c.release.in_(list(releases)), row.c.unit == sa.any_(text_array(units)))
        )
        return [ReleasedRow(*found) for found in self.connection.execute(query)]

    def of_release(self, release: uuid.UUID) -> Sequence[Touch]:
        table, cycle = t.release_touch, claim_tables.cycle
        query = (
            sa.select(
                table.c.cycle,
                cycle.c.title,
                sa.func.sum(table.c["units"]).label("units"),
                sa.func.sum(table.c["items"]).label("items"),
                sa.func.max(table.c.touched_at).label("touched_at"),
                sa.func.bool_and(table.c.screening.is_not(None)).label("screened"),
            )
            .join(cycle, cycle.c.cycle == table.c.cycle)
            .where(table.c.release == release)
            .group_by(table.c.cycle, cycle.c.title)
            .order_by(table.c.cycle)
        )
        return all_of(Touch, self.connection.execute(query))
