"""What use cases need to say what a release changed: what it concerns, and items before and after."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.verify.sources.model import ReleasedRow


@dataclass(frozen=True)
class ItemChange:
    """What a screening changed on one item. `releases`: those that were new to it; empty if something else changed.

    `concerned`: their figures are about this very item. `reopened`: a decision is no longer in force. `before` and
    `after` are JSON (see `usecases.changes.shown`).
    """

    unit: str
    criterion: str
    releases: tuple[uuid.UUID, ...]
    concerned: bool
    reopened: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Changes(Protocol):
    """Which releases concern what, and what came of it."""

    def touch(self, release: uuid.UUID, cycle: str, units: int, items: int, now: datetime) -> None:
        """Note how many units and items of a cycle a release concerns."""
        ...

    def unseen(self, cycle: str) -> Sequence[uuid.UUID]:
        """The releases about a cycle that no screening of its cohort has seen."""
        ...

    def see(self, cycle: str, screening: uuid.UUID) -> None:
        """Note that this screening of the cohort has seen them."""
        ...

    def rows(self, releases: Collection[uuid.UUID], units: Collection[str]) -> Sequence[ReleasedRow]:
        """The rows of releases about some units."""
        ...

    def add(self, cycle: str, screening: uuid.UUID, changes: Sequence[ItemChange], now: datetime) -> None:
        """Append changes."""
        ...
