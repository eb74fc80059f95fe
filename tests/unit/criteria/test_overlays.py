"""What an overlay changes, and the head-advantage test against a replay with the code that ranks."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.refusals import BadInput
from shared.criteria import model, overlays
from shared.criteria.loader import load_document
from shared.criteria.standings import score_cohort, stand
from tests.sizes import examples
from tests.unit.criteria.examples import table

UNITS = [f"u{number}" for number in range(6)]
CLUSTERS = ["a", "a", "a", "a", "b", "b"]


def framework(changes: dict[str, float], criteria: int = 8, **keys: Any) -> model.Framework:
    overlay = {"clusters": ["a"], "changes": changes, "legal_reference": "12/QĐ", "reason": "x"}
    return load_document(table(criteria, maximum=20, overlays=[overlay], **keys))


def test_the_difference_to_the_base_table() -> None:
    made = framework({"C3": 5, "C1": -4, "C2": -1})
    overlay = overlays.overlay_of(made, "a")
    assert overlay is not None
    assert overlays.overlay_of(made, "b") is None
    changes = overlays.changes(made, overlay)
    assert [(change.criterion.code, change.base, change.changed, change.difference) for change in changes] == [
        ("C1", 20, 16, -4),
        ("C2", 20, 19, -1),
        ("C3", 20, 25, 5),
    ]
    assert overlays.share_moved(made, overlay) == 5 / 160


def test_an_overlay_cut_for_its_head_is_seen_and_an_even_one_is_not() -> None:
    """The head is best where the overlay adds, worst where it takes off: hardly another change serves it so well."""
    values = np.tile(np.array([[10.0, 90, 50, 50, 50, 50, 50, 50]]), (6, 1))
    values[0, :2] = 90, 10
    made = framework({"C1": 10, "C2": -10})
    overlay = made.overlays[0]
    test = overlays.head_advantage(made, overlay, UNITS, CLUSTERS, values, None, "u0")
    assert test.gain == pytest.approx(16)
    assert (test.rank_before, test.rank_after) == (1, 1)
    assert test.p_value == pytest.approx(1 / 56, abs=0.004)  # one ordered pair of eight criteria in 56
    other = overlays.head_advantage(made, overlay, UNITS, CLUSTERS, values, None, "u1")
    assert other.gain == pytest.approx(-16 / 3)
    assert other.p_value > 0.98
    even = overlays.head_advantage(
        framework({"C3": 10, "C4": -10}), overlay, UNITS, CLUSTERS, np.full((6, 8), 50.0), None, "u0"
    )
    assert (even.gain, even.p_value, even.better_rank) == (0, 1, 1)


@given(st.integers(0, 2**32))
@settings(max_examples=examples(30), deadline=None)
def test_the_replay_is_what_the_table_of_points_gives(seed: int) -> None:
    draw = np.random.default_rng(seed)
    rules: list[dict[str, Any]] = [
        {"name": "goalposts", "low": 0, "high": 100},
        {"name": "per_count", "points_each": 0.7},
        {"name": "leader_relative"},
        {"name": "minmax", "scope": "all"},
    ]
    document = table(8, maximum=20, missing="exclude", rounding=8)
    for criterion in document["criteria"]:
        criterion["rule"] = rules[draw.integers(0, 4)]
    document["overlays"] = [
        {"clusters": ["a"], "changes": {"C1": 6, "C4": -2.5, "C6": -3.5}, "legal_reference": "1", "reason": "x"}
    ]
    made = load_document(document)
    base = load_document({**document, "overlays": []})
    values, targets = draw.uniform(1, 99, (6, 8)), draw.uniform(1, 99, (6, 8))
    totals = []
    for one in (base, made):
        points = score_cohort(one, UNITS, CLUSTERS, values, targets)
        standings = stand(one, UNITS, CLUSTERS, points)
        totals.append(standings.total[:4])
        ranks = standings.rank[:4]
    gained = totals[1] - totals[0]
    test = overlays.head_advantage(made, made.overlays[0], UNITS, CLUSTERS, values, targets, "u2", draws=50)
    assert test.gain == pytest.approx(gained[2] - (gained.sum() - gained[2]) / 3, abs=1e-5)
    assert test.rank_after == ranks[2]
    assert 0 < test.p_value <= 1


def test_the_same_seed_gives_the_same_result_and_random_changes_keep_maxima_above_nothing() -> None:
    values = np.random.default_rng(1).uniform(0, 100, (6, 8))
    document = table(8, maximum=20)
    for criterion in document["criteria"][:6]:
        criterion["max_points"] = 4  # too small to lose ten points
    document["overlays"] = [
        {"clusters": ["a"], "changes": {"C1": 10, "C8": -10}, "legal_reference": "1", "reason": "x"}
    ]
    made = load_document(document)
    tests = [
        overlays.head_advantage(made, made.overlays[0], UNITS, CLUSTERS, values, None, "u0", seed=seed)
        for seed in (7, 7, 8)
    ]
    assert tests[0] == tests[1]
    assert tests[0].draws == 10_000
    assert tests[2].p_value == pytest.approx(tests[0].p_value, abs=0.03)


@pytest.mark.parametrize("head", ["u9", "lonely"])
def test_without_others_there_is_nothing_to_compare(head: str) -> None:
    made = framework({"C1": 1, "C2": -1})
    with pytest.raises(overlays.NotComparable):
        overlays.head_advantage(
            made, made.overlays[0], [*UNITS, "lonely"], [*CLUSTERS, "z"], np.full((7, 8), 50.0), None, head
        )


def test_overlays_of_weighted_frameworks_have_no_effect() -> None:
    made = framework({"C1": 1, "C2": -1}, total=1, aggregation="weighted_arithmetic")
    with pytest.raises(overlays.NotComparable):
        overlays.head_advantage(made, made.overlays[0], UNITS, CLUSTERS, np.full((6, 8), 50.0), None, "u0")


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=8))
def test_only_zero_sum_changes_are_taken_and_they_leave_the_total_alone(changes: list[int]) -> None:
    wanted = {f"C{number}": float(change) for number, change in enumerate(changes, start=1) if change}
    allowed = sum(wanted.values()) == 0 and min(wanted.values(), default=0) > -20
    if not allowed:
        with pytest.raises(BadInput):
            framework(wanted)
        return
    made = framework(wanted)
    assert sum(made.maximum(criterion.code, "a") for criterion in made.criteria) == made.total == 160
    assert all(made.maximum(criterion.code, "b") == 20 for criterion in made.criteria)
    assert dataclasses.replace(made, overlays=()).root == made.root
