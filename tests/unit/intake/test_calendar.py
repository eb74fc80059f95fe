"""Vietnam's working days."""

from datetime import date

import pytest

from services.intake.working_days import days_off, is_working_day, working_days


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 1, 29),  # Tết Ất Tỵ
        date(2007, 2, 17),  # a day before the Chinese new year: the Vietnamese calendar has its own noon
        date(2024, 4, 18),  # Giỗ Tổ Hùng Vương
        date(2025, 9, 1),  # the second day of Quốc khánh
        date(2025, 5, 2),  # off in lieu, for the Saturday below
        date(2026, 11, 28),  # a Saturday
    ],
)
def test_offices_do_not_work(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2025, 4, 26), date(2026, 11, 25), date(2026, 12, 25), date(2150, 1, 5)])
def test_offices_work(day: date) -> None:
    assert is_working_day(day)


def test_days_off_are_named_in_both_languages() -> None:
    span = (date(2026, 2, 10), date(2026, 2, 28))
    assert [one.day.day for one in days_off(*span)] == [16, 17, 18, 19, 20]
    assert "Tết" in days_off(*span)[1].name
    assert "New Year" in days_off(*span, "en")[1].name
    assert days_off(date(1900, 1, 1), date(1900, 12, 31)) == ()


def test_working_days_are_counted_over_tet() -> None:
    assert working_days(date(2026, 2, 13), date(2026, 2, 23)) == 2  # Friday before, Monday after
    assert working_days(date(2026, 2, 23), date(2026, 2, 13)) == 0
