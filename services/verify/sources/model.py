"""What independent sources say, and how their figures come in."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Observation:
    """An independent figure: of one source, one unit, one indicator, one period. `status` is final or preliminary.

    `release` and `row` say where it stands in the raw file (services; files have none).
    """

    source: str
    unit: str
    indicator: str
    period: str
    value: float
    status: str = "final"
    release: uuid.UUID | None = None
    row: int | None = None

    @property
    def preliminary(self) -> bool:
        """Whether its publisher may still change it."""
        return is_preliminary(self.status)


def is_preliminary(status: str) -> bool:
    """`preliminary`, `prelim.`, `provisional`, `p` … against everything else, which is final."""
    word = status.strip().lower()
    return word.startswith(("prelim", "provis", "estim")) or word in ("p", "e", "sơ bộ", "ước")
