"""Every scoring rule: its formula, both directions, what it cannot score, and what must hold for any cohort."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria import model
from shared.criteria.loader import load_document
from shared.criteria.rules import points

NAN = float("nan")
FIGURES = st.floats(-1e6, 1e6, allow_nan=False).map(lambda figure: round(figure, 6))
POSITIVE = st.floats(0.01, 1e6).map(lambda figure: round(figure, 6))


def criterion(rule: model.Rule, direction: model.Direction = "higher", maximum: float = 40) -> model.Criterion:
    return model.Criterion("E04", max_points=maximum, rule=rule, direction=direction)


def scored(rule: model.Rule, values: list[float], targets: Any = None, **settings: Any) -> list[float]:
    target_figures = None if targets is None else np.broadcast_to(np.array(targets, dtype=float), (len(values),))
    made = points(criterion(rule, **settings), np.array(values), target_figures)
    return [round(figure, 2) for figure in made.tolist()]


def same(left: list[float], right: list[float]) -> bool:
    return bool(np.array_equal(np.array(left), np.array(right), equal_nan=True))


def test_worked_example_of_the_domain_paper() -> None:
    values = [97.7, 139.5, 90.0, 95.0]
    assert scored(model.LeaderRelative(), values, 95) == [21.21, 40, 18.95, 20]
    assert scored(model.Proportional(), values, 95) == [40, 40, 37.89, 40]


def test_proportional() -> None:
    assert same(scored(model.Proportional(), [50, 120, -5, NAN, 50, 50], [100, 100, 100, 100, 0, NAN]),
                [20, 40, 0, NAN, NAN, NAN])  # fmt: skip
    # Lower is better: at or below the target all points, be the value zero or negative; never divided by.
    lower = scored(model.Proportional(), [0, -3, 5, 10, 20, 5], [5, 5, 5, 5, 5, -1], direction="lower")
    assert same(lower, [40, 40, 40, 20, 10, NAN])


def test_leader_relative() -> None:
    rule = model.LeaderRelative()
    assert scored(rule, [50, 95, 95], 95) == [10.53, 20, 20]  # a leader ratio of 1 gives half the points
    assert same(scored(rule, [95, 190, 50], [95, 95, NAN]), [20, 40, NAN])
    assert scored(rule, [5, 10, 20], 10, direction="lower") == [40, 20, 10]
    assert same(scored(rule, [0, 5], 10, direction="lower"), [NAN, 40])
    assert scored(rule, [50, 100, 25]) == [20, 40, 10]  # nobody has a target: share of best


def test_share_of_best() -> None:
    assert same(scored(model.ShareOfBest(), [50, 100, -10, NAN]), [20, 40, 0, NAN])
    assert scored(model.ShareOfBest(), [5, 10, 20], direction="lower") == [40, 20, 10]
    assert same(scored(model.ShareOfBest(), [0, 10, -1], direction="lower"), [NAN, 40, NAN])
    assert same(scored(model.ShareOfBest(), [0, -10]), [NAN, NAN])


def test_goalposts() -> None:
    assert same(scored(model.Goalposts(20, 85), [20, 85, 52.5, 10, 90, NAN]), [0, 40, 20, 0, 40, NAN])
    assert scored(model.Goalposts(5, -10), [5, -10, -2.5, 0]) == [0, 40, 20, 13.33]  # low > high: lower is better
    log = model.Goalposts(100, 10000, "log")
    assert scored(log, [100, 1000, 10000, 0, -5, 1e9]) == [0, 20, 40, 0, 0, 40]
    assert scored(model.Goalposts(10000, 100, "log"), [100, 1000, 10000, 0]) == [40, 20, 0, 40]


def test_minmax_by_cluster_and_over_all() -> None:
    values, clusters = np.array([0, 10, 5, 100, 200, 7]), np.array([0, 0, 0, 1, 1, 2])
    own = points(criterion(model.MinMax()), values, clusters=clusters)
    assert same(own.tolist(), [0, 40, 20, 0, 40, NAN])  # alone, a unit is a constant cohort
    over_all = points(criterion(model.MinMax(scope="all")), values, clusters=clusters)
    assert over_all.tolist() == pytest.approx([0, 2, 1, 20, 40, 1.4])
    lower = points(criterion(model.MinMax(), "lower"), values, clusters=clusters)
    assert same(lower.tolist(), [40, 0, 20, 40, 0, NAN])
    assert same(scored(model.MinMax(), [3, 3, NAN]), [NAN, NAN, NAN])


def test_bands() -> None:
    higher = model.Bands(((95, 1.0), (80, 0.5)))
    assert same(scored(higher, [95, 94.9, 80, 79, NAN]), [40, 20, 20, 0, NAN])
    lower = model.Bands(((0, 1.0), (3, 0.25)), "lower")
    assert scored(lower, [-1, 0, 1, 3, 4]) == [40, 40, 10, 10, 0]


def test_rubric_binary_and_count() -> None:
    assert same(scored(model.Rubric(), [1, 3, 5, 0, 6, 2.5, NAN]), [8, 24, 40, NAN, NAN, NAN, NAN])
    assert same(scored(model.Binary(), [1, 0, 0.5, -1, NAN]), [40, 0, 0, 0, NAN])
    assert same(scored(model.PerCount(15), [0, 1, 2, 3, -1, NAN]), [0, 15, 30, 40, 0, NAN])


def test_a_criterion_without_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule"):
        points(model.Criterion("C"), np.array([1.0]))


def test_an_overlay_replaces_the_maximum() -> None:
    made = points(criterion(model.Goalposts(0, 100)), np.array([50.0, 50.0]), maxima=np.array([40.0, 60.0]))
    assert made.tolist() == [20, 30]
    counted = points(criterion(model.PerCount(15)), np.array([3.0, 3.0]), maxima=np.array([40.0, 60.0]))
    assert counted.tolist() == [40, 45]


MONOTONE = [
    model.Proportional(),
    model.LeaderRelative(),
    model.ShareOfBest(),
    model.Goalposts(-50, 1000),
    model.MinMax(),
    model.Bands(((100, 1.0), (10, 0.4))),
    model.PerCount(3),
    model.Binary(),
]


@pytest.mark.parametrize("rule", [*MONOTONE, model.Rubric()], ids=lambda rule: rule.name)
@pytest.mark.parametrize("direction", ["higher", "lower"])
@given(values=st.lists(FIGURES | st.just(NAN), min_size=1, max_size=12), target=POSITIVE)
def test_points_stay_within_bounds_and_nan_stays_nan(
    rule: model.Rule, direction: model.Direction, values: list[float], target: float
) -> None:
    figures = np.array(values)
    made = points(criterion(rule, direction), figures, np.full(len(values), target))
    known = made[~np.isnan(made)]
    assert ((known >= -1e-9) & (known <= 40 + 1e-9)).all()
    assert np.isnan(made[np.isnan(figures)]).all()


OVER_ALL = [model.LeaderRelative("all"), model.ShareOfBest("all"), model.MinMax("all")]


@pytest.mark.parametrize(
    "rule", [*MONOTONE, model.Rubric(), *OVER_ALL], ids=lambda rule: f"{rule.name}-{rule.compares}"
)
@given(values=st.lists(FIGURES | st.just(NAN), min_size=3, max_size=3), instead=FIGURES, target=POSITIVE)
def test_only_those_whom_a_rule_compares_move_each_others_points(
    rule: model.Rule, values: list[float], instead: float, target: float
) -> None:
    clusters, targets = np.array([0, 0, 1]), np.full(3, target)
    before = points(criterion(rule), np.array(values), targets, clusters=clusters)
    for changed, moves in ((1, rule.compares != "nobody"), (2, rule.compares == "all")):
        figures = np.array([instead if unit == changed else value for unit, value in enumerate(values)])
        after = points(criterion(rule), figures, targets, clusters=clusters)
        assert moves or same([before[0]], [after[0]])


def test_every_rule_says_whom_it_compares() -> None:
    compared = {rule.name for rule in MONOTONE if rule.compares == "cluster"}
    assert compared == {"leader_relative", "share_of_best", "minmax"}
    assert {rule.compares for rule in OVER_ALL} == {"all"}
    assert model.Criterion("C1").compares == model.Bonus("B1", 1, 1).compares == "nobody"


@pytest.mark.parametrize(
    ("rules", "widest"),
    [
        ([{"name": "binary"}], "nobody"),
        ([{"name": "binary"}, {"name": "minmax"}], "cluster"),
        ([{"name": "share_of_best", "scope": "all"}, {"name": "minmax"}], "all"),
    ],
)
def test_a_framework_compares_as_its_widest_rule_does(rules: list[dict[str, str]], widest: str) -> None:
    criteria = [{"code": f"C{number}", "max_points": 1, "rule": rule} for number, rule in enumerate(rules)]
    assert load_document({"framework": "f", "criteria": criteria}).compares == widest


@pytest.mark.parametrize(
    ("rule", "direction", "lower"),
    [
        (model.Goalposts(0, 10), "higher", False),
        (model.Goalposts(10, 0), "higher", True),
        (model.Bands(((5, 1.0),), "lower"), "higher", True),
        (model.Bands(((5, 1.0),)), "higher", False),
        (model.MinMax(), "lower", True),
        (model.Proportional(), "higher", False),
    ],
)
def test_goalposts_and_bands_say_themselves_which_values_are_better(
    rule: model.Rule, direction: model.Direction, lower: bool
) -> None:
    assert criterion(rule, direction).lower_is_better is lower
    worse, better = (9.0, 1.0) if lower else (1.0, 9.0)
    made = points(criterion(rule, direction), np.array([worse, better]), np.array([9.0, 9.0]))
    assert made[1] > made[0]


@pytest.mark.parametrize("rule", MONOTONE, ids=lambda rule: rule.name)
@given(values=st.lists(FIGURES, min_size=2, max_size=12), target=POSITIVE)
def test_a_better_value_never_earns_less(rule: model.Rule, values: list[float], target: float) -> None:
    figures = np.sort(np.array(values))
    made = points(criterion(rule), figures, np.full(len(values), target))
    assert np.isnan(made).all() or (np.diff(made[~np.isnan(made)]) >= -1e-9).all()


@pytest.mark.parametrize(
    "rule", [model.Proportional(), model.LeaderRelative(), model.ShareOfBest(), model.MinMax()], ids=lambda r: r.name
)
@pytest.mark.parametrize("direction", ["higher", "lower"])
@given(values=st.lists(POSITIVE, min_size=2, max_size=8), target=POSITIVE, power=st.integers(-3, 8))
def test_the_unit_of_measurement_changes_nothing(
    rule: model.Rule, direction: model.Direction, values: list[float], target: float, power: int
) -> None:
    figures, scale = np.array(values), 2.0**power
    before = points(criterion(rule, direction), figures, np.full(len(values), target))
    after = points(criterion(rule, direction), figures * scale, np.full(len(values), target * scale))
    assert np.array_equal(before, after, equal_nan=True)


@pytest.mark.parametrize("rule", MONOTONE, ids=lambda rule: rule.name)
@given(data=st.data(), values=st.lists(FIGURES, min_size=2, max_size=8))
def test_the_order_of_the_units_changes_nothing(rule: model.Rule, data: st.DataObject, values: list[float]) -> None:
    order = np.array(data.draw(st.permutations(range(len(values)))))
    clusters = np.arange(len(values)) % 2
    figures, targets = np.array(values), np.full(len(values), 10.0)
    made = points(criterion(rule), figures, targets, clusters=clusters)
    moved = points(criterion(rule), figures[order], targets, clusters=clusters[order])
    assert np.array_equal(made[order], moved, equal_nan=True)
