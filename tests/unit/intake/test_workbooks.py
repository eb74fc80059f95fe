"""A self-assessment goes out as a workbook and comes back: unchanged, changed, wrong, hostile."""

import io
import math
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.intake.assessments.actions import save_draft, save_items, take_workbook
from services.intake.assessments.queries import DraftView, changes_by, read_draft
from services.intake.assessments.workbooks.formulas import points_formula
from services.intake.assessments.workbooks.reading import Filled, read_assessment_workbook
from services.intake.assessments.workbooks.writing import HIDDEN, assessment_workbook
from services.intake.files.clients.folder import EvidenceFolder
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.criteria.model import Criterion
from shared.criteria.rules import points
from tests.builders.intake import CYCLE, an_open_cycle, attach, contributor, officer, said
from tests.builders.intake_workbooks import CODES, framework
from tests.fakes.intake import FakeStore

ITEMS, DOCUMENTS = "Tự chấm điểm", "Minh chứng"
Change = Callable[[Any], None]


@pytest.fixture
def filled(intake: FakeStore, tmp_path: Path) -> FakeStore:
    an_open_cycle(intake, framework=framework())
    claims = [
        said(code, None if number % 13 == 12 else (number % 5) + 1.0, number / 3, note=f"Ghi chú\ndòng {number}")
        for number, code in enumerate(CODES)
    ]
    claims[3] = said(CODES[3], 0.1 + 0.2, 7, target=1 / 3, note="=HYPERLINK(1)", explanation="-5% so với năm trước")
    claims[8] = said(CODES[8], 1, 25)
    claims += [said("B1", 3, 6), said("X1", 0)]
    save_draft(intake, officer(), CYCLE, "HN", claims, 0)
    attach(intake, EvidenceFolder(tmp_path / "evidence"), CODES[0])
    return intake


def view_of(intake: FakeStore, actor: Any = None) -> DraftView:
    return read_draft(intake, actor or officer(), CYCLE, "HN")


def edited(raw: bytes, change: Change) -> bytes:
    """The workbook after somebody worked in it."""
    book = load_workbook(io.BytesIO(raw))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(book: Any, code: str) -> int:
    return next(row for row in range(1, 200) if book[ITEMS].cell(row, 1).value == code)


def put(code: str, **cells: Any) -> Change:
    def change(book: Any) -> None:
        for letter, value in cells.items():
            book[ITEMS][f"{letter}{row_of(book, code)}"] = value

    return change


def read(intake: FakeStore, *changes: Change, actor: Any = None) -> Filled:
    view = view_of(intake, actor)
    raw = assessment_workbook(view, "vi")
    for change in changes:
        raw = edited(raw, change)
    return read_assessment_workbook(raw, "biểu.xlsx", view)


def places(intake: FakeStore, *changes: Change) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        read(intake, *changes)
    return {str(fault.path): fault.said.in_language("vi") for fault in caught.value.faults}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_round_trip_of_39_criteria_changes_nothing(filled: FakeStore, language: str) -> None:
    view = view_of(filled)
    raw = assessment_workbook(view, language)
    assert read_assessment_workbook(raw, None, view).is_empty
    # Nor after a program has opened and saved it, with the fifteen digits some keep.
    for digits in (17, 15):

        def keep(book: Any, digits: int = digits) -> None:
            for cells in book.worksheets[0].iter_rows(min_row=6):
                for cell in cells:
                    if isinstance(cell.value, float):
                        cell.value = float(f"{cell.value:.{digits}g}")

        assert read_assessment_workbook(edited(raw, keep), None, view).is_empty


def test_only_what_was_changed_is_proposed_and_taken(filled: FakeStore) -> None:
    result = read(
        filled,
        put(CODES[0], E="7,5", G=18.75),  # typed as text, with a comma
        put(CODES[8], E="Không"),
        put(CODES[3], J="Theo  báo cáo"),
        put("X1", E="Có"),
        lambda book: book[DOCUMENTS].append([]) or put_document(book, 3, CODES[1], "44/BC-SYT"),
    )
    assert {claim.criterion: claim.value for claim in result.claims} == {
        CODES[0]: 7.5,
        CODES[3]: 0.1 + 0.2,
        CODES[8]: 0,
        "X1": 1,
    }
    view = view_of(filled)
    changes = changes_by(view, result.claims, result.documents, result.version)
    assert [(one.criterion, one.part) for one in changes] == [
        (CODES[0], "value"),
        (CODES[0], "self_points"),
        (CODES[1], "evidence"),
        (CODES[3], "note"),
        (CODES[8], "value"),
        ("X1", "value"),
    ]
    after = take_workbook(filled, officer(), CYCLE, "HN", result.claims, result.documents, result.version)
    assert after.claim(CODES[0]).value == 7.5
    assert after.claim(CODES[0]).evidence == view.draft.claim(CODES[0]).evidence
    [added] = after.claim(CODES[1]).evidence
    assert (added.document_number, added.issued_on, added.sha256) == ("44/BC-SYT", date(2026, 11, 2), None)
    # Taken once more, nothing is added a second time.
    again = take_workbook(filled, officer(), CYCLE, "HN", result.claims, result.documents, after.version)
    assert again.claims == after.claims


def put_document(book: Any, row: int, code: str, number: str) -> None:
    for column, value in enumerate((code, number, "Sở Y tế", "2/11/2026", "Bà B", "Không"), start=1):
        book[DOCUMENTS].cell(row, column).value = value


def test_faults_name_sheet_and_cell_and_nothing_is_half_taken(filled: FakeStore) -> None:
    view = view_of(filled)
    raw = assessment_workbook(view, "vi")
    book = load_workbook(io.BytesIO(raw))
    first, second, third, count = (row_of(book, CODES[place]) for place in (0, 1, 2, 9))
    found = places(
        filled,
        put(CODES[0], E="1.234"),
        put(CODES[1], E="=1+1", G="nhiều"),
        put(CODES[2], E=5, J="=cmd()"),
        put(CODES[9], E=2.5),
        lambda book: put_document(book, 3, "D99", "1/BC"),
        lambda book: put_document(book, 4, CODES[1], ""),
        lambda book: put_document(book, 5, CODES[1], "2/BC") or book[DOCUMENTS].__setitem__("D5", "31/2/2026"),
    )
    assert set(found) == {
        f"{ITEMS}!E{first}",
        f"{ITEMS}!E{second}",
        f"{ITEMS}!G{second}",
        f"{ITEMS}!J{third}",
        f"{ITEMS}!E{count}",
        f"{DOCUMENTS}!A3",
        f"{DOCUMENTS}!B4",
        f"{DOCUMENTS}!D5",
    }
    assert "hai cách" in found[f"{ITEMS}!E{first}"]
    assert "công thức" in found[f"{ITEMS}!E{second}"]
    assert view_of(filled).draft == view.draft


def test_a_changed_structure_is_refused(filled: FakeStore) -> None:
    assert ITEMS in places(filled, lambda book: book[ITEMS].delete_rows(row_of(book, CODES[4])))
    twice = places(filled, lambda book: book[ITEMS].cell(60, 1, CODES[4]))
    assert list(twice) == [f"{ITEMS}!A60"]
    strange = places(filled, lambda book: book[ITEMS].cell(60, 1, "Z1"))
    assert list(strange) == [f"{ITEMS}!A60"]
    assert places(filled, lambda book: book[ITEMS].__setattr__("title", "Khác"))
    assert places(filled, lambda book: book.remove(book[HIDDEN]))
    attached = places(filled, lambda book: book[DOCUMENTS].__setitem__("B2", "99/GIẢ"))
    assert list(attached) == [f"{DOCUMENTS}!B2"]


def test_a_workbook_of_another_unit_cycle_or_time_is_refused(filled: FakeStore) -> None:
    other = read_draft(filled, officer("HP"), CYCLE, "HP")
    raw = assessment_workbook(other, "vi")
    with pytest.raises(BadInput, match="bad_input"):
        read_assessment_workbook(raw, None, view_of(filled))
    for row, value in ((2, "year-1999"), (4, "0" * 64), (5, "999"), (5, "x")):
        assert places(filled, lambda book, row=row, value=value: book[HIDDEN].cell(row, 2, value))


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(filled: FakeStore) -> None:
    view = view_of(filled)
    raw = edited(assessment_workbook(view, "vi"), put(CODES[0], E=8))
    save_items(filled, officer(account="b", name="Minh"), CYCLE, "HN", [said(CODES[0], 9, 1)], 2)
    save_items(filled, officer(account="b", name="Minh"), CYCLE, "HN", [said(CODES[1], 4, 1)], 3)
    now = view_of(filled)
    result = read_assessment_workbook(raw, None, now)
    assert [claim.criterion for claim in result.claims] == [CODES[0]]  # Minh's second item is not undone
    changes = changes_by(now, result.claims, result.documents, result.version)
    assert {change.clash for change in changes} == {True}
    with pytest.raises(Refusal) as caught:
        take_workbook(filled, officer(), CYCLE, "HN", result.claims, result.documents, result.version)
    assert caught.value.kind is Kind.STALE
    assert view_of(filled).draft == now.draft
    # Having looked at it, the officer decides.
    after = take_workbook(filled, officer(), CYCLE, "HN", result.claims, result.documents, now.draft.version)
    assert (after.claim(CODES[0]).value, after.claim(CODES[1]).value) == (8, 4)


def test_a_contributor_gets_and_brings_only_the_criteria_of_the_grant(filled: FakeStore) -> None:
    finance = contributor(CODES[2])
    view = view_of(filled, finance)
    book = load_workbook(io.BytesIO(assessment_workbook(view, "vi")))
    codes = [book[ITEMS].cell(row, 1).value for row in range(6, 20) if book[ITEMS].cell(row, 1).value]
    assert codes == [CODES[2]]
    assert "Tiêu chí số 1" not in str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])
    result = read(filled, put(CODES[2], E=700), actor=finance)
    assert take_workbook(filled, finance, CYCLE, "HN", result.claims, {}, result.version).claim(CODES[2]).value == 700
    whole = read(filled, put(CODES[1], E=3))
    with pytest.raises(Refusal) as caught:
        take_workbook(filled, finance, CYCLE, "HN", whole.claims, {}, whole.version)
    assert caught.value.kind is Kind.FORBIDDEN


def test_the_structure_is_locked_and_text_stays_text(filled: FakeStore) -> None:
    book = load_workbook(io.BytesIO(assessment_workbook(view_of(filled), "vi")))
    sheet = book[ITEMS]
    assert all(one.protection.sheet for one in book.worksheets)
    assert (book[HIDDEN].sheet_state, bool(book.security.lockStructure)) == ("hidden", True)
    row = row_of(book, CODES[3])
    locked = {letter: sheet[f"{letter}{row}"].protection.locked for letter in "ABCDEFGHIJK"}
    assert [letter for letter, closed in locked.items() if not closed] == ["E", "F", "G", "J", "K"]
    assert sheet[f"F{row_of(book, CODES[0])}"].protection.locked  # no target is needed there
    assert (sheet[f"J{row}"].data_type, sheet[f"J{row}"].quotePrefix) == ("s", True)
    assert (sheet[f"K{row}"].data_type, sheet[f"K{row}"].value) == ("s", "-5% so với năm trước")
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert '"Có,Không"' in lists
    assert '"1,2,3,4,5"' in lists


def test_hostile_files_are_refused_before_they_unfold(filled: FakeStore) -> None:
    view = view_of(filled)
    good = assessment_workbook(view, "vi")

    def with_part(name: str, content: bytes) -> bytes:
        out = io.BytesIO(good)
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return out.getvalue()

    bomb = with_part("xl/worksheets/sheet9.xml", b"0" * 120_000_000)
    for raw, kind in (
        (b"", Kind.MALFORMED),
        (b"PK\x03\x04 broken", Kind.MALFORMED),
        (good[: len(good) // 2], Kind.MALFORMED),
        (with_part("xl/vbaProject.bin", b"x"), Kind.MALFORMED),
        (with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), Kind.MALFORMED),
        (bomb, Kind.TOO_LARGE),
    ):
        with pytest.raises(BadInput) as caught:
            read_assessment_workbook(raw, "a.xlsx", view)
        assert caught.value.kind is kind
    plain = io.BytesIO()
    Workbook().save(plain)
    with pytest.raises(BadInput):
        read_assessment_workbook(plain.getvalue(), "a.xlsx", view)


# --- the formulas ---------------------------------------------------------------------------------------------


def computed(formula: str, value: Any, target: float | None) -> float | None:
    """What Excel computes: our formulas use only these functions, which Python can be told."""
    assert re.fullmatch(r"=[A-Z0-9().,<>=*/+\-\" ó]+", formula.replace("Có", "ó")), formula
    python = re.sub(r"(?<![<>=])=(?!=)", "==", formula[1:]).replace("<>", "!=")
    known: dict[str, Any] = {
        "E1": "" if value is None else value,
        "F1": "" if target is None else target,
        "IF": None,
        "ISNUMBER": lambda x: isinstance(x, int | float),
        "AND": lambda *each: all(each),
        "MIN": min,
        "MAX": max,
        "INT": math.floor,
        "LN": math.log,
        "CHOOSE": lambda index, *each: each[int(index) - 1],
    }
    # IF decides before it computes, as Excel's does.
    while "IF(" in python:
        start = python.rindex("IF(")
        parts, depth, begin = [], 0, start + 3
        for place in range(begin, len(python)):
            letter = python[place]
            if letter == "(":
                depth += 1
            elif letter == ")" and depth:
                depth -= 1
            elif letter in ",)" and not depth:
                parts.append(python[begin:place])
                begin = place + 1
                if letter == ")":
                    break
        condition, then, other = parts
        python = f"{python[:start]}(({then}) if ({condition}) else ({other})){python[place + 1 :]}"
    result = eval(python, {"__builtins__": {}}, known)
    return None if result == "" else float(result)


@pytest.mark.parametrize("code", CODES[:13])
def test_formulas_show_what_the_rules_give(filled: FakeStore, code: str) -> None:
    view = view_of(filled)
    item = view.framework.items[view.framework.columns[code]]
    assert isinstance(item, Criterion)
    formula = points_formula(view.framework, item, "K1", "E1", "F1", "Có")
    if item.rule is None or item.rule.name in ("leader_relative", "minmax"):
        assert formula is None
        return
    assert formula is not None
    for value in (None, -3.0, 0.0, 1.0, 2.0, 2.5, 4.0, 5.0, 7.0, 9.0, 12.0, 150.0, 80000.0):
        for target in (None, 0.0, 2.0, 6.5):
            if item.rule.name == "binary" and value not in (None, 0.0, 1.0):
                continue
            shown = value if item.rule.name != "binary" or value is None else ("Có" if value else "Không")
            expected = float(
                points(item, *([math.nan if x is None else x] for x in (value, target)))[0]  # type: ignore[arg-type]
            )
            result = computed(formula, shown, target)
            assert (result is None) == math.isnan(expected), (value, target, result, expected)
            assert result is None or math.isclose(result, expected, abs_tol=1e-9), (value, target)


def test_bonus_and_penalty_formulas_keep_cap_and_floor(filled: FakeStore) -> None:
    view = view_of(filled)
    bonus, penalty = (view.framework.items[view.framework.columns[code]] for code in ("B1", "P1"))
    for value, more, less in ((0.0, 0.0, 0.0), (3.0, 6.0, -4.5), (9.0, 10.0, -6.0)):
        formulas = [points_formula(view.framework, one, "K1", "E1", "F1", "Có") for one in (bonus, penalty)]
        assert [computed(str(formula), value, None) for formula in formulas] == [more, less]
