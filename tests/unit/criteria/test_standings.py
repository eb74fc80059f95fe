"""Ranks: 1, 2, 2, 4 on ticks inside each cluster, with tie-breakers; the order of rows is nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria.loader import load_document
from shared.criteria.standings import competition_ranks, score_cohort, stand
from tests.unit.criteria.examples import HDI, table

PLACES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=15)


@given(rows=PLACES)
def test_ranks_are_one_more_than_those_strictly_before(rows: list[tuple[int, int, int]]) -> None:
    clusters, totals, ties = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    expected = [1 + sum(k == cluster and (t, o) > (total, tie) for k, t, o in rows) for cluster, total, tie in rows]
    assert competition_ranks(clusters, totals, ties).tolist() == expected


def test_units_equal_as_printed_share_their_rank() -> None:
    framework = load_document(table(1, maximum=100))
    points = np.array([[80.001], [80.004], [79.99], [80.006]])
    standings = stand(framework, list("ABCD"), ["K"] * 4, points)
    assert standings.rank.tolist() == [2, 2, 4, 1]
    assert standings.total.tolist() == [80, 80, 79.99, 80.01]


def test_tie_breakers_in_their_order() -> None:
    framework = load_document(table(3, tie_breakers=["C2", "C3"]))
    points = np.array([[5, 3, 2], [4, 4, 2], [4, 3, 3], [5, 3, 2], [np.nan, 9, 1]], dtype=float)
    assert stand(framework, list("ABCDE"), ["K"] * 5, points).rank.tolist() == [3, 1, 2, 3, 0]


def test_tie_breakers_may_be_groups() -> None:
    document = {
        "framework": "g",
        "tie_breakers": ["G2"],
        "groups": [{"code": f"G{g}", "criteria": [{"code": f"C{g}", "max_points": 10}]} for g in (1, 2)],
    }
    standings = stand(load_document(document), ["A", "B"], ["K"] * 2, np.array([[6.0, 4.0], [4.0, 6.0]]))
    assert standings.rank.tolist() == [2, 1]
    assert standings.groups.tolist() == [[6, 4], [4, 6]]


@given(data=st.data())
def test_the_order_of_units_and_clusters_changes_nothing(data: st.DataObject) -> None:
    framework = load_document(HDI | {"missing": "cluster_mean"})
    count = data.draw(st.integers(1, 8))
    figure = st.just(float("nan")) | st.floats(0, 1)
    points = np.array([[data.draw(figure) for _ in range(4)] for _ in range(count)])
    units = [f"U{number}" for number in range(count)]
    clusters = [data.draw(st.sampled_from("KL")) for _ in range(count)]
    order = data.draw(st.permutations(range(count)))
    verified = np.isfinite(points)
    first = stand(framework, units, clusters, points, verified)
    second = stand(framework, [units[i] for i in order], [clusters[i] for i in order], points[order], verified[order])
    assert first.rank[order].tolist() == second.rank.tolist()
    for name in ("total", "groups", "criteria", "share_verified"):
        left, right = getattr(first, name), getattr(second, name)
        assert np.array_equal(left[order], right, equal_nan=True), name


def test_scoring_takes_the_criteria_alone() -> None:
    framework = load_document(table(2, bonuses=[{"code": "B", "points_each": 1}]))
    points = score_cohort(framework, ["A"], ["K"], np.array([[50.0, 100.0]]))
    assert np.array_equal(points, [[5, 10, np.nan]], equal_nan=True)
    assert stand(framework, ["A"], ["K"], points[:, :2]).total.tolist() == [15]


@given(data=st.data())
def test_the_order_of_the_criteria_changes_nothing(data: st.DataObject) -> None:
    document = table(5)
    points = np.array([[data.draw(st.floats(0, 10)) for _ in range(5)] for _ in range(3)])
    order = data.draw(st.permutations(range(5)))
    moved = table(5) | {"criteria": [document["criteria"][column] for column in order]}
    first = stand(load_document(document), list("ABC"), ["K"] * 3, points)
    second = stand(load_document(moved), list("ABC"), ["K"] * 3, points[:, order])
    assert first.total.tolist() == second.total.tolist()
    assert first.rank.tolist() == second.rank.tolist()
