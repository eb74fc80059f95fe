"""Records of CSV texts: the same whatever the size of the chunks, each on the line it begins on."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria.records import BrokenQuotes, chunks

Read = tuple[list[tuple[int, list[str]]], tuple[str, int] | None]


def read(text: str, size: int) -> Read:
    found: list[tuple[int, list[str]]] = []
    try:
        for begins, rows in chunks(io.StringIO(text, newline=""), ";", size):
            found += zip(begins, rows, strict=True)
    except BrokenQuotes as broken:
        return found, (broken.said.text, broken.line)
    return found, None


def one_by_one(text: str) -> Read:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    found, line = [], 1
    try:
        for cells in reader:
            found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            return found, ("A quoted cell is not closed.", line)
        return found, ("The quotes on this line are broken.", reader.line_num)
    return found, None


@given(st.text(st.sampled_from('ab;"\n\r\u2028'), max_size=40), st.sampled_from([1, 2, 3, 100]))
def test_chunks_hide_nothing(text: str, size: int) -> None:
    assert read(text, size) == one_by_one(text)


@pytest.mark.parametrize("size", [1, 100])
def test_a_broken_record_comes_after_those_before_it(size: int) -> None:
    assert read('a;"b\nc"\n\nd\n"e\nf', size) == (
        [(1, ["a", "b\nc"]), (3, []), (4, ["d"])],
        ("A quoted cell is not closed.", 5),
    )
