"""What use cases need for due dates, locks of ratings and their corrections."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.verify.domain.due_dates import Duty


@dataclass(frozen=True)
class Lock:
    """Since when a rating is locked, by whom, and whether by its rater (`rater`) or because its time was over."""

    cause: str
    locked_at: datetime
    locked_by_name: str


@dataclass(frozen=True)
class CorrectionRecord:
    """A file that is to correct a locked rating, and why."""

    id: uuid.UUID
    source: str
    cycle: str
    published_on: date
    status: str
    period: str | None
    layout: str
    file_name: str
    raw_sha256: str
    raw: bytes
    reason: str


class Duties(Protocol):
    """Due dates, reminders, locks and corrections: added, never changed."""

    def hold(self, source: str, cycle: str) -> None:
        """Hold what a source gives for a cycle until the end of the transaction: bringing and locking take turns."""
        ...

    def set_due(
        self, source: str, cycle: str, due_at: datetime, locks: bool, now: datetime, by: tuple[str, str]
    ) -> int:
        """Keep a due date as the newest; its version. `by`: account and name."""
        ...

    def open(self) -> Sequence[Duty]:
        """What has a due date in a living cycle and is not locked."""
        ...

    def duty(self, source: str, cycle: str) -> Duty:
        """What a source owes a cycle."""
        ...

    def remind(self, duty: Duty, days: int, now: datetime) -> bool:
        """Note a reminder; False if it was given before."""
        ...

    def reminders(self, source: str, cycle: str) -> int:
        """How many reminders were given, over all due dates."""
        ...

    def locked(self, source: str, cycle: str) -> Lock | None:
        """The lock of a rating, if there is one."""
        ...

    def lock(self, source: str, cycle: str, lock: Lock, account: str) -> bool:
        """Lock a rating; False if it was."""
        ...

    def propose(self, correction: CorrectionRecord, now: datetime, account: str, name: str) -> None:
        """Keep a correction until a second person looks at it."""
        ...

    def find(self, correction: uuid.UUID) -> tuple[CorrectionRecord, str, bool] | None:
        """A correction, the account that proposed it, and whether a second person has spoken; held until the end."""
        ...

    def settle(
        self, correction: uuid.UUID, release: uuid.UUID | None, reason: str, now: datetime, account: str, name: str
    ) -> None:
        """Write down what the second person said."""
        ...
