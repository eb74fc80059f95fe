"""XLSX workbooks: several header rows, merged cells, formulas, dates; and what is refused."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest

from shared.contracts.refusals import BadInput
from tests.unit.verify.statistics.tidying import tidied


def book(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_a_wide_sheet_under_a_title() -> None:
    rows = [["Poverty rate by Cities, provinces and Year"], [], ["Cities, provinces", 2015, "Prel. 2016"],
            ["Hà Nội", 1.8, 1.3], ["Hà Giang", "..", None], [], ["Source: GSO"]]  # fmt: skip
    got = tidied(book(rows))
    assert got.dimensions == ("Cities, provinces", "Year")
    assert got.rows == [("Hà Nội", "2015", "1.8", ""), ("Hà Nội", "Prel. 2016", "1.3", ""),
                        ("Hà Giang", "2015", "", ".."), ("Hà Giang", "Prel. 2016", "", "")]  # fmt: skip


def test_headings_over_two_rows_with_merged_cells() -> None:
    rows = [["Area", 2015, None, 2016, None], [None, "Men", "Women", "Men", "Women"], ["Huế", 1, 2, 3, 4.5]]
    for merged in ((), ("A1:A2", "B1:C1", "D1:E1")):
        got = tidied(book(rows, merged))
        assert got.dimensions == ("Area", "Year", "Item")
        assert got.rows == [("Huế", "2015", "Men", "1", ""), ("Huế", "2015", "Women", "2", ""),
                            ("Huế", "2016", "Men", "3", ""), ("Huế", "2016", "Women", "4.5", "")]  # fmt: skip


def test_an_outer_label_printed_once_counts_for_the_rows_below() -> None:
    rows = [["Region", "Sex", "2015", "2016"], ["North", "Men", 1, 2], [None, "Women", 3, 4], ["South", "Men", 5, 6]]
    got = tidied(book(rows))
    assert [row[:2] for row in got.rows[::2]] == [("North", "Men"), ("North", "Women"), ("South", "Men")]


def test_a_long_sheet_with_dates_texts_and_errors() -> None:
    rows = [["unit", "day", "value"], ["HN", date(2024, 1, 31), "1.234,5"], ["HN", date(2024, 2, 29), "abc"],
            ["HN", date(2024, 3, 31), "#DIV/0!"], ["HN", date(2024, 4, 30), "#N/A"]]  # fmt: skip
    got = tidied(book(rows))
    assert got.rows[0] == ("HN", "2024-01-31", "1234.5", "")
    assert got.statuses == ["", "error", "error", "#N/A"]
    assert got.bad[0] == "file:3:value: Expected a number, found “abc”; the cell is marked “error”."


def test_a_formula_without_its_result_is_not_missing_but_unreadable() -> None:
    got = tidied(book([["unit", "value"], ["HN", 1], ["DN", "=B2*2"]]))
    assert got.rows == [("HN", "1", ""), ("DN", "", "error")]
    assert "=B2*2" in got.bad[0]


def test_further_sheets_are_named_and_hidden_ones_skipped() -> None:
    made = openpyxl.Workbook()
    made.active.sheet_state = "hidden"
    made.active.append(["secret", 1])
    for title in ("Data", "More"):
        sheet = made.create_sheet(title)
        sheet.append(["unit", "value"])
        sheet.append(["HN", 1])
    got = tidied(saved(made))
    assert got.rows == [("HN", "1", "")]
    assert got.remarks == ["file: Only the sheet “Data” is read; left out: More."]


def with_part(raw: bytes, name: str, content: bytes = b"x") -> bytes:
    file = io.BytesIO(raw)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


SIMPLE = book([["unit", "value"], ["HN", 1]])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (with_part(SIMPLE, "xl/vbaProject.bin"), "holds macros"),
        (with_part(SIMPLE, "xl/externalLinks/externalLink1.xml"), "takes cells from other files"),
        (with_part(SIMPLE, "xl/big.xml", b"0" * 210_000_000), "Unpacked, the workbook is larger than 200000000 bytes."),
        (SIMPLE[: len(SIMPLE) // 2], "not a whole XLSX workbook"),
        (with_part(b"", "letter.txt"), "no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "old or a locked Excel file"),
        (saved(openpyxl.Workbook()), "no sheet with cells"),
    ],
)
def test_what_is_not_opened(raw: bytes, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        tidied(raw)
    assert words in refused.value.faults[0].in_language("en")


def test_an_entity_bomb_inside_a_workbook_is_refused() -> None:
    file = io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    with zipfile.ZipFile(io.BytesIO(SIMPLE)) as before, zipfile.ZipFile(file, "w") as after:
        for part in before.infolist():
            after.writestr(part, bomb if part.filename == "xl/workbook.xml" else before.read(part))
    with pytest.raises(BadInput):
        tidied(file.getvalue())
