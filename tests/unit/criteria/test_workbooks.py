"""Workbooks from strangers: what is read, what is refused, and where a fault is said to stand."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook, load_workbook

from shared.contracts.figures import NotAFigure
from shared.contracts.refusals import BadInput, Kind
from shared.contracts.sentences import sentence
from shared.criteria import workbooks
from shared.criteria.workbooks import Formula, figure_of, read_workbook, text_of, write_text

DAY = datetime.combine(date(2026, 2, 17), time.min)  # as Excel keeps a date


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(raw: bytes, **parts: bytes) -> bytes:
    """The same archive with further parts, `/` written as `__`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", "/"): content for name, content in parts.items()}
        for part in old.infolist():
            new.writestr(part.filename, names.pop(part.filename, old.read(part)))
        for name, content in names.items():
            new.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def plain() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Tiêu chí"
    sheet.append(["mã", "điểm", None])
    sheet.append(["E01", 5.5, True])
    sheet.append([None, "=SUM(B2:B2)", DAY])
    sheet.append([None, "5,1"])
    sheet["A9"] = "   "
    return saved(book)


def test_cells_come_as_what_they_are(plain: bytes) -> None:
    sheet = read_workbook(plain, "bảng.xlsx")["Tiêu chí"]
    assert sheet.rows == (
        ("mã", "điểm"),
        ("E01", 5.5, True),
        (None, Formula("=SUM(B2:B2)"), DAY),
        (None, "5,1"),
    )
    assert [text_of(cell) for cell in (5.0, 5.5, True, None, " a ", DAY)] == (
        ["5", "5.5", "1", "", "a", "2026-02-17"]
    )  # fmt: skip
    assert [figure_of(cell) for cell in (5.5, "5,1", "5.1", None, " ")] == [5.5, 5.1, 5.1, None, None]


@pytest.mark.parametrize("cell", [Formula("=1+1"), True, DAY, "năm", "1.234"])
def test_what_is_no_single_figure_is_asked_about(cell: workbooks.Value) -> None:
    with pytest.raises(NotAFigure):
        figure_of(cell)


def test_a_fault_says_sheet_and_cell(plain: bytes) -> None:
    sheet = read_workbook(plain, "bảng.xlsx")["Tiêu chí"]
    said = sentence("The text is not UTF-8.")
    assert sheet.fault(2, 28, said).in_language("en") == "bảng.xlsx:Tiêu chí!AB2: The text is not UTF-8."
    assert sheet.fault(2, None, said).path == "Tiêu chí!2"


MACRO_TYPE = (
    b'<?xml version="1.0"?><Types><Default ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"xl__vbaProject.bin": b"x"}, "macros"),
        ({"[Content_Types].xml": MACRO_TYPE}, "macros"),
        ({"xl__externalLinks__externalLink1.xml": b"<x/>"}, "links to other files"),
        ({"xl__embeddings__oleObject1.bin": b"x"}, "embedded objects"),
    ],
)
def test_what_could_run_or_reach_out_is_refused(plain: bytes, parts: dict[str, bytes], word: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_workbook(repacked(plain, **parts))
    assert word in refused.value.faults[0].in_language("en")


def test_a_bomb_is_refused_before_it_unfolds(plain: bytes) -> None:
    bomb = repacked(plain, xl__media__image1=bytes(workbooks.UNPACKED))
    assert len(bomb) < 200_000
    with pytest.raises(BadInput) as refused:
        read_workbook(bomb)
    assert refused.value.kind is Kind.TOO_LARGE


def test_entities_are_refused(plain: bytes) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    with pytest.raises(BadInput, match="bad_input"):
        read_workbook(repacked(plain, xl__workbook__xml=b"", **{"xl/workbook.xml": laughs}))


def test_far_away_cells_cannot_exhaust_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_CELLS", 10_000)
    book = Workbook()
    book.active["XFD1"] = 1
    with pytest.raises(BadInput) as refused:
        read_workbook(saved(book))
    assert "10000" in refused.value.faults[0].in_language("en")


@pytest.mark.parametrize(
    "raw", [b"", b"unit,value\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_what_is_no_workbook_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        read_workbook(raw, "x.xlsx")
    assert refused.value.kind is Kind.MALFORMED
    assert refused.value.faults[0].in_language("vi").startswith("x.xlsx: ")


def test_text_stays_text_even_if_it_begins_like_a_formula() -> None:
    book = Workbook()
    write_text(book.active["A1"], '=HYPERLINK("http://x")')
    write_text(book.active["A2"], "-5")
    raw = saved(book)
    assert read_workbook(raw)["Sheet"].rows == (('=HYPERLINK("http://x")',), ("-5",))
    again = load_workbook(io.BytesIO(raw)).active
    assert again["A1"].data_type == "s"
    assert again["A1"].quotePrefix
