"""What actions and queries need to renew review items."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.verify.renewal.model import EarlierItem, ScreeningCounts


class History(Protocol):
    """What was claimed and what counted in earlier cycles, and how screenings stand."""

    def items(self, cycle: str, units: Collection[str]) -> Sequence[EarlierItem]:
        """What these units claimed in a cycle, and what counted for it."""

    def screenings(self, cycles: Collection[str]) -> Mapping[str, ScreeningCounts]:
        """How many screenings of each cycle are waiting, running and failed."""
