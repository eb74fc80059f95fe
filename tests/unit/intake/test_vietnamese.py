"""One spelling, search without diacritics, the order of the dictionary."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.vietnamese import one_spelling, search_key, sort_key


def in_order(*names: str) -> list[str]:
    return sorted(names, key=sort_key)


def test_letters_come_in_the_alphabets_order() -> None:
    expected = ["An Giang", "Bắc Ninh", "Cà Mau", "Cần Thơ", "Đà Nẵng", "Điện Biên", "Đồng Nai", "Gia Lai", "Hà Nội"]
    assert in_order(*reversed(expected)) == expected
    assert in_order("ơ", "ô", "o", "ư", "u", "đ", "d", "ê", "e", "â", "ă", "a") == [
        *("a", "ă", "â", "d", "đ", "e", "ê", "o", "ô", "ơ", "u", "ư")
    ]


def test_tones_decide_within_a_syllable_only_after_its_letters() -> None:
    assert in_order("mạ", "má", "mã", "mả", "mà", "ma") == ["ma", "mà", "mả", "mã", "má", "mạ"]
    # The tone of the first syllable goes before the letters of the second.
    assert in_order("hòa an", "hoa sơn", "hóa an", "hoa bình") == ["hoa bình", "hoa sơn", "hòa an", "hóa an"]


def test_numbers_count_as_numbers() -> None:
    assert in_order("Cụm 10", "Cụm 2", "Cụm 1") == ["Cụm 1", "Cụm 2", "Cụm 10"]


@pytest.mark.parametrize(
    ("text", "key"),
    [("Thừa Thiên – Huế", "thua thien hue"), ("Bà Rịa-Vũng Tàu", "ba ria vung tau"), ("ĐẮK LẮK", "dak lak"), ("", "")],
)
def test_search_forgets_diacritics_case_and_signs(text: str, key: str) -> None:
    assert search_key(text) == key
    assert search_key(unicodedata.normalize("NFD", text)) == key


@given(st.text(max_size=40))
def test_both_spellings_are_one(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert one_spelling(decomposed) == one_spelling(composed)
    assert sort_key(decomposed) == sort_key(composed)
    assert search_key(decomposed) == search_key(composed)
