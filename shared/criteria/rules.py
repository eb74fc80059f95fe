"""The scoring rules: pure, vectorised over a cohort; NaN stays NaN and marks what a rule cannot score.

Formulas F1 to F9 of the domain paper. A rule gives fractions of the maximum; `points` multiplies. Nothing that can
be zero or negative is ever divided by.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.criteria import model

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Cohort:
    """What a rule sees: `values`, `targets` and the number of each unit's `scope`, all of shape [n]; `maxima` too, or
    one number for all."""

    values: Floats
    targets: Floats
    maxima: Floats | float
    scope: Integers
    lower: bool

    def best(self, figures: Floats, *, smallest: bool = False) -> Floats:
        """Per unit the largest (smallest) figure of its scope; NaN where the scope has none."""
        known = ~np.isnan(figures)
        count = int(self.scope.max(initial=-1)) + 1
        best = np.full(count, np.inf if smallest else -np.inf)
        (np.minimum if smallest else np.maximum).at(best, self.scope[known], figures[known])
        best[np.isinf(best)] = np.nan
        return np.asarray(best[self.scope], dtype=np.float64)


def points(
    criterion: model.Criterion,
    values: Floats,
    targets: Floats | None = None,
    *,
    clusters: Integers | None = None,
    maxima: Floats | float | None = None,
) -> Floats:
    """Points [n] of one criterion for the values [n]; NaN for what cannot be scored.

    `clusters` [n] numbers each unit's cluster from 0 (none given: one cluster); `maxima` replaces the criterion's
    maximum (overlays): [n], or one number. Raises ValueError for a criterion without a rule.
    """
    if criterion.rule is None:
        raise ValueError(f"criterion {criterion.code} has no rule")
    whole = clusters is None or getattr(criterion.rule, "scope", "cluster") == "all"
    values = np.asarray(values, dtype=np.float64)
    cohort = Cohort(
        values=values,
        targets=np.broadcast_to(np.nan, values.shape) if targets is None else np.asarray(targets, dtype=np.float64),
        maxima=criterion.max_points if maxima is None else maxima,
        scope=np.broadcast_to(np.int64(0), values.shape) if whole or clusters is None else clusters,
        lower=criterion.direction == "lower",
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        fractions = _FRACTIONS[type(criterion.rule)](criterion.rule, cohort)
    return np.asarray(fractions * cohort.maxima)


def constant_scopes(criterion: model.Criterion, values: Floats, clusters: Integers) -> Integers:
    """The clusters (all of them, numbered 0, with scope `all`) in which `minmax` can tell nobody apart."""
    if not isinstance(criterion.rule, model.MinMax):
        return np.array([], dtype=np.int64)
    scope = np.zeros_like(clusters) if criterion.rule.scope == "all" else clusters
    cohort = Cohort(values, values, values, scope, False)
    constant = cohort.best(values) == cohort.best(values, smallest=True)
    return np.unique(scope[constant])


def _proportional(rule: model.Proportional, cohort: Cohort) -> Floats:
    """F1, F9: A/T up to 1; lower is better: 1 up to the target, then T/A. No target above 0: NaN."""
    targets = np.where(cohort.targets > 0, cohort.targets, np.nan)
    if cohort.lower:
        # A value at or below the target meets it, be it zero or negative; only values above the target divide.
        beyond = cohort.values > targets
        ratio = np.divide(targets, cohort.values, out=np.ones_like(targets), where=beyond)
        return np.where(np.isnan(targets) | np.isnan(cohort.values), np.nan, ratio)
    return np.clip(cohort.values / targets, 0.0, 1.0)


def _leader_relative(rule: model.LeaderRelative, cohort: Cohort) -> Floats:
    """F2: 0.5·ratio up to the target, then on to 1 for the leader. A scope where nobody has a target: F3."""
    targets = np.where(cohort.targets > 0, cohort.targets, np.nan)
    positive = np.where(cohort.values > 0, cohort.values, np.nan)
    ratio = targets / positive if cohort.lower else cohort.values / targets
    leader = cohort.best(ratio)
    above = np.where(leader > 1, (ratio - 1) / np.where(leader > 1, leader - 1, 1.0), 0.0)
    fractions = np.where(ratio >= 1, 0.5 + 0.5 * above, 0.5 * np.maximum(ratio, 0.0))
    fractions = np.where(np.isnan(ratio), np.nan, fractions)
    nobody = np.isnan(cohort.best(cohort.targets))
    return np.where(nobody, _share_of_best(rule, cohort), fractions)


def _share_of_best(rule: model.ShareOfBest | model.LeaderRelative, cohort: Cohort) -> Floats:
    """F3: A / best A; lower is better: best A / A over what is above 0. No positive best: NaN."""
    if cohort.lower:
        positive = np.where(cohort.values > 0, cohort.values, np.nan)
        return cohort.best(positive, smallest=True) / positive
    best = cohort.best(cohort.values)
    return np.clip(cohort.values / np.where(best > 0, best, np.nan), 0.0, 1.0)


def _goalposts(rule: model.Goalposts, cohort: Cohort) -> Floats:
    """F4: (A − low) / (high − low), clamped; `log` works on natural logarithms of the clamped value."""
    values = np.clip(cohort.values, min(rule.low, rule.high), max(rule.low, rule.high))
    if rule.transform == "none":
        return (values - rule.low) / (rule.high - rule.low)  # a clamped value stays within [0, 1] without more ado
    low, high = float(np.log(rule.low)), float(np.log(rule.high))
    return np.clip((np.log(values) - low) / (high - low), 0.0, 1.0)


def _minmax(rule: model.MinMax, cohort: Cohort) -> Floats:
    """F4 with the scope's own extremes; a constant scope tells nobody apart: NaN."""
    smallest, largest = cohort.best(cohort.values, smallest=True), cohort.best(cohort.values)
    width = np.where(largest > smallest, largest - smallest, np.nan)
    return (largest - cohort.values if cohort.lower else cohort.values - smallest) / width


def _bands(rule: model.Bands, cohort: Cohort) -> Floats:
    """F5: the share of the first (best) threshold that the value reaches, else 0."""
    fractions = np.zeros_like(cohort.values)
    for threshold, share in reversed(rule.limits):
        reached = cohort.values >= threshold if rule.direction == "higher" else cohort.values <= threshold
        fractions[reached] = share
    return np.where(np.isnan(cohort.values), np.nan, fractions)


def _rubric(rule: model.Rubric, cohort: Cohort) -> Floats:
    """F6: the share of level 1, 2, …; what is no level of the rubric cannot be scored."""
    shares = np.array([np.nan, *rule.shares])
    level = (cohort.values >= 1) & (cohort.values <= len(rule.shares)) & (np.floor(cohort.values) == cohort.values)
    return shares[np.where(level, cohort.values, 0).astype(np.int64)]


def _binary(rule: model.Binary, cohort: Cohort) -> Floats:
    """F7: 1 is done; anything less is not."""
    return np.where(np.isnan(cohort.values), np.nan, cohort.values >= 1)


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
