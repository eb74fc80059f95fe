"""What falls would change, for many claims at once, equals scoring and ranking everything again for each."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.criteria import impact
from shared.criteria.impact import BlastRadius, Cluster, Falls, blast_radius, replaced
from shared.criteria.loader import load_document
from shared.criteria.model import Framework
from shared.criteria.standings import LOWEST
from tests.sizes import examples
from tests.unit.criteria.examples import table

RULES: tuple[dict[str, Any] | None, ...] = (
    {"name": "goalposts", "low": 0, "high": 20},
    {"name": "proportional"},
    {"name": "leader_relative"},
    {"name": "leader_relative", "scope": "all"},
    {"name": "share_of_best"},
    {"name": "share_of_best", "scope": "all"},
    {"name": "minmax"},
    {"name": "minmax", "scope": "all"},
    {"name": "rubric"},
    {"name": "bands", "bands": [{"at_least": 12, "share": 1}, {"at_least": 5, "share": 0.5}]},
    None,
)
ONE_OF = st.sampled_from


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Tables and indices of a few criteria with every rule, nesting, caps, tie-breakers, gates and missing rules."""
    root = draw(ONE_OF(["sum", "weighted_arithmetic", "weighted_geometric"]))
    missing = ["error", "zero", "exclude"] + ([] if root == "sum" else ["cluster_mean"])

    def criterion(code: str) -> dict[str, Any]:
        rule = draw(ONE_OF(RULES))
        made: dict[str, Any] = {"code": code, "max_points": draw(st.integers(1, 20)), "weight": draw(st.integers(1, 3))}
        if rule is not None:
            made |= {"rule": rule}
            if rule["name"] in ("proportional", "leader_relative"):
                made["target"] = "registered"
            if rule["name"] in ("proportional", "leader_relative", "share_of_best", "minmax"):
                made["direction"] = draw(ONE_OF(["higher", "lower"]))
        return made

    own = [criterion(f"C{number}") for number in range(draw(st.integers(1, 3)))]
    inner = [criterion(f"D{number}") for number in range(draw(st.integers(1, 2)))]
    aggregation = "sum" if root == "sum" and draw(st.booleans()) else draw(ONE_OF(["sum", "weighted_arithmetic"]))
    codes = [made["code"] for made in (*own, *inner)]
    document: dict[str, Any] = {
        "framework": "random",
        "rounding": draw(ONE_OF([0, 1, 2])),
        "missing": draw(ONE_OF(missing)),
        "aggregation": root,
        "criteria": own,
        "groups": [{"code": "G", "aggregation": aggregation, "criteria": inner}],
        "bonuses": [{"code": "B", "points_each": 1.5, "cap": 4}],
        "penalties": [{"code": "P", "points_each": -1, "floor": -3}],
        "bonus_cap": 3,
        "penalty_floor": -2,
        "gates": [{"code": "X", "effect": draw(ONE_OF(["hold", "annul", "not_considered"]))}],
        "tie_breakers": draw(st.lists(ONE_OF([*codes, "G"]), max_size=3, unique=True)),
    }
    if root != "sum":
        document["total"] = 10
    return load_document(document)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Cluster, Falls]:
    """A cohort of small clusters with gaps and ties, and falls of any of its items."""
    framework = draw(frameworks())
    count, width = draw(st.integers(1, 9)), len(framework.items)
    # Few different figures, so that leaders tie and fall in all ways.
    figures = st.one_of(st.integers(1, 3).map(float), ONE_OF([np.nan, 0.0, -2.0, 2.5, 5.0, 12.0, 20.0]))

    def cells(known: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(known, min_size=count * width, max_size=count * width))).reshape(count, width)

    given_points = st.one_of(st.just(np.nan), st.just(np.nan), st.integers(0, 5).map(float))
    cohort = Cluster(
        framework=framework,
        units=[f"U{row}" for row in range(count)],
        clusters=draw(st.lists(ONE_OF("KLM"), min_size=count, max_size=count)),
        values=cells(figures),
        targets=draw(st.one_of(st.none(), st.just(cells(figures)))),
        points=draw(st.one_of(st.none(), st.just(cells(given_points)))),
    )
    cell = st.tuples(st.integers(0, count - 1), st.integers(0, width - 1), figures, given_points)
    asked = draw(st.lists(cell, min_size=1, max_size=8))
    rows, columns, values, points = (np.array(side) for side in zip(*asked, strict=True))
    return cohort, Falls(rows.astype(np.int64), columns.astype(np.int64), values.astype(float), points.astype(float))


def one_by_one(cohort: Cluster, falls: Falls) -> BlastRadius:
    """Everything scored and ranked again for each fall."""
    found = []
    before, points_before = cohort.standings(cohort.values)
    for row, column, value, points in zip(falls.rows, falls.columns, falls.values, falls.points, strict=True):
        changed = replaced(cohort, row, column, value, points)
        after, points_after = changed.standings(changed.values)
        both = (before.ticks != LOWEST) & (after.ticks != LOWEST)
        both[row] = False
        found.append(
            (
                points_before[row, column],
                points_after[row, column],
                before.total[row],
                after.total[row],
                before.rank[row],
                after.rank[row],
                (before.rank != after.rank).sum(),
                np.abs(after.ticks - before.ticks)[both].sum() / 10.0**cohort.framework.rounding,
                ((before.rank == 1) != (after.rank == 1)).any(),
            )
        )
    return BlastRadius(*(np.array(side) for side in zip(*found, strict=True)))


@given(asked=rounds(), chunk=st.sampled_from([1, 7, 20_000]))
@settings(max_examples=examples(300), deadline=None)
def test_it_equals_brute_force(asked: tuple[Cluster, Falls], chunk: int) -> None:
    cohort, falls = asked
    expected = one_by_one(cohort, falls)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(impact, "CHUNK", chunk)
        found = blast_radius(cohort, falls)
    for name in ("total_before", "total_after", "rank_before", "rank_after", "ranks_changed", "first_changes"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)
    for name in ("points_before", "points_after", "others_moved"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12, err_msg=name)


def test_a_leader_that_falls_moves_everybody_of_its_cluster_and_nobody_else() -> None:
    relative = table(1)
    relative["criteria"][0]["rule"] = {"name": "share_of_best"}
    values = np.array([[100.0], [50.0], [40.0], [80.0], [60.0]])
    cohort = Cluster(load_document(relative), list("ABCDE"), list("KKKLL"), values)
    found = blast_radius(cohort, Falls(np.array([0, 1]), np.array([0, 0]), np.array([45.0, 30.0]), np.full(2, np.nan)))
    # A falls behind B, the new best: B rises from 5 to 10 points, C from 4 to 8.
    assert (found.points_after[0], found.others_moved[0], found.ranks_changed[0]) == (9.0, 9.0, 2)
    assert (found.rank_before[0], found.rank_after[0], bool(found.first_changes[0])) == (1, 2, True)
    # B is no leader: only its own points and its place change.
    assert (found.others_moved[1], found.ranks_changed[1], bool(found.first_changes[1])) == (0.0, 2, False)


@pytest.mark.parametrize(
    ("totals", "row", "to", "rank", "changed", "first_changes"),
    [
        ([9.0, 5.0, 4.0], 0, 5.0, 1, 1, True),  # the only first falls to a tie: another joins it
        ([9.0, 9.0, 4.0], 0, 10.0, 1, 1, True),  # one of two firsts rises: the other loses the place
        ([9.0, 9.0, 4.0], 0, 5.0, 2, 1, True),  # one of two firsts falls
        ([9.0, 5.0, 4.0], 0, 6.0, 1, 0, False),  # a first that stays first
        ([9.0, 5.0, 4.0], 1, 3.0, 3, 2, False),
        ([9.0, 5.0, 4.0], 2, 9.0, 1, 2, True),  # rises to a tie at the first place
        ([9.0], 0, 1.0, 1, 0, False),
    ],
)
def test_places(totals: list[float], row: int, to: float, rank: int, changed: int, first_changes: bool) -> None:
    values = np.array([[10 * total] for total in totals])
    cohort = Cluster(load_document(table(1)), [f"U{i}" for i in range(len(totals))], ["K"] * len(totals), values)
    falls = Falls(np.array([row]), np.array([0]), np.array([10 * to]), np.array([np.nan]))
    for found in (blast_radius(cohort, falls), one_by_one(cohort, falls)):
        assert (found.rank_after[0], found.ranks_changed[0], bool(found.first_changes[0])) == (
            rank,
            changed,
            first_changes,
        )


def test_points_that_only_a_model_gives_leave_the_yardstick_of_others_alone() -> None:
    relative = table(1)
    relative["criteria"][0]["rule"] = {"name": "share_of_best"}
    cohort = Cluster(load_document(relative), list("AB"), list("KK"), np.array([[100.0], [50.0]]))
    found = blast_radius(cohort, Falls(np.array([0]), np.array([0]), np.array([np.nan]), np.array([4.0])))
    assert (found.total_after[0], found.others_moved[0], found.rank_after[0]) == (4.0, 0.0, 2)
