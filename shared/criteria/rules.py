"""The scoring rules: pure, vectorised over a cohort; NaN stays NaN and marks what a rule cannot score.

A rule gives fractions of the maximum; `points` multiplies. Nothing that can be zero or negative is ever divided by.
Where the formulas come from: F1 is that of Decision 691/QĐ-BGTVT (2023), by which one per cent of the plan earns one
per cent of the points; F2, F3 and F8 are those of a public-security emulation scheme, with and without assigned
targets; F4 is how composite indices such as the Human Development Index place a value between goalposts; F5 to F7 are
tables of levels; F9 turns F1 and F4 round where lower is better.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shared.criteria import model
from shared.criteria.arrays import Floats, Integers


class Scopes:
    """Which units are compared with each other: those of one number, or (`numbers` None) everybody."""

    def __init__(self, numbers: Integers | None) -> None:
        self.numbers = numbers
        if numbers is None or not len(numbers):
            return
        steps = np.diff(numbers)
        self._order = None if (steps >= 0).all() else np.argsort(numbers, kind="stable")
        ordered = numbers if self._order is None else numbers[self._order]
        self._starts = np.flatnonzero(np.concatenate(([True], np.diff(ordered) != 0)))
        self._place = np.cumsum(np.concatenate(([False], np.diff(ordered) != 0)))  # which start each ordered unit has
        if self._order is not None:
            place = np.empty_like(self._place)
            place[self._order] = self._place
            self._place = place

    def best(self, figures: Floats, *, smallest: bool = False) -> Floats:
        """Per unit the largest (smallest) figure of its scope, NaN where the scope has none; shape [n], or []."""
        better = np.fmin if smallest else np.fmax  # both pass over NaN
        if self.numbers is None:
            return np.asarray(better.reduce(figures, initial=np.nan))
        if not len(figures):
            return figures
        ordered = figures if self._order is None else figures[self._order]
        return np.asarray(better.reduceat(ordered, self._starts)[self._place])


@dataclass(frozen=True)
class Cohort:
    """What a rule sees: `values` and `targets`, both [n]; `maxima` [n], or one number for all; who is compared."""

    values: Floats
    targets: Floats
    maxima: Floats | float
    scopes: Scopes
    lower: bool

    def best(self, figures: Floats, *, smallest: bool = False) -> Floats:
        """Per unit the largest (smallest) figure of its scope; NaN where the scope has none."""
        return self.scopes.best(figures, smallest=smallest)


EVERYBODY = Scopes(None)


def points(
    criterion: model.Criterion,
    values: Floats,
    targets: Floats | None = None,
    *,
    clusters: Scopes | Integers | None = None,
    maxima: Floats | float | None = None,
) -> Floats:
    """Points [n] of one criterion for the values [n]; NaN for what cannot be scored.

    `clusters` [n] numbers each unit's cluster (none given: one cluster); as `Scopes` they can be used again for other
    criteria. `maxima` replaces the criterion's maximum (overlays): [n], or one number. Raises ValueError for a
    criterion without a rule.
    """
    if criterion.rule is None:
        raise ValueError(f"criterion {criterion.code} has no rule")
    if not isinstance(clusters, Scopes):
        clusters = EVERYBODY if clusters is None else Scopes(clusters)
    values = np.asarray(values, dtype=np.float64)
    cohort = Cohort(
        values=values,
        targets=np.broadcast_to(np.nan, values.shape) if targets is None else np.asarray(targets, dtype=np.float64),
        maxima=criterion.max_points if maxima is None else maxima,
        scopes=EVERYBODY if criterion.compares == "all" else clusters,
        lower=criterion.direction == "lower",
    )
    return points_in(criterion.rule, cohort)


def points_in(rule: model.Rule, cohort: Cohort) -> Floats:
    """Points [n] by a rule in a cohort as it is given, whoever compares with whom in it."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        fractions = _FRACTIONS[type(rule)](rule, cohort)
        fractions *= cohort.maxima
    return fractions


def constant_scopes(criterion: model.Criterion, values: Floats, clusters: Integers) -> Integers:
    """The clusters (all of them, numbered 0, with scope `all`) in which `minmax` can tell nobody apart."""
    if not isinstance(criterion.rule, model.MinMax):
        return np.array([], dtype=np.int64)
    numbers = np.zeros_like(clusters) if criterion.compares == "all" else clusters
    scopes = Scopes(numbers)
    return np.unique(numbers[scopes.best(values) == scopes.best(values, smallest=True)])


# Every rule gives fractions in an array of its own, which the caller may change.


def _positive(figures: Floats) -> Floats:
    """The figures, NaN where they are not above 0."""
    above = figures > 0
    return figures if above.all() else np.where(above, figures, np.nan)


def _clipped(figures: Floats, low: float, high: float) -> Floats:
    return np.clip(figures, low, high, out=figures)


def _with_gaps(fractions: Floats, values: Floats) -> Floats:
    """NaN where there is no value."""
    gaps = np.isnan(values)
    if gaps.any():
        fractions[gaps] = np.nan
    return fractions


def _proportional(rule: model.Proportional, cohort: Cohort) -> Floats:
    """F1, F9: A/T up to 1; lower is better: 1 up to the target, then T/A. No target above 0: NaN."""
    targets = _positive(cohort.targets)
    if cohort.lower:
        # A value at or below the target meets it, be it zero or negative; only values above the target divide.
        beyond = cohort.values > targets
        ratio = np.divide(targets, cohort.values, out=np.ones_like(targets), where=beyond)
        ratio[np.isnan(targets)] = np.nan
        return _with_gaps(ratio, cohort.values)
    return _clipped(cohort.values / targets, 0.0, 1.0)


def _leader_relative(rule: model.LeaderRelative, cohort: Cohort) -> Floats:
    """F2: 0.5·ratio up to the target, then on to 1 for the leader. A scope where nobody has a target: F3."""
    targets = _positive(cohort.targets)
    ratio = targets / _positive(cohort.values) if cohort.lower else cohort.values / targets
    # A leader at or below its target leaves nobody above: the span is then never used, so any will do.
    span = cohort.best(ratio) - 1
    span = np.where(span > 0, span, 1.0)
    fractions = np.maximum(ratio, 0.0)
    np.minimum(fractions, 1.0, out=fractions)
    ratio -= 1
    np.maximum(ratio, 0.0, out=ratio)
    ratio /= span
    fractions += ratio
    fractions *= 0.5
    if np.isnan(cohort.targets).any():
        nobody = np.isnan(cohort.best(cohort.targets))
        if nobody.any():
            return np.where(nobody, _share_of_best(rule, cohort), fractions)
    return fractions


def _share_of_best(rule: model.ShareOfBest | model.LeaderRelative, cohort: Cohort) -> Floats:
    """F3: A / best A; lower is better: best A / A over what is above 0. No positive best: NaN."""
    if cohort.lower:
        positive = _positive(cohort.values)
        return cohort.best(positive, smallest=True) / positive
    return _clipped(cohort.values / _positive(cohort.best(cohort.values)), 0.0, 1.0)


def _goalposts(rule: model.Goalposts, cohort: Cohort) -> Floats:
    """F4: (A − low) / (high − low), clamped; `log` works on natural logarithms of the clamped value."""
    values = np.clip(cohort.values, min(rule.low, rule.high), max(rule.low, rule.high))
    if rule.transform == "none":
        values -= rule.low
        values /= rule.high - rule.low  # a clamped value stays within [0, 1] without more ado
        return values
    low, high = float(np.log(rule.low)), float(np.log(rule.high))
    np.log(values, out=values)
    values -= low
    values /= high - low
    return _clipped(values, 0.0, 1.0)


def _minmax(rule: model.MinMax, cohort: Cohort) -> Floats:
    """F4 with the scope's own extremes; a constant scope tells nobody apart: NaN."""
    smallest, largest = cohort.best(cohort.values, smallest=True), cohort.best(cohort.values)
    fractions = largest - cohort.values if cohort.lower else cohort.values - smallest
    fractions /= _positive(largest - smallest)
    return fractions


def _bands(rule: model.Bands, cohort: Cohort) -> Floats:
    """F5: the share of the first (best) threshold that the value reaches, else 0."""
    fractions = np.zeros_like(cohort.values)
    for threshold, share in reversed(rule.limits):
        reached = cohort.values >= threshold if rule.direction == "higher" else cohort.values <= threshold
        np.copyto(fractions, share, where=reached)
    return _with_gaps(fractions, cohort.values)


def _rubric(rule: model.Rubric, cohort: Cohort) -> Floats:
    """F6: the share of level 1, 2, …; what is no level of the rubric cannot be scored."""
    shares = np.array([np.nan, *rule.shares, np.nan])
    # fmin and fmax take the limit for NaN, so no level lies beyond the shares.
    level = np.fmax(np.fmin(cohort.values, len(rule.shares) + 1), 0.0).astype(np.int64)
    fractions = shares[level]
    between = level != cohort.values
    if between.any():
        fractions[between] = np.nan
    return fractions


def _binary(rule: model.Binary, cohort: Cohort) -> Floats:
    """F7: 1 is done; anything less is not."""
    return _with_gaps((cohort.values >= 1).astype(np.float64), cohort.values)


def _per_count(rule: model.PerCount, cohort: Cohort) -> Floats:
    """F8: points for each, from 0 to the maximum."""
    return np.clip(cohort.values * rule.points_each, 0.0, cohort.maxima) / cohort.maxima


_FRACTIONS: Mapping[type, Callable[[Any, Cohort], Floats]] = {
    model.Proportional: _proportional,
    model.LeaderRelative: _leader_relative,
    model.ShareOfBest: _share_of_best,
    model.Goalposts: _goalposts,
    model.MinMax: _minmax,
    model.Bands: _bands,
    model.Rubric: _rubric,
    model.Binary: _binary,
    model.PerCount: _per_count,
}
