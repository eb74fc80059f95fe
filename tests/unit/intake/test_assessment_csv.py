"""A self-assessment goes out as CSV and comes back: unchanged, changed, by other spreadsheets, wrong, hostile."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from services.intake.assessments.actions import save_draft, save_items, take_workbook
from services.intake.assessments.queries import DraftView, changes_by, read_draft
from services.intake.assessments.workbooks.csv import assessment_csv, read_assessment_csv
from services.intake.assessments.workbooks.reading import Filled
from shared.contracts.refusals import BadInput, Kind, Refusal
from tests.builders.intake import CYCLE, an_open_cycle, officer, said
from tests.builders.intake_workbooks import CODES, framework
from tests.fakes.intake import FakeStore

Rows = list[list[str]]
Change = Callable[[Rows], None]
CODE, VALUE, POINTS, NOTE, EXPLANATION = 0, 4, 6, 9, 10


@pytest.fixture
def filled(intake: FakeStore) -> FakeStore:
    an_open_cycle(intake, framework=framework())
    claims = [
        said(code, None if number % 13 == 12 else (number % 5) + 1.0, number / 3, note=f'Ghi chú; "dòng"\n{number}')
        for number, code in enumerate(CODES)
    ]
    claims[3] = said(CODES[3], 0.1 + 0.2, 7, target=1 / 3, note="=HYPERLINK(1)", explanation="-5% so với năm trước")
    claims[8] = said(CODES[8], 1, 25)
    claims += [said("B1", 3, 6), said("X1", 0)]
    save_draft(intake, officer(), CYCLE, "HN", claims, 0)
    return intake


def view_of(intake: FakeStore) -> DraftView:
    return read_draft(intake, officer(), CYCLE, "HN")


def rows_of(intake: FakeStore, language: str = "vi") -> Rows:
    text = assessment_csv(view_of(intake), language).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def row_of(rows: Rows, code: str) -> list[str]:
    return next(row for row in rows if row[CODE] == code)


def written(rows: Rows, delimiter: str = ";", bom: bool = True) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode()


def brought(intake: FakeStore, rows: Rows, **how: Any) -> Filled:
    return read_assessment_csv(written(rows, **how), "biểu.csv", view_of(intake))


def places(intake: FakeStore, rows: Rows) -> list[str]:
    with pytest.raises(BadInput) as caught:
        brought(intake, rows)
    return [fault.path or "" for fault in caught.value.faults]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("how", [{}, {"delimiter": ",", "bom": False}, {"delimiter": "\t"}])
def test_what_nobody_touched_changes_nothing(filled: FakeStore, language: str, how: dict[str, Any]) -> None:
    raw = assessment_csv(view_of(filled), language)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert brought(filled, rows_of(filled, language), **how).is_empty


def test_a_spreadsheet_computes_nothing_in_it(filled: FakeStore) -> None:
    """Every cell but the figures begins with something that no spreadsheet computes; figures are figures."""
    rows = rows_of(filled)
    for row in rows[5:]:
        for column, cell in enumerate(row):
            if column not in (3, 4, 5, 6):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert row_of(rows, CODES[3])[NOTE] == "'=HYPERLINK(1)"


def test_changes_are_proposed_and_taken(filled: FakeStore) -> None:
    rows = rows_of(filled)
    row_of(rows, CODES[0])[VALUE], row_of(rows, CODES[3])[EXPLANATION] = "2,75", "+ 3 xã"
    filled_in = brought(filled, rows)
    changes = changes_by(view_of(filled), filled_in.claims, filled_in.documents, filled_in.version)
    assert [(one.criterion, one.part, one.after) for one in changes] == [
        (CODES[0], "value", 2.75),
        (CODES[3], "explanation", "+ 3 xã"),
    ]
    take_workbook(filled, officer(), CYCLE, "HN", filled_in.claims, filled_in.documents, filled_in.version)
    claim = view_of(filled).draft.claim(CODES[3])
    assert (claim.value, claim.target, claim.note) == (0.1 + 0.2, 1 / 3, "=HYPERLINK(1)")


def test_what_somebody_saved_meanwhile_is_not_taken_back(filled: FakeStore) -> None:
    rows = rows_of(filled)
    other = officer(name="Minh", account="b")
    save_items(filled, other, CYCLE, "HN", [said(CODES[1], 4, 1), said(CODES[0], 4, 1)], 1)
    row_of(rows, CODES[0])[VALUE] = "3"
    filled_in = brought(filled, rows)
    assert [claim.criterion for claim in filled_in.claims] == [CODES[0]]  # the other row was not touched in the file
    [first, *_] = changes_by(view_of(filled), filled_in.claims, {}, filled_in.version)
    assert first.clash
    with pytest.raises(Refusal) as caught:
        take_workbook(filled, officer(), CYCLE, "HN", filled_in.claims, {}, filled_in.version)
    assert caught.value.kind is Kind.STALE


def test_faults_are_named_by_row_and_column(filled: FakeStore) -> None:
    rows = rows_of(filled)
    row_of(rows, CODES[0])[VALUE] = "1.234"
    row_of(rows, CODES[3])[POINTS] = "bảy"
    row_of(rows, "B1")[CODE] = "B9"
    first, fourth, bonus = (
        next(n for n, row in enumerate(rows, 1) if row[CODE] == c) for c in (CODES[0], CODES[3], "B9")
    )
    assert places(filled, rows) == [f"CSV!E{first}", f"CSV!G{fourth}", f"CSV!A{bonus}", "CSV"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a;b;c\n",
        "Mã;Nội dung\n".encode("utf-16"),
        b"\xef\xbb\xbf\xff",
        b'"open',
        b";\n" * 5001,
        b"x" * 2_000_001,
        b"\x00;\x00\n" * 10,
    ],
    ids=["empty", "other", "utf-16", "broken", "quote", "rows", "large", "nul"],
)
def test_what_is_no_file_of_ours_is_refused_with_a_word(filled: FakeStore, raw: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        read_assessment_csv(raw, "biểu.csv", view_of(filled))
    assert caught.value.faults[0].file == "biểu.csv"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"| {CYCLE} |", "| year-2020 |"),
        ("| HN |", "| HP |"),
        ("sha256:", "sha256:0"),
        ("| v1", "| v9"),
    ],
)
def test_a_file_of_something_else_is_refused(filled: FakeStore, before: str, after: str) -> None:
    rows = rows_of(filled)
    assert before in rows[3][0]
    rows[3][0] = rows[3][0].replace(before, after)
    with pytest.raises(BadInput):
        brought(filled, rows)
