"""What verification found, as rows."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.cycles import tables as cycles_tables
from services.intake.results.tables import verified_result


class SqlVerifiedResults:
    """`services.intake.ports.VerifiedResults` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        cycle, result = cycles_tables.cycle, verified_result
        rows = self.connection.execute(
            sa.select(cycle.c.code, result.c["values"].label("found"))
            .join(cycle, cycle.c.id == result.c.cycle_id)
            .where(cycle.c.code.in_(sorted(cycles)), result.c.unit == unit, result.c.is_final)
        )
        return {row.code: row.found for row in rows}

    def save(self, cycle: str, unit: str, values: Mapping[str, float], *, is_final: bool) -> None:
        number = sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle).scalar_subquery()
        said = {"values": dict(values), "is_final": is_final}
        self.connection.execute(
            postgresql.insert(verified_result)
            .values(cycle_id=number, unit=unit, **said)
            .on_conflict_do_update(index_elements=["cycle_id", "unit"], set_=said)
        )
