"""When a source's figures are due, where they stand, and when somebody is reminded of them. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

REMINDERS = (-14, -3, 1, 7)  # days before and after the due date


class DutyState(StrEnum):
    """Where the figures of a source for a cycle stand."""

    MISSING = "missing"  # none yet, and no due date
    DUE = "due"  # none yet, and there is time
    OVERDUE = "overdue"
    GIVEN = "given"
    LOCKED = "locked"  # a rating that nobody revises any more


@dataclass(frozen=True)
class Duty:
    """What a source owes a cycle. `due_at`: exclusive, None where nobody set it; `given_at`: when first figures came.

    `locks`: it is a rating. `reminded`: for which days somebody was reminded of this due date.
    """

    source: str
    cycle: str
    version: int
    due_at: datetime | None
    locks: bool
    given_at: datetime | None
    locked_at: datetime | None
    reminded: Collection[int] = ()

    def state(self, now: datetime) -> DutyState:
        """Where it stands."""
        if self.locked_at is not None:
            return DutyState.LOCKED
        if self.given_at is not None:
            return DutyState.GIVEN
        if self.due_at is None:
            return DutyState.MISSING
        return DutyState.DUE if now < self.due_at else DutyState.OVERDUE

    def to_be_locked(self, now: datetime) -> bool:
        """Whether it is a rating that was given and whose time is over. One that comes late is locked as it comes."""
        return self.locks and self.due_at is not None and self.due_at <= now and self.state(now) is DutyState.GIVEN

    def reminders(self, now: datetime) -> tuple[int, ...]:
        """The days for which a reminder is due now and was not given: only the last one is worth telling."""
        if self.due_at is None or self.state(now) not in (DutyState.DUE, DutyState.OVERDUE):
            return ()
        passed = [days for days in REMINDERS if self.due_at + timedelta(days=days) <= now]
        return tuple(days for days in passed if days not in self.reminded)


@dataclass(frozen=True, kw_only=True)
class OwedFigures(Duty):
    """The same with the names of source and cycle, the framework that may ask for it, the lock, and the last fetch."""

    council: str
    title: Mapping[str, str]
    cycle_title: Mapping[str, str]
    framework: Mapping[str, Any]
    framework_sha256: str
    cause: str | None
    locked_by_name: str | None
    fetched: str | None
