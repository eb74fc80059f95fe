"""Mappings and waiting spellings as people and machines look at them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.sources import tables as t
from services.verify.sources.model import WaitingSpelling
from services.verify.sources.rules.mapping import KeptMapping, SourceMapping
from services.verify.sql import all_of, select_fields

MOST_SPELLINGS = 500


class MappingViews:
    """The part of `ports.Mappings` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def listed(self, source: str) -> Sequence[KeptMapping]:
        mapping = t.source_mapping
        query = select_fields(KeptMapping, mapping).where(mapping.c.source == source)
        rows = self.connection.execute(query.order_by(mapping.c.version.desc())).mappings()
        return [KeptMapping(**{**row, "document": SourceMapping(**row["document"])}) for row in rows]

    def waiting(self, council: str, source: str | None = None) -> Sequence[WaitingSpelling]:
        row = t.waiting_row
        answered = sa.exists().where(t.unit_spelling.c.council == council, t.unit_spelling.c.folded == row.c.folded)
        query = (
            sa.select(
                sa.func.min(row.c.spelling).label("spelling"),
                sa.func.count().label("rows"),
                sa.func.array_agg(sa.distinct(t.release.c.source)).label("sources"),
            )
            .join(t.release, t.release.c.id == row.c.release)
            .join(t.source, t.source.c.source == t.release.c.source)
            .where(t.source.c.council == council, ~answered)
            .group_by(row.c.folded)
            .order_by(sa.func.count().desc(), sa.func.min(row.c.spelling))
            .limit(MOST_SPELLINGS)
        )
        if source is not None:
            query = query.where(t.release.c.source == source)
        return all_of(WaitingSpelling, self.connection.execute(query))
