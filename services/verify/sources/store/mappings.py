"""Mappings of sources and spellings of units: added, never changed; the newest counts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.verify.sources import tables as t
from services.verify.sources.model import ReleasedRow, WaitingRow
from services.verify.sources.rules.mapping import SourceMapping
from services.verify.sources.rules.place_names import folded
from services.verify.sources.store.mapping_views import MappingViews


class SqlMappings(MappingViews):
    """`ports.Mappings` over one connection."""

    def newest(self, source: str) -> tuple[int, SourceMapping] | None:
        kept = next(iter(self.listed(source)), None)
        return (kept.version, kept.document) if kept else None

    def save(self, source: str, mapping: SourceMapping, now: datetime, account: str, name: str) -> int:
        self._lock(f"mapping:{source}")
        found = self.newest(source)
        version = found[0] + 1 if found else 1
        self.connection.execute(
            sa.insert(t.source_mapping).values(
                source=source,
                version=version,
                document=asdict(mapping),
                created_at=now,
                created_by=account,
                created_by_name=name,
            )
        )
        return version

    def lock(self, council: str) -> None:
        self._lock(f"spellings:{council}")

    def answers(self, council: str) -> Mapping[str, str | None]:
        answer = t.unit_spelling
        rows = self.connection.execute(
            sa.select(answer.c.folded, answer.c.unit).where(answer.c.council == council).order_by(answer.c.id)
        )
        return {row.folded: row.unit for row in rows}

    def answer(self, council: str, spelling: str, unit: str | None, now: datetime, account: str, name: str) -> None:
        self.connection.execute(
            sa.insert(t.unit_spelling).values(
                council=council,
                folded=folded(spelling),
                spelling=spelling,
                unit=unit,
                said_at=now,
                said_by=account,
                said_by_name=name,
            )
        )

    def wait(self, release: uuid.UUID, rows: Sequence[WaitingRow]) -> None:
        if rows:
            self.connection.execute(
                sa.insert(t.waiting_row),
                [asdict(row) | {"release": release, "folded": folded(row.spelling)} for row in rows],
            )

    def observe(self, council: str, folded: str, unit: str) -> Sequence[ReleasedRow]:
        row, known = t.waiting_row, t.observation
        query = _of_council(
            sa.select(
                row.c.release, row.c.row, sa.literal(unit), row.c.indicator, row.c.period, row.c.value, row.c.status
            ),
            council,
        ).where(row.c.folded == folded)
        columns = ["release", "row", "unit", "indicator", "period", "value", "status"]
        # A file may name one unit in two ways; the row that came first stands, as within a file it must be unique.
        statement = sa.dialects.postgresql.insert(known).from_select(columns, query.order_by(row.c.release, row.c.row))
        added = (
            statement.on_conflict_do_nothing()
            .returning(known.c.release, known.c.unit, known.c.indicator, known.c.period)
            .cte("added")
        )
        rows = self.connection.execute(
            sa.select(added.c.release, t.release.c.source, added.c.unit, added.c.indicator, added.c.period).join(
                t.release, t.release.c.id == added.c.release
            )
        )
        return [ReleasedRow(*found) for found in rows]

    def _lock(self, name: str) -> None:
        self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def _of_council(query: sa.Select[Any], council: str) -> sa.Select[Any]:
    """Waiting rows of the files of a council's sources."""
    return (
        query.select_from(t.waiting_row)
        .join(t.release, t.release.c.id == t.waiting_row.c.release)
        .join(t.source, t.source.c.source == t.release.c.source)
        .where(t.source.c.council == council)
    )
