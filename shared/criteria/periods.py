"""Periods as texts: 2025, 2025-H1, 2025-Q1, 2025-03. They sort by their end."""

import calendar
import re
from datetime import date

_PERIOD = re.compile(r"(?P<year>[0-9]{4})(-(H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?\Z")


def is_period(text: str) -> bool:
    """Whether the text is a period."""
    return _PERIOD.match(text) is not None


def period_order(text: str) -> tuple[int, int]:
    """A key that sorts periods by their end, of those that end together the shorter first. ValueError if it is none.

    (months from year 0 to the end of the period, months it lasts).
    """
    found = _PERIOD.match(text)
    if found is None:
        raise ValueError(f"not a period: {text!r}")
    length, number = 12, 1
    for name, months in (("half", 6), ("quarter", 3), ("month", 1)):
        if found[name]:
            length, number = months, int(found[name])
    return int(found["year"]) * 12 + length * number, length


def last_day(text: str) -> date:
    """The day on which a period ends. ValueError if it is none."""
    end = period_order(text)[0]
    year, month = divmod(end - 1, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
