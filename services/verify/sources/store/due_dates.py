"""Due dates, reminders and locks: rows that are added; the newest due date counts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as t
from services.verify.sources.model import CorrectionRecord, Lock
from services.verify.sources.rules.due_dates import Duty
from services.verify.sources.store.due_date_views import DueDateViews, duties

_CORRECTION = tuple(CorrectionRecord.__dataclass_fields__)


class SqlDuties(DueDateViews):
    """`ports.Duties` over one connection."""

    def hold(self, source: str, cycle: str) -> None:
        self._hold(f"rating:{source}/{cycle}")

    def set_due(
        self, source: str, cycle: str, due_at: datetime, locks: bool, now: datetime, by: tuple[str, str]
    ) -> int:
        self.hold(source, cycle)
        version = self.duty(source, cycle).version + 1
        values = {"source": source, "cycle": cycle, "version": version, "due_at": due_at, "locks": locks, "set_at": now}
        self.connection.execute(sa.insert(t.source_due).values(values | {"set_by": by[0], "set_by_name": by[1]}))
        return version

    def open(self) -> Sequence[Duty]:
        found = duties().subquery()
        query = (
            sa.select(found)
            .join(claim_tables.cycle, claim_tables.cycle.c.cycle == found.c.cycle)
            .where(found.c.version > 0, found.c.locked_at.is_(None), claim_tables.cycle.c.state != "archived")
            .order_by(found.c.due_at, found.c.source, found.c.cycle)
        )
        return [Duty(**row) for row in self.connection.execute(query).mappings()]

    def duty(self, source: str, cycle: str) -> Duty:
        query = duties().where(t.source.c.source == source, claim_tables.cycle.c.cycle == cycle)
        return Duty(**self.connection.execute(query).mappings().one())

    def remind(self, duty: Duty, days: int, now: datetime) -> bool:
        table = t.source_reminder
        values = {"source": duty.source, "cycle": duty.cycle, "version": duty.version, "days": days, "reminded_at": now}
        added = self.connection.execute(
            postgresql.insert(table).values(values).on_conflict_do_nothing().returning(table.c.days)
        )
        return added.one_or_none() is not None

    def reminders(self, source: str, cycle: str) -> int:
        table = t.source_reminder
        query = sa.select(sa.func.count()).where(table.c.source == source, table.c.cycle == cycle)
        return int(self.connection.execute(query).scalar_one())

    def locked(self, source: str, cycle: str) -> Lock | None:
        table = t.rating_lock
        query = sa.select(*(table.c[name] for name in Lock.__dataclass_fields__)).where(
            table.c.source == source, table.c.cycle == cycle
        )
        row = self.connection.execute(query).mappings().one_or_none()
        return Lock(**row) if row else None

    def lock(self, source: str, cycle: str, lock: Lock, account: str) -> bool:
        table = t.rating_lock
        values = asdict(lock) | {"source": source, "cycle": cycle, "locked_by": account}
        added = self.connection.execute(
            postgresql.insert(table).values(values).on_conflict_do_nothing().returning(table.c.source)
        )
        return added.one_or_none() is not None

    def _hold(self, name: str) -> None:
        self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
