"""What people type into plain forms."""

import unicodedata
from datetime import date

import pytest

from services.intake.typed import clean, day_of, one_line, read_day, read_number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-01", date(2026, 11, 1)),
        ("1/11/2026", date(2026, 11, 1)),
        ("01-11-2026", date(2026, 11, 1)),
        ("01.11.2026", date(2026, 11, 1)),
        ("  ", None),
    ],
)
def test_a_day_as_browsers_or_people_write_it(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize("text", ["31/2/2026", "2026-13-01", "hôm qua", "1/1/0001", "11/2026", "1/1/26"])
def test_what_is_no_day_is_asked_about(text: str) -> None:
    errors: dict[str, object] = {}
    assert read_day(text, "issued_on", errors) is None  # type: ignore[arg-type]
    assert list(errors) == ["issued_on"]


def test_text_is_kept_in_one_spelling() -> None:
    assert clean(unicodedata.normalize("NFD", " Huế\r\nĐà\x00 Nẵng\ud800 ")) == "Huế\nĐà Nẵng"
    assert one_line("  Lê \n Văn\tKý ") == "Lê Văn Ký"


def test_a_version_is_digits_and_nothing_else() -> None:
    assert [read_number(text) for text in ("12", "", "-1", "1e3", "٣", "9" * 16)] == [12, 0, 0, 0, 0, 0]
