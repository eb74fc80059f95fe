"""What reminding needs from the outside."""

from collections.abc import Sequence
from typing import Protocol

from services.intake.reminders.model import CycleReminders, Waiting


class Reminders(Protocol):
    """What reminding needs to know of a cycle, by a query for all its units each."""

    def of(self, cycle: str) -> CycleReminders: ...
    def save(self, cycle: str, reminders: CycleReminders) -> None: ...
    def waiting(self, cycle: str) -> Sequence[Waiting]:
        """Contributions that were assigned or returned and have a day due, by unit and account."""
        ...
