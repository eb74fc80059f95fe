"""What challenges need from the outside."""

from collections.abc import Collection, Sequence
from typing import Protocol

from services.intake.challenges.model import Answer, Challenge, Withdrawal


class Challenges(Protocol):
    """Challenges with their answers; nothing of it is ever changed."""

    def of_units(self, cycle: str, units: Collection[str], criterion: str | None = None) -> Sequence[Challenge]:
        """Those about these units' items, by unit, criterion and number."""
        ...

    def add(self, challenge: Challenge) -> None: ...

    def answer(self, challenge: Challenge, answer: Answer) -> None: ...

    def withdraw(self, challenge: Challenge, withdrawal: Withdrawal) -> None: ...
