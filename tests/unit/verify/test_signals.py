"""The rules of the screen: one-sided, no quota, small samples, no seed, and no claim moves its own yardstick."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.verify.screening.rules.cohort import cohort_of
from services.verify.screening.rules.screening import Screening, screen
from tests.benchmarks.simulated_rounds import Setting, framework_of, make_round, rows_of, smaller
from tests.sizes import examples
from tests.unit.verify.material import by_cell, panel

Floats = NDArray[np.float64]


def screened(seed: int, habit: str | None, setting: Setting) -> tuple[Screening, Floats]:
    made = make_round(seed, habit, setting)
    claims, observations, history = rows_of(made)
    return screen(cohort_of(framework_of(made), claims, observations, history, "2025")), made.added


def precision(screening: Screening, added: Floats) -> float:
    planted = added > 0
    order = np.argsort(-screening.suspicion.ravel(), kind="stable")[: int(planted.sum())]
    return float(planted.ravel()[order].mean())


@pytest.mark.parametrize(
    "setting",
    [
        Setting(units=40, past=3),
        Setting(units=40, past=3, tails=3.0),
        Setting(units=34, criteria=12, past=0),
        Setting(units=9, criteria=8, past=2),
        Setting(units=5, criteria=6, past=1, cluster_size=5),
        Setting(units=63, criteria=20, covered=0.0, past=0, tails=3.0),
        Setting(units=30, criteria=15, verified_past=True),
    ],
    ids=lambda setting: f"{setting.units}x{setting.criteria}, {setting.past} past",
)
def test_honest_rounds_are_left_alone(setting: Setting) -> None:
    flagged = [screened(seed, None, setting)[0].flagged for seed in range(40, 44 if setting.units > 20 else 52)]
    assert np.mean([each.mean() for each in flagged]) <= 0.01


@pytest.mark.parametrize(("habit", "least"), [("fresh", 0.72), ("chronic", 0.7), ("province", 0.6)])
def test_planted_over_claims_come_first_whatever_the_habit(habit: str, least: float) -> None:
    found = [screened(seed, habit, Setting()) for seed in range(2)]
    assert np.mean([precision(screening, added) for screening, added in found]) >= least
    flagged = sum(int(screening.flagged.sum()) for screening, _ in found)
    right = sum(int((screening.flagged & (added > 0)).sum()) for screening, added in found)
    assert flagged > 0
    assert right >= 0.8 * flagged


def test_a_whole_province_is_named() -> None:
    screening, added = screened(1, "province", Setting())
    guilty = {screening.cohort.units[row] for row in np.flatnonzero((added > 0).any(axis=1))}
    named = {
        screening.cohort.units[row]
        for row, findings in screening.unit_findings.items()
        if any(finding.code == "UNIT_INFLATION" for finding in findings)
    }
    assert named
    assert named <= guilty


@pytest.mark.parametrize("units", range(1, 10))
@pytest.mark.parametrize("past", [0, 1, 9])
def test_any_small_round_is_screened(units: int, past: int) -> None:
    draw = np.random.default_rng(units * 10 + past)
    points = draw.uniform(30, 90, (units, 4))
    cycles = draw.uniform(30, 90, (past, units, 4))
    screening = screen(panel(points, past=cycles, figures=points + draw.normal(0, 5, points.shape)))
    assert np.isfinite(screening.suspicion).all()
    assert not any(absent.broken for absent in screening.not_run)
    codes = {absent.code for absent in screening.not_run}
    assert ("PEER_OUTLIER" in codes) == (units < 5)
    assert ("MODEL_OUTLIER" in codes) == (units < 5)
    assert ("HISTORY_OUTLIER" in codes) == (past == 0)


def test_a_constant_past_and_no_spread_among_peers_still_let_a_jump_be_seen() -> None:
    points = np.full((9, 5), 40.0)
    points[4, 2] = 80.0
    screening = screen(panel(points, past=np.full((6, 9, 5), 40.0)))
    assert screening.flagged.sum() == 1
    assert screening.flagged[4, 2]
    single = screen(panel(np.array([[40.0, 40.0, 90.0]]), past=np.full((6, 1, 3), 40.0)))
    assert single.suspicion[0, 2] > 0.5 > single.suspicion[0, 0]


def test_nothing_to_compare_with_leaves_the_prior_and_says_so() -> None:
    screening = screen(panel(np.array([[40.0, 90.0, np.nan]])))
    assert screening.suspicion.tolist() == [[0.05, 0.05, 0.0]]
    assert not screening.flagged.any()
    assert {absent.code for absent in screening.not_run} >= {"PEER_OUTLIER", "MODEL_OUTLIER", "HISTORY_OUTLIER"}


def test_most_claiming_nothing_does_not_make_the_others_odd() -> None:
    points = np.random.default_rng(7).uniform(40, 60, (20, 6))
    points[:, 5] = 0.0
    points[:3, 5] = [30.0, 60.0, 90.0]
    screening = screen(panel(points))
    assert not screening.flagged[:, 5].any()


def test_order_of_rows_changes_nothing() -> None:
    made = make_round(3, "chronic", smaller(Setting(), units=20, criteria=8, past=2))
    claims, observations, history = rows_of(made)
    one = screen(cohort_of(framework_of(made), claims, observations, history, "2025"))
    draw = np.random.default_rng(0)
    mixed = [[rows[place] for place in draw.permutation(len(rows))] for rows in (claims, observations, history)]
    other = screen(cohort_of(framework_of(made), mixed[0], mixed[1], mixed[2], "2025"))  # type: ignore[arg-type]
    assert (one.suspicion == other.suspicion).all()
    assert (one.flagged == other.flagged).all()
    assert list(one.items()) == list(other.items())


@settings(max_examples=examples(15))
@given(
    seed=st.integers(0, 10_000),
    units=st.integers(1, 14),
    criteria=st.integers(1, 7),
    past=st.integers(0, 3),
    rated=st.booleans(),
    step=st.floats(0.5, 60),
)
def test_raising_a_claim_never_lowers_its_suspicion(
    seed: int, units: int, criteria: int, past: int, rated: bool, step: float
) -> None:
    draw = np.random.default_rng(seed)
    points = draw.uniform(5, 95, (units, criteria)).round(1)
    cycles = draw.uniform(5, 95, (past, units, criteria)).round(1)
    figures = points + draw.normal(0, 10, points.shape) if rated else None
    row, column = int(draw.integers(units)), int(draw.integers(criteria))
    raised = points.copy()
    raised[row, column] = min(raised[row, column] + step, 100.0)
    before, after = (screen(panel(each, past=cycles, figures=figures)) for each in (points, raised))
    assert after.suspicion[row, column] >= before.suspicion[row, column] - 1e-12
    assert after.flagged[row, column] >= before.flagged[row, column]


def test_a_claim_does_not_move_its_own_yardstick() -> None:
    draw = np.random.default_rng(11)
    points = draw.uniform(30, 70, (12, 6))
    figures = points + draw.normal(0, 8, points.shape)
    before = screen(panel(points, past=draw.uniform(30, 70, (2, 12, 6)), figures=figures)).judgement
    draw = np.random.default_rng(11)
    points = draw.uniform(30, 70, (12, 6))
    draw.normal(0, 8, points.shape)
    past = draw.uniform(30, 70, (2, 12, 6))
    points[5, 1] = 100.0
    after = screen(panel(points, past=past, figures=figures)).judgement
    assert before is not None
    assert after is not None
    for name in ("own_past", "peers", "model"):
        assert after.signals.expected[name][5, 1] == pytest.approx(before.signals.expected[name][5, 1], abs=1e-12)


def test_claiming_less_is_not_suspected() -> None:
    draw = np.random.default_rng(12)
    points = draw.uniform(50, 60, (15, 6))
    points[3, 2] = 5.0
    screening = screen(panel(points, past=draw.uniform(50, 60, (3, 15, 6))))
    assert not screening.flagged[3, 2]
    assert screening.suspicion[3, 2] < 0.05


def test_other_clusters_stand_in_for_a_small_one_but_it_is_not_compared_with_peers() -> None:
    draw = np.random.default_rng(13)
    points = draw.uniform(40, 60, (23, 6))
    clusters = ["BIG1"] * 10 + ["BIG2"] * 10 + ["SMALL"] * 3
    screening = screen(panel(points, figures=points + draw.normal(0, 3, points.shape), clusters=clusters))
    judgement = screening.judgement
    assert judgement is not None
    assert judgement.small_cluster.tolist() == [False] * 20 + [True] * 3
    assert np.isnan(judgement.signals.exceedance["peers"][20:]).all()
    assert np.isfinite(judgement.signals.exceedance["model"][20:]).all()
    said = {item.unit: item.explained("en") for item in screening.items()}
    assert "fewer than 5 units" in said["U021"]
    assert "fewer than 5 units" not in said["U001"]


def test_a_unit_that_joins_changes_no_bits_for_equal_input() -> None:
    made = make_round(5, "fresh", smaller(Setting(), units=12, criteria=6, past=1))
    claims, observations, history = rows_of(made)
    runs = [by_cell(one.cohort, one.suspicion) for one in (
        screen(cohort_of(framework_of(made), claims, observations, history, "2025")) for _ in range(2)
    )]  # fmt: skip
    assert runs[0] == runs[1]


def test_a_unit_that_raises_everything_at_once_does_not_hide_each_item_behind_the_others() -> None:
    draw = np.random.default_rng(11)
    level = 60 + draw.normal(0, 8, (20, 12))
    past = np.stack([level + draw.normal(0, 2, level.shape) for _ in range(4)])
    points = level + draw.normal(0, 2, level.shape)
    points[3] += 12
    screening = screen(panel(points, past=past))
    row = screening.cohort.units.index("U003")
    others = np.delete(screening.suspicion, row, axis=0)
    assert float(np.median(screening.suspicion[row])) > float(others.max())
    assert screening.judgement is not None
    assert screening.judgement.inflating[row]


def test_criteria_copied_from_the_source_do_not_look_like_a_heavy_tail() -> None:
    draw = np.random.default_rng(412)
    level = 50 + draw.normal(0, 8, (150, 12))
    past = np.stack([level + draw.normal(0, 3, level.shape) for _ in range(3)])
    points = level + draw.normal(0, 3, level.shape)
    past[:, :, 6:] = points[:, 6:]  # nothing ever moves on half of the criteria
    points[7, 2] += 25
    screening = screen(panel(points, past=past))
    assert screening.flagged.sum() == 1
    assert screening.flagged[screening.cohort.units.index("U007"), 2]
