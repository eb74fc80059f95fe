"""Councils and their directories as rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Range

from services.intake.directory import tables as directory_tables
from services.intake.directory.model import (
    Cluster,
    Council,
    Directory,
    Headship,
    Membership,
    Plan,
    Succession,
    Unit,
    Validity,
    title_column,
    title_of,
)
from services.intake.directory.tables import cluster, council, headship, membership, succession, unit


class SqlCouncils:
    """`services.intake.directory.ports.Councils` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, code: str, *, lock: bool = False) -> Council | None:
        statement = sa.select(council).where(council.c.code == code)
        row = self.connection.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
        return Council(row["code"], title_of(row["title"])) if row else None

    def all(self) -> Sequence[Council]:
        rows = self.connection.execute(sa.select(council).order_by(council.c.code)).mappings()
        return [Council(row["code"], title_of(row["title"])) for row in rows]

    def save(self, council: Council) -> None:
        insert = postgresql.insert(directory_tables.council).values(
            code=council.code, title=title_column(council.title)
        )
        self.connection.execute(
            insert.on_conflict_do_update(index_elements=["code"], set_={"title": insert.excluded.title})
        )

    def directory(self, council: Council) -> Directory:
        number = self._number(council.code)
        unit, cluster = directory_tables.unit, directory_tables.cluster
        units = self._rows(sa.select(unit).where(unit.c.council_id == number).order_by(unit.c.code))
        clusters = self._rows(sa.select(cluster).where(cluster.c.council_id == number).order_by(cluster.c.code))
        return Directory(
            council=council,
            units=[Unit(row["code"], title_of(row["title"]), validity_of(row["during"])) for row in units],
            clusters=[
                Cluster(row["code"], title_of(row["title"]), row["method"], validity_of(row["during"]))
                for row in clusters
            ],
            memberships=[
                Membership(row["unit"], row["cluster"], validity_of(row["during"]))
                for row in self._placed(membership, number)
            ],
            headships=[
                Headship(row["cluster"], row["unit"], row["position"], validity_of(row["during"]), row["place"])
                for row in self._placed(headship, number)
            ],
            successions=[
                Succession(row["unit"], row["predecessor"], row["since"], row["legal_source"])
                for row in self._followed(number)
            ],
        )

    def carry_out(self, council: Council, plan: Plan) -> None:
        """Write what a plan says. Changes come before additions: one may make room for the other."""
        number = self._number(council.code)
        units = self._numbers(unit, number)
        clusters = self._numbers(cluster, number)
        for before, after in plan.changed:
            self._change(before, after, number, units, clusters)
        for kind in _TABLES:
            rows = [_columns(row, number, units, clusters) for row in plan.added if isinstance(row, kind)]
            if not rows:
                continue
            self.connection.execute(sa.insert(_TABLES[kind]), rows)
            # What follows may name what was just added.
            if kind is Unit:
                units = self._numbers(unit, number)
            elif kind is Cluster:
                clusters = self._numbers(cluster, number)

    def _change(self, before: Any, after: Any, number: int, units: dict[str, int], clusters: dict[str, int]) -> None:
        table = _TABLES[type(after)]
        old, new = (_columns(row, number, units, clusters) for row in (before, after))
        if isinstance(after, Unit | Cluster):
            place = sa.and_(table.c.council_id == number, table.c.code == old["code"])
        elif isinstance(after, Succession):
            place = sa.and_(*(table.c[name] == old[name] for name in ("unit_id", "predecessor_id")))
            new = {name: new[name] for name in ("since", "legal_source")}
        else:
            place = sa.and_(*(table.c[name] == value for name, value in old.items()))
        self.connection.execute(sa.update(table).where(place).values(**new))

    def _number(self, code: str) -> int:
        found: int = self.connection.execute(sa.select(council.c.id).where(council.c.code == code)).scalar_one()
        return found

    def _numbers(self, table: sa.Table, council: int) -> dict[str, int]:
        rows = self.connection.execute(sa.select(table.c.code, table.c.id).where(table.c.council_id == council))
        return {row.code: row.id for row in rows}

    def _placed(self, table: sa.Table, council: int) -> Iterable[Any]:
        unit, cluster = directory_tables.unit, directory_tables.cluster
        return self._rows(
            sa.select(table, unit.c.code.label("unit"), cluster.c.code.label("cluster"))
            .join(unit, unit.c.id == table.c.unit_id)
            .join(cluster, cluster.c.id == table.c.cluster_id)
            .where(unit.c.council_id == council)
            .order_by(cluster.c.code, unit.c.code, sa.func.lower(table.c.during))
        )

    def _followed(self, council: int) -> Iterable[Any]:
        unit, before, link = directory_tables.unit, directory_tables.unit.alias(), succession
        return self._rows(
            sa.select(link, unit.c.code.label("unit"), before.c.code.label("predecessor"))
            .join(unit, unit.c.id == link.c.unit_id)
            .join(before, before.c.id == link.c.predecessor_id)
            .where(unit.c.council_id == council)
            .order_by(unit.c.code, before.c.code)
        )

    def _rows(self, statement: sa.Select[Any]) -> Iterable[Any]:
        return self.connection.execute(statement).mappings()


_TABLES: dict[type, sa.Table] = {
    Unit: unit,
    Cluster: cluster,
    Membership: membership,
    Headship: headship,
    Succession: succession,
}


def _columns(row: Any, council: int, units: dict[str, int], clusters: dict[str, int]) -> dict[str, Any]:
    if isinstance(row, Succession):
        return {
            "unit_id": units[row.unit],
            "predecessor_id": units[row.predecessor],
            "since": row.since,
            "legal_source": row.legal_source,
        }
    columns: dict[str, Any] = {"during": during_column(row.validity)}
    if isinstance(row, Unit | Cluster):
        columns |= {"council_id": council, "code": row.code, "title": title_column(row.title)}
    if isinstance(row, Cluster):
        columns["method"] = row.method
    if isinstance(row, Membership | Headship):
        columns |= {"unit_id": units[row.unit], "cluster_id": clusters[row.cluster]}
    if isinstance(row, Headship):
        columns |= {"position": row.position, "place": row.place}
    return columns


def validity_of(during: Any) -> Validity:
    """A validity from a daterange column."""
    return Validity(during.lower, during.upper)


def during_column(validity: Validity) -> Range[date]:
    """A validity as a daterange."""
    return Range(validity.valid_from, validity.valid_to, bounds="[)")
