"""Vietnam's working days, and the days by which something is due. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from shared.clock import VIETNAM


def last_day(deadline_at: datetime) -> date:
    """The last day on which something due at this (exclusive) moment is in time."""
    return (deadline_at - timedelta(seconds=1)).astimezone(VIETNAM).date()


FIRST_YEAR, LAST_YEAR = 1976, 2099  # what the lunar tables cover


@dataclass(frozen=True)
class DayOff:
    """A public holiday or a day off in lieu."""

    day: date
    name: str


@cache
def _of(year: int, language: str) -> Any:
    # Imported late: most processes never ask for a working day.
    import holidays

    return holidays.country_holidays("VN", years=year, language="vi" if language == "vi" else "en_US")


def days_off(first: date, last: date, language: str = "vi") -> tuple[DayOff, ...]:
    """Public holidays from `first` to `last`, both inclusive, in order; years outside the tables have none."""
    return tuple(
        DayOff(day, name)
        for year in range(max(first.year, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)
        for day, name in sorted(_of(year, language).items())
        if first <= day <= last
    )


def is_working_day(day: date) -> bool:
    """Whether offices work that day."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return day.weekday() < 5
    return bool(_of(day.year, "vi").is_working_day(day))


def working_days(first: date, last: date) -> int:
    """How many working days lie from `first` to `last`, both inclusive; none if `last` is earlier."""
    return sum(is_working_day(first + timedelta(days=number)) for number in range((last - first).days + 1))


def next_working_day(day: date) -> date:
    """That day, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def a_year_later(day: date) -> date:
    """The same day of the next year; 29 February becomes the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + 1, day=last)
