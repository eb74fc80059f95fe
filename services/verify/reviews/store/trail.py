"""The audit trail in PostgreSQL: appended one after the other, read back to be recomputed."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.results import tables as result_tables
from services.verify.reviews import tables as t
from services.verify.reviews.model.trail import BEGINNING, AuditReport, AuditRow, AuditStep
from services.verify.reviews.model.views import TrailRow
from services.verify.reviews.rules.trail import check_chain, link, seal
from services.verify.sql import insert_many

_ROW = tuple(field.name for field in dataclasses.fields(AuditRow))
BEGUN = AuditStep("verify", "verify", "trail_begun", "", "", "", {})


class SqlTrail:
    """`ports.Trail` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def write(self, cycle: str, steps: Sequence[AuditStep], now: datetime) -> None:
        if not steps:
            return
        self.connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _lock_key(cycle)})
        number, before = self._head(cycle) or (0, BEGINNING)
        if number == 0:
            known = {(table, identity) for step in steps for table, identity, _ in step.sealed}
            earlier = [
                (table, identity, sha256)
                for (table, identity), sha256 in sorted(self.kept_rows(cycle).items())
                if (table, identity) not in known
            ]
            steps = [dataclasses.replace(BEGUN, sealed=tuple(earlier)), *steps]
        rows = []
        for step in steps:
            number += 1
            rows.append(link(cycle, number, before, now, step))
            before = rows[-1].sha256
        insert_many(self.connection, t.audit_step, [dataclasses.asdict(row) for row in rows])
        head = postgresql.insert(t.audit_head).values(cycle=cycle, number=number, sha256=before)
        self.connection.execute(
            head.on_conflict_do_update(
                index_elements=["cycle"], set_={"number": head.excluded.number, "sha256": head.excluded.sha256}
            )
        )

    def check(self, cycle: str) -> AuditReport:
        return check_chain(cycle, self._rows(cycle), self._head(cycle), self.kept_rows(cycle))

    def cycles(self) -> list[str]:
        known = sa.union(
            sa.select(t.audit_step.c.cycle),
            sa.select(t.audit_head.c.cycle),
            sa.select(t.objection.c.cycle),
        ).subquery()
        return list(self.connection.execute(sa.select(known.c.cycle).order_by(known.c.cycle)).scalars())

    def kept_rows(self, cycle: str) -> dict[tuple[str, str], str]:
        decided = sa.select(result_tables.decision.c.id).where(result_tables.decision.c.cycle == cycle)
        objected = sa.select(t.objection.c.id).where(t.objection.c.cycle == cycle)
        wanted = (
            (result_tables.decision, result_tables.decision.c.cycle == cycle),
            (t.countersignature, t.countersignature.c.decision.in_(decided)),
            (t.objection, t.objection.c.cycle == cycle),
            (t.objection_answer, t.objection_answer.c.objection.in_(objected)),
        )
        found = {}
        for table, condition in wanted:
            for row in self.connection.execute(sa.select(table).where(condition)).mappings():
                name, identity, sha256 = seal(table.name, dict(row))
                found[name, identity] = sha256
        return found

    def about(self, cycle: str, unit: str, criterion: str) -> Sequence[TrailRow]:
        table = t.audit_step
        query = _select().where(table.c.cycle == cycle, table.c.unit == unit, table.c.criterion == criterion)
        return [_shown(dict(row)) for row in self.connection.execute(query.order_by(table.c.number)).mappings()]

    def newest(self, cycle: str, before: int | None, limit: int) -> Sequence[TrailRow]:
        table = t.audit_step
        query = _select().where(table.c.cycle == cycle)
        if before is not None:
            query = query.where(table.c.number < before)
        return [
            _shown(dict(row))
            for row in self.connection.execute(query.order_by(table.c.number.desc()).limit(limit)).mappings()
        ]

    def _rows(self, cycle: str) -> Iterator[AuditRow]:
        table = t.audit_step
        for row in self.connection.execute(_select().where(table.c.cycle == cycle).order_by(table.c.number)).mappings():
            yield AuditRow(**row)

    def _head(self, cycle: str) -> tuple[int, str] | None:
        table = t.audit_head
        row = self.connection.execute(
            sa.select(table.c.number, table.c.sha256).where(table.c.cycle == cycle)
        ).one_or_none()
        return (row.number, row.sha256) if row else None


def _select() -> sa.Select[Any]:
    return sa.select(*(t.audit_step.c[name] for name in _ROW))


def _lock_key(cycle: str) -> int:
    return int.from_bytes(hashlib.sha256(f"audit:{cycle}".encode()).digest()[:8], "big") >> 1


def _shown(row: Mapping[str, Any]) -> TrailRow:
    content = json.loads(row["content"])
    names = TrailRow.__dataclass_fields__.keys() - {"number", "sha256"}
    return TrailRow(number=row["number"], sha256=row["sha256"], **{name: content[name] for name in names})
