"""What a claim would change equals what scoring everything again gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria.impact import Cluster, RankChange, impact
from shared.criteria.loader import load_document
from shared.criteria.standings import score_cohort, stand
from tests.unit.criteria.examples import table

RELATIVE = table(2)
RELATIVE["criteria"][0]["rule"] = {"name": "share_of_best"}


def test_one_leader_moves_everybody() -> None:
    framework = load_document(RELATIVE)
    values = np.array([[100.0, 0.0], [50.0, 30.0], [45.0, 34.0]])
    changed = impact(Cluster(framework, ["A", "B", "C"], ["K"] * 3, values), "A", "C1", 40.0)
    assert (changed.points_before, changed.points_after) == (10, 8)
    assert (changed.total_before, changed.total_after) == (10, 8)
    assert changed.changes == (RankChange("A", 1, 3), RankChange("B", 2, 1), RankChange("C", 3, 2))
    assert changed.first_changes
    assert changed.ranks_changed == 3


def test_points_given_directly_count_before_the_rule() -> None:
    framework = load_document(RELATIVE)
    values, given_points = np.array([[100.0, 0.0], [50.0, 30.0]]), np.array([[np.nan, 9.0], [np.nan, np.nan]])
    cohort = Cluster(framework, ["A", "B"], ["K"] * 2, values, points=given_points)
    unchanged = impact(cohort, "A", "C2", 50.0)
    assert (unchanged.points_before, unchanged.points_after, unchanged.changes) == (9, 9, ())


def test_unknown_names() -> None:
    cohort = Cluster(load_document(RELATIVE), ["A"], ["K"], np.array([[1.0, 1.0]]))
    with pytest.raises(KeyError):
        impact(cohort, "A", "C9", 1.0)
    with pytest.raises(ValueError, match="is not in list"):
        impact(cohort, "Z", "C1", 1.0)


@given(data=st.data())
def test_impact_is_the_difference_of_two_rankings(data: st.DataObject) -> None:
    framework = load_document(RELATIVE)
    count = data.draw(st.integers(2, 6))
    values = np.array([[float(data.draw(st.integers(0, 100))) for _ in range(2)] for _ in range(count)])
    units, clusters = [f"U{i}" for i in range(count)], [data.draw(st.sampled_from("KL")) for _ in range(count)]
    row, column, value = (
        data.draw(st.integers(0, count - 1)),
        data.draw(st.integers(0, 1)),
        data.draw(st.floats(0, 100)),
    )
    found = impact(Cluster(framework, units, clusters, values), units[row], f"C{column + 1}", value)
    after = values.copy()
    after[row, column] = value
    ranks = [
        stand(framework, units, clusters, score_cohort(framework, units, clusters, table_)).rank
        for table_ in (values, after)
    ]
    expected = [(u, int(a), int(b)) for u, a, b in zip(units, *ranks, strict=True) if a != b]
    assert [(change.unit, change.before, change.after) for change in found.changes] == sorted(expected)
