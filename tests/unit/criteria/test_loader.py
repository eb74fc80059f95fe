"""Frameworks are read strictly, and every fault says where it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.refusals import BadInput
from shared.criteria import model
from shared.criteria.files import load_file, load_text
from shared.criteria.loader import load_document
from tests.unit.criteria.examples import HDI, table

FULL = """\
framework: full
version: 2
title: {vi: Bảng điểm, en: Table}
total: 100
rounding: 1
missing: zero
uncorroborated: left_out
groups:
  - code: I
    title: {en: Economy}
    criteria:
      - {code: E01, title: {en: Growth}, unit: "%", kind: quantitative, max_points: 60, rule: {name: proportional},
         target: registered, evidence: required, disclosure: council,
         sources: [{id: nso, indicator: GRDP, relation: same, tolerance: {absolute: 0.1, relative: 0.02}},
                   {id: board, indicator: R1, relation: related, disclosure: reference_only}]}
    groups:
      - code: I.1
        criteria: [{code: E02, max_points: 40, kind: qualitative, rule: {name: rubric, shares: [0, 0.5, 1]},
                    evidence: {rule: none, disclosure: reference_only}}]
bonuses: [{code: B1, points_each: 5, cap: 15}]
penalties: [{code: P1, points_each: -2}]
bonus_cap: 50
penalty_floor: -100
gates: [{code: X1, effect: hold}]
tie_breakers: [E01, I.1]
overlays:
  - {clusters: [K1], changes: {E01: 5, E02: -5}, legal_reference: "1122", reason: stress}
"""


def faults(text: str | bytes, name: str = "f.yaml") -> list[str]:
    with pytest.raises(BadInput) as caught:
        load_text(text.encode() if isinstance(text, str) else text, name, is_json=name.endswith(".json"))
    return [fault.in_language("en") for fault in caught.value.faults]


def test_everything_of_a_framework() -> None:
    framework = load_text(FULL)
    assert (framework.code, framework.version, framework.rounding, framework.missing) == ("full", 2, 1, "zero")
    assert framework.uncorroborated == "left_out"
    assert framework.title.in_language("vi") == "Bảng điểm"
    assert [group.code for group in framework.groups] == ["I", "I.1"]
    assert [item.code for item in framework.items] == ["E01", "E02", "B1", "P1", "X1"]
    growth, order = framework.criteria
    assert growth.sources[0] == model.SourceReference("nso", "GRDP", "same", model.Tolerance(0.1, 0.02))
    assert growth.sources[1].disclosure == "reference_only"
    assert (growth.target, growth.evidence, growth.disclosure) == ("registered", "required", "council")
    assert order.rule == model.Rubric((0, 0.5, 1))
    assert (order.evidence, order.evidence_disclosure) == ("none", "reference_only")
    assert framework.bonuses[0].cap == 15
    assert framework.penalties[0].floor == -2
    assert framework.maximum("E01", "K1") == 65
    assert framework.maximum("E01", "K2") == 60
    assert framework.root.max_points == framework.total == 100


def test_defaults() -> None:
    framework = load_document({"framework": "f", "criteria": [{"code": "C", "max_points": 7}]})
    assert (framework.missing, framework.rounding, framework.aggregation, framework.total) == ("error", 2, "sum", 7)
    assert framework.uncorroborated == "documented"
    assert framework.criteria[0].rule is None


def test_yaml_json_and_document_are_one_language(tmp_path: Path) -> None:
    from_yaml = load_text(FULL)
    file = tmp_path / "full.json"
    file.write_text(json.dumps(from_yaml.document, indent="\t"), "utf-8")
    assert load_file(file) == from_yaml
    assert load_file(file).sha256 == from_yaml.sha256
    shuffled = dict(reversed(from_yaml.document.items()))
    assert load_document(shuffled).sha256 == from_yaml.sha256
    assert [c.code for c in load_document(shuffled).criteria] == [c.code for c in from_yaml.criteria]


def test_hash_is_of_the_canonical_form() -> None:
    # printf '{"criteria":[{"code":"C","max_points":7}],"framework":"f"}' | sha256sum
    framework = load_document({"framework": "f", "criteria": [{"max_points": 7.0, "code": "C"}]})
    assert framework.sha256 == "35a90e74c7439250b474a6e2a82c488a05f06451db7bed0687653faa00fa0a3c"


# What is replaced by what, where the fault stands (the start of this text), what is said.
FAULTS = [
    ("max_points: 60", "max_point: 60", "max_point: 60", "Unknown key “max_point”; did you mean “max_points”?"),
    ("absolute: 0.1", "absolute: -0.1", "-0.1", "Expected 0 or more."),
    ("absolute: 0.1", "absolute: .nan", ".nan", "Expected a finite number, not “.nan”."),
    ("absolute: 0.1", "absolute: 1e999", "1e999", "The number “1e999” is too large."),
    ("absolute: 0.1", "absolute: no", "no,", "Expected a finite number."),
    ("relation: same", "relation: equal", "equal", "Expected one of: same, related; found “equal”."),
    ("rounding: 1", "rounding: 1.5", "1.5", "Expected a whole number."),
    ("rounding: 1", "rounding: 99", "99", "Expected a whole number from 0 to 8."),
    ("code: E02", "code: E01", "E01, max_points: 40", "The code “E01” is given twice."),
    ("code: B1", "code: E01", "E01, points_each", "The code “E01” is given twice."),
    ("total: 100", "total: 100\ntotal: 90", "total: 90", "The key “total” is given twice."),
    ("name: rubric", "name: ruler", "ruler", "Expected one of: proportional, leader_relative"),
    ("missing: zero", "missing: cluster_mean", "cluster_mean", "A table of points (aggregation sum) may not fill"),
    ("[E01, I.1]", "[E09]", "E09", "“E09” is no criterion or group of this framework."),
    ("E02: -5", "E02: -4", "{E01: 5", "The changes must add up to 0; they add up to 1."),
    ("E01: 5, E02: -5", "E01: 25, E02: -25", "25, E02", "The change is larger than the bound of 20 points."),
    ("title: {en: Economy}", "title: {}", "{}", "Give the title in Vietnamese (vi) or English (en)."),
    ("code: I.1", "code: Nhóm 1", "Nhóm", "A code has 1 to 63 letters"),
    ("relation: related", "relation: related, tolerance: {relative: 1}", "{relative: 1}", "A related rating has"),
    ("version: 2", "version: &v 2", "&v", "Anchors and aliases"),
    ("version: 2", "version: !!python/object:os.system 2", "!!", "Tags"),
    ("version: 2", "version: \x07", "\x07", "A control character (code 7) does not belong here."),
    ("version: 2", "version: }", "}\ntitle", "This is not YAML"),
]


@pytest.mark.parametrize(("old", "new", "at", "said"), FAULTS)
def test_faults_are_located(old: str, new: str, at: str, said: str) -> None:
    assert FULL.count(old) == 1
    text = FULL.replace(old, new)
    assert text.count(at) == 1
    before = text[: text.index(at)]
    place = f"f.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert faults(text)[0].startswith(f"{place}: {said}")


def test_faults_come_together_in_the_order_of_the_file() -> None:
    text = FULL.replace("version: 2", "version: 0").replace("cap: 15", "cap: -1").replace("kind: quant", "kind: x")
    lines = [fault.split(":")[1] for fault in faults(text + "extra: 1\n")]
    assert lines == ["2", "12", "20", "28"]


def test_rules_are_checked() -> None:
    for rule, path in (
        ({"name": "goalposts", "low": 1, "high": 1}, "rule.high"),
        ({"name": "goalposts", "low": 0, "high": 1, "transform": "log"}, "rule.low"),
        ({"name": "goalposts", "low": 0}, "rule"),
        ({"name": "minmax", "scope": "country"}, "rule.scope"),
        ({"name": "proportional", "scope": "all"}, "rule.scope"),
        ({"name": "bands", "bands": []}, "rule.bands"),
        ({"name": "bands", "bands": [{"at_least": 1, "share": 0.5}, {"at_least": 2, "share": 0.2}]}, "rule.bands[1]"),
        ({"name": "bands", "bands": [{"at_least": 1, "share": 0.5}, {"at_most": 0, "share": 0.2}]}, "rule.bands[1]"),
        ({"name": "bands", "bands": [{"share": 0.5}]}, "rule.bands[0]"),
        ({"name": "rubric", "shares": [0, 2]}, "rule.shares[1]"),
        ({"name": "per_count", "points_each": 0}, "rule.points_each"),
        ({}, "rule"),
        ("binary", "rule"),
    ):
        document = table(1)
        document["criteria"][0]["rule"] = rule
        with pytest.raises(BadInput) as caught:
            load_document(document)
        assert [fault.path for fault in caught.value.faults] == [f"criteria[0].{path}"]


def test_a_direction_that_contradicts_its_rule_is_refused() -> None:
    document = table(1)
    document["criteria"][0]["direction"] = "lower"
    with pytest.raises(BadInput):
        load_document(document)
    document["criteria"][0]["rule"] = {"name": "binary"}
    with pytest.raises(BadInput):
        load_document(document)
    for rule in ({"name": "goalposts", "low": 5, "high": -10}, {"name": "minmax"}):
        document["criteria"][0]["rule"] = rule
        assert load_document(document).criteria[0].direction == "lower"


@pytest.mark.parametrize(
    "document",
    [
        {"framework": "f", "total": 1, "aggregation": "weighted_arithmetic", "criteria": [{"code": "C", "weight": 0}]},
        {"framework": "f", "aggregation": "weighted_arithmetic", "criteria": [{"code": "C"}]},  # no total
        {"framework": "f", "criteria": [{"code": "C"}]},  # no maximum
        {"framework": "f"},
        {"framework": "f", "groups": []},
        {"framework": "f", "groups": [{"code": "G", "criteria": []}]},
        table(1, bonuses=[{"code": "B", "points_each": 5, "cap": 3}]),
        table(1, penalties=[{"code": "P", "points_each": 5}]),
    ],
)
def test_weights_and_maxima_must_make_sense(document: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        load_document(document)


def test_files_that_cannot_be_read() -> None:
    assert faults(b"") == ["f.yaml:1:1: The document is empty."]
    assert faults("framework: đ".encode()[:-1]) == ["f.yaml:1:12: The text is not UTF-8."]
    assert faults(FULL.encode("utf-16")) == ["f.yaml:1:1: The file is UTF-16; expected UTF-8."]
    assert faults("[1, 2]") == ["f.yaml:1:1: Expected a table with the keys of a framework."]
    assert faults("a: 1\n---\nb: 1") == ["f.yaml:2:1: Only one document is expected in a file."]
    assert faults("[" * 100_000)[0].endswith("The document is nested deeper than 60 levels.")
    assert faults("? [a]\n: 1")[0].endswith("A key is a word, not a list or a table.")
    assert load_text(b"\xef\xbb\xbf" + FULL.encode()).code == "full"
    with pytest.raises(BadInput):
        load_file(Path("/nowhere/at/all.yaml"))


def test_a_short_file_cannot_unfold_into_a_huge_one() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "Anchors and aliases" in faults(bomb)[0]


def test_json_faults_are_located_too() -> None:
    text = json.dumps(table(1), indent=2)
    assert faults(text.replace('"low": 0', '"low": NaN'), "f.json") == [
        "f.json:9:16: Expected a finite number, not “NaN”."
    ]
    assert faults(text.replace('"low": 0', '"low": 0, "low": 1'), "f.json") == [
        "f.json:9:19: The key “low” is given twice."
    ]
    assert faults(text + "}", "f.json")[0].endswith("This is not JSON.")
    assert faults("[" * 100_000, "f.json")[0].startswith("f.json: The document is nested too deeply")
    # YAML does not know pairs of surrogates, so places are missing; the data is read all the same.
    assert "Unknown key" in faults('{"framework": "f", "\\ud83d\\ude00": 1}', "f.json")[0]


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["framework", "groups", "criteria",
        "code", "rule", "name", "title", "sources", "overlays", "changes", "evidence"]) | st.text(), inner, max_size=4),
    max_leaves=20,
))  # fmt: skip
def test_nonsense_is_refused_and_never_crashes(document: Any) -> None:
    with pytest.raises(BadInput):
        load_document(document)
    with pytest.raises(BadInput):
        load_text(json.dumps(document).encode(), "f.json", is_json=True)


@given(data=st.data())
def test_one_wrong_value_anywhere_never_crashes(data: st.DataObject) -> None:
    document = json.loads(json.dumps(HDI))
    node: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(node))) if isinstance(node, dict) else data.draw(
            st.integers(0, len(node) - 1)
        )  # fmt: skip
        if not isinstance(node[key], dict | list) or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(st.sampled_from([None, True, -1, 0, 1e308, "", "x", [], {}, [{}], {"code": "C"}, "\x00"]))
    refused: tuple[Any, ...] = ()
    try:
        framework = load_document(document)
    except BadInput as refusal:
        refused = refusal.faults
    assert refused or framework.criteria
