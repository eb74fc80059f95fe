"""How points, numbers, dates and titles are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web import formats


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (987.5, "987,50", "987.50"),
        ("987.50", "987,50", "987.50"),
        (Decimal("1000"), "1000,00", "1000.00"),
        (12345.678, "12.345,68", "12,345.68"),
        (-3.25, "−3,25", "−3.25"),
        (-0.001, "0,00", "0.00"),
        (870.125, "870,13", "870.13"),  # half up, as people and Excel do
        (1.005, "1,01", "1.01"),  # binary noise does not turn it down
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        ("", "–", "–"),
        ("n/a", "n/a", "n/a"),
    ],
)
def test_points_have_two_decimals_in_the_readers_notation(value: object, vietnamese: str, english: str) -> None:
    assert formats.written_points(value, "vi") == vietnamese  # type: ignore[arg-type]
    assert formats.written_points(value, "en") == english  # type: ignore[arg-type]


def test_points_take_the_declared_number_of_decimals() -> None:
    assert formats.written_points(0.5, "vi", 0) == "1"
    assert formats.written_points("17.25", "vi", 3) == "17,250"


@given(st.integers(-(10**9), 10**9))
def test_points_say_the_ticks_they_are_made_of(ticks: int) -> None:
    written = formats.written_points(ticks / 100, "en").replace(",", "").replace("−", "-")
    assert round(float(written) * 100) == ticks


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (0.5, "0,5", "0.5"),
        (1234, "1234", "1234"),
        (8_500_000, "8.500.000", "8,500,000"),
        (-12345.5, "−12.345,5", "−12,345.5"),
        (None, "–", "–"),
    ],
)
def test_numbers_group_long_figures(value: float | None, vietnamese: str, english: str) -> None:
    assert formats.written_number(value, "vi") == vietnamese
    assert formats.written_number(value, "en") == english


def test_moments_are_vietnamese_time() -> None:
    moment = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
    assert formats.written_moment(moment, "vi") == "17:00 ngày 31/01/2026"
    assert formats.written_moment(moment, "en") == "31 Jan 2026, 17:00"
    late = datetime(2026, 1, 31, 17, 30, tzinfo=UTC)
    assert formats.written_date(late, "vi") == "01/02/2026"
    assert formats.written_date(date(2026, 1, 31), "en") == "31 Jan 2026"
    assert formats.machine_moment(moment) == "2026-01-31T10:00:00Z"


def test_a_deadline_at_the_following_midnight_is_the_last_minute_of_the_day() -> None:
    midnight = datetime(2026, 1, 31, 17, 0, tzinfo=UTC)
    assert formats.written_deadline(midnight, "vi") == "23:59 ngày 31/01/2026"
    assert formats.written_deadline(midnight.replace(hour=10), "en") == "31 Jan 2026, 17:00"


def test_a_naive_moment_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="naive"):
        formats.written_moment(datetime(2026, 1, 31), "vi")  # noqa: DTZ001


def test_titles_fall_back_to_the_other_language() -> None:
    assert formats.written_title({"vi": "Hà Nội", "en": "Hanoi"}, "en") == "Hanoi"
    assert formats.written_title({"vi": "Hà Nội", "en": ""}, "en") == "Hà Nội"
    assert formats.written_title({"en": "Hanoi"}, "vi") == "Hanoi"
    assert formats.written_title(None, "vi") == ""


@pytest.mark.parametrize(
    ("size", "written"), [(0, "0 B"), (999, "999 B"), (1500, "2 kB"), (1_250_000, "1,2 MB"), (None, "–")]
)
def test_sizes(size: int | None, written: str) -> None:
    assert formats.written_size(size, "vi") == written
