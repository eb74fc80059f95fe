"""Earlier cycles of a council, as a screening looks back on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """A claim of an earlier cycle, and what counted for it: a value, or points where there is no value to score."""

    unit: str
    cluster: str
    criterion: str
    claimed_value: float | None
    self_points: float | None
    target: float | None
    value: float | None
    points: float | None
    basis: str
    review: str = "closed"


@dataclass(frozen=True)
class EarlierCycle:
    """An earlier cycle of the same council; `framework` is its document."""

    period: str
    framework: Mapping[str, Any]
    framework_sha256: str
    items: Sequence[EarlierItem]


@dataclass(frozen=True)
class ScreeningCounts:
    """Screenings that wait, run, or have failed and need a person."""

    waiting: int
    running: int
    failed: int
