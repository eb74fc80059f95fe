"""Claims against public rules: what the rule gives, and what a `same` source says. No statistics here."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.verify.screening.rules.cohort import Cohort, Figures
from services.verify.screening.rules.robust import Floats, Truth
from shared.criteria.model import (
    Binary,
    Bonus,
    Criterion,
    Gate,
    Goalposts,
    Penalty,
    PerCount,
    Rubric,
)
from shared.criteria.standings import score_cohort

WRITTEN_DECIMALS = 6
CONTESTED_SHARE = 0.05  # of the maximum: sources that move the points by more make an item contested
LARGEST_ROUNDING = 0.01  # of the maximum: "48" may stand for 47.6 of 50, but "1" of 1 not for 0.6


@dataclass(frozen=True)
class Arithmetic:
    """Self-scores against what the rule gives for the claimed value; all (n, k)."""

    ruled: Floats
    excess: Floats  # self-score minus the nearest points that rounding can explain; 0 where it explains all
    beyond: Truth  # the self-score is outside what the item can earn at all
    unscorable: Truth  # a value the rule has no points for, or beyond its range
    own: Truth  # the unit could work the points out alone: its rule does not look at the others


def arithmetic(cohort: Cohort) -> Arithmetic:
    """Compares self-scores with rule(value), leaving room for what was rounded when figures were written down."""
    ruled, self_points = cohort.ruled_points, cohort.self_points
    low, high = _attainable(cohort)
    half_tick = 0.5 * 10.0**-cohort.framework.rounding
    allowed = LARGEST_ROUNDING * cohort.maximum
    room = half_tick + np.minimum(scored_half(self_points), allowed) + 1e-9 * cohort.maximum
    own = np.broadcast_to([item.compares == "nobody" for item in cohort.framework.items], cohort.shape)
    step = np.where(own & _measured(cohort), written_half(cohort.value), 0.0)
    most, least = ruled.copy(), ruled.copy()
    for sign in (-1.0, 1.0):
        moved = score_cohort(cohort.framework, cohort.units, cohort.clusters, cohort.value + sign * step, cohort.target)
        most = np.fmax(most, np.clip(moved, ruled - allowed, ruled + allowed))
        least = np.fmin(least, np.clip(moved, ruled - allowed, ruled + allowed))
    with np.errstate(invalid="ignore"):
        over = np.where(self_points > most + room, self_points - most, 0.0)
        under = np.where(self_points < least - room, self_points - least, 0.0)
        beyond = (self_points > high + room) | (self_points < low - room)
    known = np.isfinite(ruled) & np.isfinite(self_points)
    return Arithmetic(
        ruled=ruled,
        excess=np.where(known, over + under, 0.0),
        beyond=np.asarray(beyond),
        unscorable=_unscorable(cohort),
        own=np.asarray(own),
    )


@dataclass(frozen=True)
class Agreement:
    """Claims against the `same` source of the period; all (n, k)."""

    known: Truth  # there is a figure and something to compare with it
    outside: Truth  # beyond the source's tolerance
    over: Truth  # … on the side that earns more
    difference: Floats  # claimed value minus figure; NaN where only a self-score is claimed
    tolerance: Floats  # in the figure's unit
    gap: Floats  # claimed points minus the figure's points

    @property
    def within(self) -> Truth:
        """Whether the figure bears the claim out."""
        return self.known & ~self.outside


def agreement(cohort: Cohort) -> Agreement:
    """Compares claimed values (where none is given: self-scores) with the `same` source, within its tolerance."""
    figure = cohort.same_value
    tolerance = np.full(cohort.shape, np.nan)
    for number, figures in enumerate(cohort.figures):
        rows = cohort.same_index[:, figures.column] == number
        tolerance[rows, figures.column] = _allowed(figures, figure[rows, figures.column])
    difference = cohort.value - figure
    noise = 1e-9 * np.fmax(np.abs(cohort.value), np.abs(figure))
    gap = cohort.claimed_points - cohort.same_points
    better = np.array([better_side(item) for item in cohort.framework.items])
    with np.errstate(invalid="ignore"):
        outside = np.abs(difference) > tolerance + noise
        over = outside & (difference * better > 0)
        by_points = np.isfinite(figure) & ~np.isfinite(cohort.value) & np.isfinite(gap)
    if by_points.any():
        ends = [
            score_cohort(
                cohort.framework,
                cohort.units,
                cohort.clusters,
                np.where(by_points, figure + sign * tolerance, cohort.value),
                cohort.target,
            )
            for sign in (-1.0, 1.0)
        ]
        for column, item in enumerate(cohort.framework.items):
            if isinstance(item, Criterion) and item.rule is None:
                for sign, end in zip((-1.0, 1.0), ends, strict=True):
                    end[:, column] = (figure + sign * tolerance)[:, column]
        room = 0.5 * 10.0**-cohort.framework.rounding + np.minimum(
            scored_half(cohort.self_points), LARGEST_ROUNDING * cohort.maximum
        )
        above = cohort.self_points > np.fmax(*ends) + room
        below = cohort.self_points < np.fmin(*ends) - room
        outside = np.where(by_points, above | below, outside)
        over = np.where(by_points, above, over)
    known = np.isfinite(figure) & (np.isfinite(difference) | by_points)
    return Agreement(known, np.asarray(outside & known), np.asarray(over & known), difference, tolerance, gap)


@dataclass(frozen=True)
class Dispute:
    """What a `same` source of lower precedence says against the source whose figure is used; all (n,)."""

    figures: Figures
    differs: Truth  # beyond its own tolerance
    moved: Floats  # points of the item with its figure minus those with the figure used; NaN where a rule gives none
    contested: Truth  # differs, and moves the points by more than `CONTESTED_SHARE`


def disputes(cohort: Cohort) -> Iterator[Dispute]:
    """The sources that differ from the one that is used, in the order of `cohort.figures`."""
    for number, figures in enumerate(cohort.figures):
        column = figures.column
        used, index = cohort.same_value[:, column], cohort.same_index[:, column]
        if figures.reference.relation != "same":
            continue
        with np.errstate(invalid="ignore"):
            beyond = np.abs(figures.current - used) > _allowed(figures, figures.current) * (1 + 1e-9) + 1e-12
        differs = beyond & (index >= 0) & (index != number)  # neither figure is missing: NaN is never beyond
        if not differs.any():
            continue
        values = cohort.same_value.copy()
        values[:, column] = figures.current
        points = score_cohort(cohort.framework, cohort.units, cohort.clusters, values, cohort.target)[:, column]
        moved = points - cohort.same_points[:, column]
        with np.errstate(invalid="ignore"):
            contested = differs & (np.abs(moved) > CONTESTED_SHARE * cohort.maximum[:, column])
        yield Dispute(figures, differs, moved, contested)


def _allowed(figures: Figures, observed: Floats) -> Floats:
    """How far a figure may lie from what its source says, in its unit; shaped as `observed`."""
    tolerance = figures.reference.tolerance
    return np.maximum(tolerance.absolute, tolerance.relative * np.abs(observed))


def written_half(figures: Floats) -> Floats:
    """Half a unit of the last decimal a figure was written with: 36.2 -> 0.05. At most six decimals; NaN -> 0."""
    half = np.full(figures.shape, 0.5 * 10.0**-WRITTEN_DECIMALS)
    for decimals in range(WRITTEN_DECIMALS - 1, -1, -1):
        scaled = figures * 10.0**decimals
        with np.errstate(invalid="ignore"):
            exact = np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1.0)
        half = np.where(exact, 0.5 * 10.0**-decimals, half)
    return np.where(np.isfinite(figures), half, 0.0)


def scored_half(points: Floats) -> Floats:
    """The same for points, which people also give in halves and quarters: 47.5 -> 0.25, 47.25 -> 0.125."""
    half = written_half(points)
    for step in (0.25, 0.5):
        with np.errstate(invalid="ignore"):
            exact = np.abs(points / step - np.rint(points / step)) <= 1e-9 * np.maximum(np.abs(points / step), 1.0)
        half = np.where(exact, np.maximum(half, step / 2), half)
    return half


def _measured(cohort: Cohort) -> Truth:
    """(k,): quantities, which people round; levels, counts and yes or no are exact."""
    return np.array(
        [
            isinstance(item, Criterion)
            and item.kind == "quantitative"
            and not isinstance(item.rule, Binary | Rubric | PerCount)
            for item in cohort.framework.items
        ]
    )


def better_side(item: object) -> float:
    """+1 where a higher value earns more, -1 where a lower one does."""
    if isinstance(item, Criterion):
        return -1.0 if item.lower_is_better else 1.0
    return 1.0 if isinstance(item, Bonus) else -1.0


def _attainable(cohort: Cohort) -> tuple[Floats, Floats]:
    """(n, k) twice: the least and the most points an item can earn."""
    minus = np.array([isinstance(item, Penalty) for item in cohort.framework.items])
    without = np.array([isinstance(item, Gate) for item in cohort.framework.items])
    low = np.where(without, -np.inf, np.where(minus, -cohort.maximum, 0.0))
    high = np.where(without, np.inf, np.where(minus, 0.0, cohort.maximum))
    return low, high


def _unscorable(cohort: Cohort) -> Truth:
    value = cohort.value
    found = np.zeros(cohort.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        for column, item in enumerate(cohort.framework.items):
            given = value[:, column]
            rule = getattr(item, "rule", None)
            if isinstance(rule, Goalposts):
                found[:, column] = (given < min(rule.low, rule.high)) | (given > max(rule.low, rule.high))
            elif isinstance(rule, Rubric):
                found[:, column] = np.isfinite(given) & ~np.isfinite(cohort.ruled_points[:, column])
            elif isinstance(rule, Binary):
                found[:, column] = np.isfinite(given) & (given != 0) & (given != 1)
            elif isinstance(rule, PerCount) or isinstance(item, Bonus | Penalty):
                found[:, column] = given < 0
    return found
