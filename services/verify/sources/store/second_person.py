"""What one person brings and another confirms (letters, corrections of locked ratings): added, never changed."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.sources import tables as t
from services.verify.sources.model import (
    CorrectionRecord,
    KeptCorrection,
    KeptLetter,
    LetterRecord,
    WaitingCorrection,
    WaitingLetter,
)
from services.verify.sql import all_of, one_of, select_fields

Record = TypeVar("Record")
Waiting = TypeVar("Waiting")
Kept = TypeVar("Kept")


class _SecondPerson(Generic[Record, Waiting, Kept]):
    """`ports.SecondPerson` over one connection. `verb`: how the columns of who brought it begin."""

    name: ClassVar[str]
    verb: ClassVar[str]
    table: ClassVar[sa.Table]
    verdict: ClassVar[sa.Table]
    reason: ClassVar[str]  # the field of the verdict's reason
    record: type[Record]
    waits: type[Waiting]
    kept: type[Kept]

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def keep(self, record: Record, now: datetime, account: str, name: str) -> None:
        by = {f"{self.verb}_at": now, f"{self.verb}_by": account, f"{self.verb}_by_name": name}
        self.connection.execute(sa.insert(self.table).values({**vars(record), **by}))

    def find(self, identity: uuid.UUID) -> tuple[Record, str, bool] | None:
        lock = sa.func.hashtextextended(f"{self.name}:{identity}", 0)
        self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        fields = list(getattr(self.record, "__dataclass_fields__", {}))
        query = (
            sa.select(
                *(self.table.c[field] for field in fields),
                self.table.c[f"{self.verb}_by"].label("by"),
                self.verdict.c[self.name].is_not(None).label("settled"),
            )
            .outerjoin(self.verdict, self.verdict.c[self.name] == self.table.c.id)
            .where(self.table.c.id == identity)
        )
        row: Mapping[str, Any] | None = self.connection.execute(query).mappings().one_or_none()  # type: ignore[assignment]
        return (
            None if row is None else (self.record(**{field: row[field] for field in fields}), row["by"], row["settled"])
        )

    def settle(
        self, identity: uuid.UUID, release: uuid.UUID | None, reason: str, now: datetime, account: str, name: str
    ) -> None:
        values = {self.name: identity, "release": release, "reason": reason, "said_at": now}
        self.connection.execute(sa.insert(self.verdict).values(values | {"said_by": account, "said_by_name": name}))

    def waiting(self, source: str) -> Sequence[Waiting]:
        query = (
            select_fields(self.waits, self.table)
            .outerjoin(self.verdict, self.verdict.c[self.name] == self.table.c.id)
            .where(self.table.c.source == source, self.verdict.c[self.name].is_(None))
            .order_by(self.table.c[f"{self.verb}_at"], self.table.c.id)
        )
        return all_of(self.waits, self.connection.execute(query))

    def shown(self, identity: uuid.UUID, councils: Collection[str]) -> Kept | None:
        columns = {name: self.verdict.c[name] for name in ("release", "said_at", "said_by_name")}
        columns[self.reason] = self.verdict.c.reason
        query = (
            select_fields(self.kept, self.table, council=t.source.c.council, title=t.source.c.title, **columns)
            .join(t.source, t.source.c.source == self.table.c.source)
            .outerjoin(self.verdict, self.verdict.c[self.name] == self.table.c.id)
            .where(self.table.c.id == identity, t.source.c.council.in_(councils))
        )
        return one_of(self.kept, self.connection.execute(query))


class SqlLetters(_SecondPerson[LetterRecord, WaitingLetter, KeptLetter]):
    """Letters keyed by one person and compared with the scan by another."""

    name, verb, reason = "letter", "keyed", "reason"
    table, verdict = t.keyed_letter, t.letter_verdict
    record, waits, kept = LetterRecord, WaitingLetter, KeptLetter


class SqlCorrections(_SecondPerson[CorrectionRecord, WaitingCorrection, KeptCorrection]):
    """Corrections of a locked rating that one person proposes and another agrees to."""

    name, verb, reason = "correction", "proposed", "verdict_reason"
    table, verdict = t.correction, t.correction_verdict
    record, waits, kept = CorrectionRecord, WaitingCorrection, KeptCorrection
