"""Totals of nested frameworks against a reference that goes unit by unit in plain Python."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria import model
from shared.criteria.loader import load_document
from shared.criteria.standings import score_cohort, stand
from tests.unit.criteria.examples import table

NAN = float("nan")
KINDS = st.sampled_from(["sum", "weighted_arithmetic", "weighted_geometric"])
WEIGHTS = st.sampled_from([0.5, 1, 2, 3.25])


def half_up(figure: float, decimals: int) -> float:
    return math.copysign(math.floor(abs(figure) * 10**decimals + 0.5 + 1e-6), figure) / 10**decimals


def reference(framework: model.Framework, row: dict[str, float]) -> float | None:
    """The total of one unit by the definitions, without vectors; None where nothing counts."""

    def node(group: model.Group, ticked: bool) -> tuple[float | None, float]:
        ticked = ticked and group.aggregation == "sum"
        children: list[tuple[float | None, float, float]] = []
        for criterion in group.criteria:
            points: float | None = row[criterion.code]
            if math.isnan(row[criterion.code]):
                points = 0.0 if framework.missing == "zero" else None
            if ticked and points is not None:
                points = half_up(points, framework.rounding)
            children.append((points, criterion.max_points, criterion.weight))
        for below in group.groups:
            points, worth = node(below, ticked)
            if ticked and below.aggregation != "sum" and points is not None:
                points = half_up(points, framework.rounding)
            children.append((points, worth, below.weight))
        present = [child for child in children if child[0] is not None]
        if group.aggregation == "sum":
            worth = sum(child[1] for child in children)
            if not present:
                return None, worth
            return sum(c[0] or 0 for c in present) * worth / sum(c[1] for c in present), worth
        worth = framework.total if group is framework.root else group.max_points
        if not present:
            return None, worth
        weights = sum(child[2] for child in present)
        fractions = [((child[0] or 0) / child[1], child[2] / weights) for child in present]
        if group.aggregation == "weighted_arithmetic":
            return sum(f * w for f, w in fractions) * worth, worth
        return math.prod(max(f, 0) ** w for f, w in fractions) * worth, worth

    total, _ = node(framework.root, True)
    return None if total is None else half_up(total, framework.rounding)


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """Frameworks up to three levels deep."""
    count = 0

    def criterion() -> dict[str, Any]:
        nonlocal count
        count += 1
        maximum = draw(st.sampled_from([1, 10, 25, 30.5]))
        return {"code": f"C{count}", "max_points": maximum, "weight": draw(WEIGHTS)}

    def node(depth: int) -> dict[str, Any]:
        nonlocal count
        made: dict[str, Any] = {"criteria": [criterion() for _ in range(draw(st.integers(0 if depth < 2 else 1, 3)))]}
        if depth < 2:
            made["groups"] = [node(depth + 1) for _ in range(draw(st.integers(0 if made["criteria"] else 1, 2)))]
        if depth:
            count += 1
            made |= {"code": f"G{count}", "weight": draw(WEIGHTS)}
        if not depth or draw(st.booleans()):
            made["aggregation"] = draw(KINDS)
        return made

    return {
        "framework": "tree",
        "total": draw(st.sampled_from([1, 100])),
        "rounding": draw(st.integers(0, 3)),
        "missing": draw(st.sampled_from(["zero", "exclude"])),
        **node(0),
    }


@given(document=trees(), data=st.data())
def test_totals_equal_the_reference(document: dict[str, Any], data: st.DataObject) -> None:
    framework = load_document(document)
    share = st.just(NAN) | st.integers(0, 1000).map(lambda number: number / 1000)
    rows = [
        [data.draw(share) * criterion.max_points for criterion in framework.criteria]
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    units = [f"U{number}" for number in range(len(rows))]
    standings = stand(framework, units, ["K"] * len(rows), np.array(rows))
    codes = [criterion.code for criterion in framework.criteria]
    for row, total in zip(rows, standings.total.tolist(), strict=True):
        expected = reference(framework, dict(zip(codes, row, strict=True)))
        if expected is None:
            assert math.isnan(total)
        else:
            assert total == pytest.approx(expected, abs=1e-9)


def totals(document: dict[str, Any], points: list[list[float]], clusters: str = "") -> list[float]:
    names = list(clusters or "K" * len(points))
    units = [f"U{number}" for number in range(len(points))]
    return stand(load_document(document), units, names, np.array(points)).total.tolist()


def test_a_table_of_points_adds_up_as_printed() -> None:
    # 0.125 three times: each line shows 0.13, so the total is 0.39, not the 0.38 of the exact sum.
    assert totals(table(3), [[0.125, 0.125, 0.125]]) == [0.39]
    weighted = table(3, aggregation="weighted_arithmetic", total=30)
    assert totals(weighted, [[0.125, 0.125, 0.125]]) == [0.38]


def test_missing_error_leaves_the_unit_unranked() -> None:
    standings = stand(load_document(table(2)), ["A", "B"], ["K", "K"], np.array([[1, NAN], [1, 2]]))
    assert standings.rank.tolist() == [0, 1]
    assert np.isnan(standings.total[0])


def test_missing_zero() -> None:
    assert totals(table(2, missing="zero"), [[4, NAN], [NAN, NAN]]) == [4, 0]


def test_missing_excluded_under_sum_scales_to_all_maxima() -> None:
    document = table(2, missing="exclude")
    document["criteria"][1]["max_points"] = 30
    made = totals(document, [[5, NAN], [NAN, 6], [5, 6], [NAN, NAN]])
    assert made[:3] == [20, 8, 11]  # 5·40/10, 6·40/30, 11
    assert math.isnan(made[3])


def test_cluster_mean_fills_by_cluster_and_excludes_where_nobody_has_a_value() -> None:
    document = table(2, missing="cluster_mean", aggregation="weighted_arithmetic", total=100)
    points = [[2, NAN], [4, NAN], [NAN, NAN], [8, 2], [NAN, 6]]
    # Cluster A: nobody has C2, so C1 alone counts; its mean 3 fills the gap. Cluster B: C1 is 8 for both.
    assert totals(document, points, "AAABB") == [20, 40, 30, 50, 70]


def test_shares_verified_follow_effective_weights() -> None:
    document = {
        "framework": "w",
        "total": 100,
        "missing": "exclude",
        "aggregation": "weighted_arithmetic",
        "groups": [
            {"code": "G", "weight": 3, "criteria": [{"code": "A"}, {"code": "B", "weight": 2}]},
            {
                "code": "H",
                "aggregation": "sum",
                "criteria": [{"code": "C", "max_points": 1}, {"code": "D", "max_points": 4}],
            },
        ],
    }
    points = np.array([[1, 1, 1, 1], [1, NAN, 1, NAN], [NAN, NAN, NAN, 1]], dtype=float)
    verified = np.array([[True, False, False, True], [True, True, False, True], [True, True, True, True]])
    standings = stand(load_document(document), ["1", "2", "3"], ["K"] * 3, points, verified)
    assert standings.share_verified is not None
    # Unit 1: A = 3/4·1/3, D = 1/4·4/5. Unit 2: A carries all of G. Unit 3: only D counts, and it is verified.
    assert standings.share_verified.tolist() == pytest.approx([0.25 + 0.2, 0.75, 1.0])


def test_bonuses_penalties_and_gates() -> None:
    document = table(
        1,
        maximum=100,
        bonuses=[{"code": "B1", "points_each": 5, "cap": 15}, {"code": "B2", "points_each": 10}],
        penalties=[{"code": "P1", "points_each": -2, "floor": -10}],
        gates=[{"code": "X1", "effect": "hold"}, {"code": "X2", "effect": "annul"}],
        bonus_cap=20,
        penalty_floor=-8,
    )
    framework = load_document(document)
    values = np.array(
        [[50, NAN, NAN, NAN, NAN, NAN], [50, 4, 1, 1, 1, 0], [50, 1, 0, 9, NAN, NAN], [90, NAN, NAN, NAN, 0, 1]]
    )
    units, clusters = ["A", "B", "C", "D"], ["K"] * 4
    points = score_cohort(framework, units, clusters, values)
    assert points[1].tolist() == [50, 15, 10, -2, 1, 0]
    standings = stand(framework, units, clusters, points)
    assert standings.total[:3].tolist() == [50, 68, 47]  # 50 + min(20, 25) − 2; 50 + 5 − min(8, 10)
    assert standings.rank.tolist() == [2, 1, 3, 0]


def test_overlays_change_the_maxima_of_their_clusters() -> None:
    overlay = {"clusters": ["K1"], "changes": {"C1": 5, "C2": -5}, "legal_reference": "No. 1", "reason": "stress"}
    framework = load_document(table(2, overlays=[overlay]))
    values = np.array([[100.0, 0.0], [100.0, 0.0]])
    points = score_cohort(framework, ["A", "B"], ["K1", "K2"], values)
    assert points[:, 0].tolist() == [15, 10]
    assert stand(framework, ["A", "B"], ["K1", "K2"], points).total.tolist() == [15, 10]
