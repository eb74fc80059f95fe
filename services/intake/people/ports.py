"""What all actions need to know of people, and the history they write."""

from collections.abc import Sequence
from typing import Protocol

from services.intake.people.model import Contributor, HistoryRow


class People(Protocol):
    """What the work on assessments needs to know of accounts."""

    def contributors(self, council: str, unit: str) -> Sequence[Contributor]:
        """The open accounts with the role contributor for this unit, in Vietnamese order of their names."""
        ...


class History(Protocol):
    """Append-only rows of what was done."""

    def record(self, row: HistoryRow) -> None: ...
    def of(self, subject: str, limit: int = 100) -> Sequence[HistoryRow]: ...
