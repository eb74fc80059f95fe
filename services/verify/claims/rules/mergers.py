"""Nothing is carried through a merger: where what is known of a unit's code is about the unit of today."""

from collections.abc import Mapping
from datetime import date

from shared.criteria.periods import last_day


def was_itself(unit: str, period: str, begins: Mapping[str, date]) -> bool:
    """Whether what is known of the unit's code in an earlier period is about the unit of today: no merger between."""
    return unit not in begins or begins[unit] <= last_day(period)
