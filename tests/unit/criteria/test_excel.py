"""A framework as an Excel table: round trips, words in both languages, and faults at their cells."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from shared.contracts.refusals import BadInput
from shared.contracts.sentences import LANGUAGES, Sentence
from shared.criteria import model
from shared.criteria.documents import yaml_text
from shared.criteria.excel import layout
from shared.criteria.excel.writing import framework_workbook
from shared.criteria.files import load_text
from shared.criteria.loader import load_document
from tests.sizes import examples
from tests.unit.criteria.documents import documents
from tests.unit.criteria.examples import table

EVERYTHING: dict[str, Any] = table(
    3,
    title={"vi": "Bảng điểm", "en": "Table"},
    groups=[
        {
            "code": "G1",
            "title": {"vi": "Nhóm một"},
            "groups": [
                {
                    "code": "G2",
                    "criteria": [
                        {
                            "code": "D1",
                            "max_points": 5,
                            "rule": {
                                "name": "bands",
                                "bands": [{"at_most": 1.5, "share": 1}, {"at_most": 3, "share": 0.25}],
                            },
                            "sources": [
                                {"id": "nso", "indicator": "X", "relation": "same", "tolerance": {"absolute": 0.1}}
                            ],
                        },
                        {
                            "code": "D2",
                            "max_points": 5,
                            "kind": "qualitative",
                            "rule": {"name": "rubric", "shares": [0.2, 0.5, 1]},
                        },
                    ],
                }
            ],
        }
    ],
    bonuses=[{"code": "B1", "points_each": 5, "cap": 10}],
    gates=[{"code": "X1", "effect": "hold"}],
    overlays=[{"clusters": ["c1", "c2"], "changes": {"C1": 2, "C2": -2}, "legal_reference": "12/QĐ", "reason": "vì"}],
)


# Writing a workbook takes a while: few examples, and no hunt for a smaller one.
@given(documents(), st.sampled_from(LANGUAGES))
@settings(max_examples=examples(25), deadline=None, phases=(Phase.explicit, Phase.generate))
def test_excel_gives_back_the_same_framework(document: dict[str, Any], language: str) -> None:
    framework = load_document(document)
    again = load_text(framework_workbook(framework, language), "k.xlsx")
    assert again == framework
    assert again.sha256 == framework.sha256


@given(documents())
@settings(deadline=None)
def test_yaml_gives_back_the_same_framework(document: dict[str, Any]) -> None:
    framework = load_document(document)
    again = load_text(yaml_text(document))
    assert again == framework
    assert again.sha256 == framework.sha256


def edited(change: Callable[[Any], None], document: dict[str, Any] = EVERYTHING, language: str = "vi") -> bytes:
    book = load_workbook(io.BytesIO(framework_workbook(load_document(document), language)))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cell(sheet: str, place: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][place] = value

    return change


def test_staff_change_a_maximum_and_a_rule_in_their_own_words() -> None:
    def change(book: Any) -> None:
        sheet = book["Tiêu chí"]
        titles = {sheet.cell(1, column).value: column for column in range(1, sheet.max_column + 1)}
        sheet.cell(2, titles["Điểm tối đa"]).value = "12,5"
        sheet.cell(3, titles["Cách chấm"]).value = "Theo  bậc"
        sheet.cell(3, titles["Mốc không điểm"]).value = None
        sheet.cell(3, titles["Mốc điểm tối đa"]).value = None
        sheet.cell(3, titles["Các bậc hoặc mức"]).value = "≥ 95: 1; >= 80,5: 0,6"

    framework = load_text(edited(change), "khung.xlsx")
    assert framework.criterion("C1").max_points == 12.5
    assert framework.criterion("C2").rule == model.Bands(((95, 1), (80.5, 0.6)))
    assert framework.criterion("D1") == load_document(EVERYTHING).criterion("D1")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (cell("Tiêu chí", "I2", "nhiều"), "k.xlsx:Tiêu chí!I2: “nhiều” không phải là số."),
        (cell("Tiêu chí", "I2", "=5+5"), "k.xlsx:Tiêu chí!I2: Ô chứa công thức"),
        (cell("Tiêu chí", "I2", -1), "k.xlsx:Tiêu chí!I2: Cần một số lớn hơn 0"),
        (cell("Tiêu chí", "G2", "đo"), "k.xlsx:Tiêu chí!G2: Cần một trong: định lượng, định tính"),
        (cell("Tiêu chí", "C3", "C1"), "k.xlsx:Tiêu chí!C3: Mã “C1”"),
        (cell("Tiêu chí", "C3", "mã số"), "k.xlsx:Tiêu chí!C3: "),
        (cell("Tiêu chí", "B6", "G9"), "k.xlsx:Tiêu chí!B6: Trang tính này không có nhóm “G9”."),
        (cell("Tiêu chí", "B5", "G2"), "k.xlsx:Tiêu chí!B5: Nhóm “G2” nằm trong chính nó."),
        (cell("Tiêu chí", "A3", None), "k.xlsx:Tiêu chí!A3: Hãy ghi dòng này là gì: nhóm, tiêu chí."),
        (cell("Tiêu chí", "K2", "cộng điểm"), "k.xlsx:Tiêu chí!K2: “Cách gộp” không dùng cho loại dòng này."),
        (cell("Tiêu chí", "R2", "0,5; 1"), "k.xlsx:Tiêu chí!R2: Các mức như"),
        (cell("Tiêu chí", "R7", ">= tám: 1"), "k.xlsx:Tiêu chí!R7: “tám” không phải là số."),
        (cell("Tiêu chí", "I1", "Điểm tối da"), "k.xlsx:Tiêu chí!I1: Không rõ tiêu đề “Điểm tối da”; có phải là “Điểm"),
        (cell("Nguồn số liệu", "A2", "D9"), "k.xlsx:Nguồn số liệu!A2: "),
        (cell("Nguồn số liệu", "E2", -1), "k.xlsx:Nguồn số liệu!E2: Cần số từ 0 trở lên"),
        (cell("Mức điều chỉnh", "C2", 3), "k.xlsx:Mức điều chỉnh!C2: "),
        (cell("Mức điều chỉnh", "A2", "9"), "k.xlsx:Mức điều chỉnh!A2: Không có điều chỉnh nào tên “9”."),
        (cell("Khung", "B7", 9.5), "k.xlsx:Khung!B7: Cần một số nguyên"),
        (lambda book: book.remove(book["Tiêu chí"]), "k.xlsx: Thiếu trang tính “Tiêu chí”."),
    ],
)
def test_a_fault_is_said_at_its_cell(change: Callable[[Any], None], expected: str) -> None:
    with pytest.raises(BadInput) as refused:
        load_text(edited(change), "k.xlsx")
    said = [fault.in_language("vi") for fault in refused.value.faults]
    assert any(line.startswith(expected) for line in said), said


def test_every_choice_has_a_word_of_its_own_in_every_language_and_fits_a_drop_down() -> None:
    choices: dict[str, Any] = {
        "AGGREGATIONS": model.AGGREGATIONS,
        "MISSING": model.MISSING,
        "UNCORROBORATED": model.UNCORROBORATED,
        "KINDS": model.KINDS,
        "DIRECTIONS": model.DIRECTIONS,
        "TARGETS": model.TARGETS,
        "EVIDENCE": model.EVIDENCE,
        "RELATIONS": model.RELATIONS,
        "DISCLOSURES": model.DISCLOSURES,
        "EFFECTS": model.GATE_EFFECTS,
        "SCOPES": model.SCOPES,
    }
    for name, words in choices.items():
        assert tuple(getattr(layout, name)) == tuple(words), name
    for shape in layout.SHEETS:
        for language in LANGUAGES:
            titles = [layout.folded(Sentence(column.title).in_language(language)) for column in shape.columns]
            assert len(set(titles)) == len(titles), (shape.name, language)
            for column in shape.columns:
                spoken = [Sentence(word).in_language(language) for word in (column.words or {}).values()]
                assert len({layout.folded(word) for word in spoken}) == len(spoken)
                assert len(",".join(spoken)) <= 253
                assert not any("," in word or '"' in word for word in spoken)


def test_all_faults_come_together() -> None:
    def change(book: Any) -> None:
        book["Tiêu chí"]["I2"] = "nhiều"
        book["Nguồn số liệu"]["D2"] = "gần giống"

    with pytest.raises(BadInput) as refused:
        load_text(edited(change), "k.xlsx")
    assert [fault.path for fault in refused.value.faults] == ["Tiêu chí!I2", "Nguồn số liệu!D2"]
