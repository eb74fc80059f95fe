"""What questions of the reviewers need from the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.intake.questions.model import Answer, ExplanationRequest


class Questions(Protocol):
    """What the reviewers ask, as verify published it, and what the units answer."""

    def get(self, request: str, *, lock: bool = False) -> ExplanationRequest | None: ...
    def of_unit(self, cycle: str, unit: str) -> Sequence[ExplanationRequest]:
        """All that were ever asked, newest first."""
        ...

    def waiting(self, cycle: str, now: datetime) -> Sequence[ExplanationRequest]:
        """Of a cycle, those that may still be answered, soonest first."""
        ...

    def save(self, request: ExplanationRequest) -> None:
        """Add or replace, without its answer."""
        ...

    def add_answer(self, request: ExplanationRequest, answer: Answer) -> None: ...
