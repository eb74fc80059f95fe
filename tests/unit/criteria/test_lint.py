"""The linter: what it remarks, where it says so, and that it stays silent about what is well made."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria.lint import remarks
from shared.criteria.lint_cohort import cohort_remarks, pairs_told_apart, shares_of_differences
from shared.criteria.loader import load_document
from tests.unit.criteria.documents import documents
from tests.unit.criteria.examples import table

SOURCE = [{"id": "nso", "indicator": "X", "relation": "same", "tolerance": {"absolute": 0.1}}]


def clean(**keys: Any) -> dict[str, Any]:
    """A table about which nothing is to be said, with the keys of its first criterion changed."""
    document = table(4, maximum=25, total=100)
    for criterion in document["criteria"]:
        criterion["sources"] = SOURCE
    document["criteria"][0] |= keys
    return document


def found(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(remark.code, remark.said.in_language("en")) for remark in remarks(load_document(document))]


def test_nothing_is_said_of_a_well_made_table() -> None:
    assert found(clean()) == []


@pytest.mark.parametrize(
    ("keys", "code", "words"),
    [
        ({"rule": {"name": "binary"}}, "two_levels", "only two levels"),
        ({"rule": {"name": "bands", "bands": [{"at_least": 5, "share": 1}]}}, "two_levels", "only two levels"),
        (
            {"rule": {"name": "bands", "bands": [{"at_least": 5, "share": 1}, {"at_least": 1, "share": 0}]}},
            "two_levels",
            "C1",
        ),
        ({"rule": {"name": "rubric", "shares": [0, 1]}}, "two_levels", "C1"),
        ({"rule": {"name": "per_count", "points_each": 25}}, "two_levels", "C1"),
        ({"rule": {"name": "rubric", "shares": [0.2, 0.5, 0.8]}}, "unreachable", "80 %"),
        ({"unit": "%", "rule": {"name": "goalposts", "low": 0, "high": 120}}, "unreachable", "120 %"),
        ({"kind": "qualitative"}, "vague", "no rubric"),
        ({"kind": "qualitative", "rule": {"name": "rubric"}}, "quantified_share", "75 %"),
        ({"sources": []}, "unverifiable", "cannot be verified"),
        ({"rule": {"name": "proportional"}}, "no_target", "which one counts"),
        ({"sources": [{"id": "nso", "indicator": "X", "relation": "same"}]}, "no_tolerance", "“nso” has no tolerance"),
        ({"weight": 2}, "idle_weight", "no effect"),
        ({"max_points": 20}, "total", "95, but the total says 100"),
    ],
)
def test_what_deserves_a_second_look(keys: dict[str, Any], code: str, words: str) -> None:
    remarked = found(clean(**keys))
    assert any(which == code and words in said for which, said in remarked), remarked


def test_a_count_in_whole_levels_needs_no_tolerance() -> None:
    document = clean(
        kind="count",
        rule={"name": "per_count", "points_each": 5},
        sources=[{"id": "nso", "indicator": "X", "relation": "same"}],
    )
    assert found(document) == []


def test_the_promise_that_everything_is_quantified_is_checked() -> None:
    document = clean(kind="qualitative", rule={"name": "rubric"})
    assert "not_quantified" not in dict(found(document))
    assert "not_quantified" in dict(found({**document, "quantified": "all"}))
    assert found({**clean(), "quantified": "all"}) == []


def test_one_heavy_criterion_among_many_light_ones() -> None:
    document = table(8, maximum=10)
    document["criteria"][2]["max_points"] = 200
    said = [text for code, text in found(document) if code == "imbalance"]
    assert any(text.startswith("“C3” alone carries 74.0741 %") for text in said)
    assert any("“C3” weighs 20 times as much as “C1”" in text for text in said)


def test_weights_count_as_they_work_through_the_tree() -> None:
    document: dict[str, Any] = {
        "framework": "index",
        "total": 1,
        "aggregation": "weighted_arithmetic",
        "groups": [
            {"code": "A", "weight": 3, "criteria": [{"code": f"A{n}"} for n in range(2)]},
            {"code": "B", "weight": 1, "criteria": [{"code": f"B{n}"} for n in range(4)]},
        ],
    }
    said = [text for code, text in found(document) if code == "imbalance"]
    assert said == ["“A0” alone carries 37.5 % of all points.", "“A1” alone carries 37.5 % of all points."]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"bonuses": [{"code": "B", "points_each": 5}]}, "no common cap"),
        ({"bonuses": [{"code": "B", "points_each": 5}], "bonus_cap": 9}, "no effect: together they give at most 5"),
        ({"bonuses": [{"code": "B", "points_each": 5, "cap": 30}], "bonus_cap": 20}, "20 % of the total"),
        ({"penalties": [{"code": "P", "points_each": -5}]}, "no common floor"),
        ({"penalties": [{"code": "P", "points_each": -5}], "penalty_floor": -9}, "they take at most 5"),
        (
            {"penalties": [{"code": "P", "points_each": -5, "floor": -30}], "penalty_floor": -30},
            "take 30 % of the total",
        ),
    ],
)
def test_caps_and_floors(keys: dict[str, Any], words: str) -> None:
    said = [text for code, text in found({**clean(), **keys}) if code == "caps"]
    assert any(words in text for text in said), said


@given(documents())
def test_any_framework_can_be_linted_and_every_remark_leads_into_its_document(document: dict[str, Any]) -> None:
    for remark in remarks(load_document(document)):
        place: Any = document
        for step in remark.path:
            assert step in place if isinstance(step, str) else step < len(place)
            place = place[step]
        assert remark.said.in_language("vi") != remark.said.text


# Last year's figures


def looked_at(
    document: dict[str, Any], values: list[list[float]], clusters: list[str] | None = None
) -> dict[str, list[str]]:
    framework = load_document(document)
    units = [f"u{number}" for number in range(len(values))]
    said: dict[str, list[str]] = {}
    for remark in cohort_remarks(framework, units, clusters or ["c"] * len(units), np.array(values)):
        said.setdefault(remark.code, []).append(remark.said.in_language("en"))
    return said


def test_a_criterion_that_tells_nobody_apart() -> None:
    same = [[50.0, float(value), 40.0] for value in range(0, 100, 10)]
    assert looked_at(table(3), same)["undiscriminating"] == [
        "“C1” told only 0 % of the pairs of units apart.",
        "“C3” told only 0 % of the pairs of units apart.",
    ]
    narrow = [[50 + 0.1 * value, 10.0 * value, 9.0 * value] for value in range(10)]
    assert looked_at(table(3), narrow)["undiscriminating"] == [
        "“C1” hardly tells units apart: most lie within 0.8 % of its points."
    ]


def test_marks_that_nobody_reaches_or_everybody_does() -> None:
    said = looked_at(table(3), [[value, 100.0, 0.0 if value > 20 else 70.0] for value in (5.0, 15, 25, 35, 45)])
    assert said["unreachable"] == ["Nobody came near all points of “C1”: the best earned 45 %."]
    assert said["too_easy"] == [
        "100 % of the units earned all points of “C2”: its mark is too easy to tell them apart."
    ]
    assert said["too_hard"] == ["60 % of the units earned nothing for “C3”."]


def test_what_really_decides() -> None:
    document = table(10)
    values = [[50 + value * (1 if column else 40) for column in range(10)] for value in (-1.2, -0.8, 0, 0.7, 1.1)]
    said = looked_at(document, values)["imbalance"]
    assert said[0].startswith("“C1” carries 10 % of the points and brings 81.6")
    assert said[1].startswith("“C2” carries 10 % of the points but brings only 2.0")


def test_nothing_is_said_of_fewer_than_five_figures() -> None:
    assert looked_at(table(1), [[50.0]] * 4) == {}


def test_pairs_are_those_of_one_cluster() -> None:
    ticks, clusters = np.array([1.0, 1, 2, 5, 5]), np.array([0, 0, 0, 1, 1])
    assert pairs_told_apart(ticks, clusters) == 0.5
    assert np.isnan(pairs_told_apart(ticks[:1], clusters[:1]))


@given(st.integers(0, 2**32), st.integers(1, 3))
def test_shares_of_differences_add_up_to_all_of_them(seed: int, clusters: int) -> None:
    draw = np.random.default_rng(seed)
    fractions = draw.uniform(size=(12, 5))
    fractions[draw.uniform(size=fractions.shape) < 0.1] = np.nan
    shares = shares_of_differences(fractions, np.full(5, 0.2), draw.integers(0, clusters, 12))
    assert shares.sum() == pytest.approx(1)
