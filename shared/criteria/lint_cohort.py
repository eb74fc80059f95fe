"""What last year's figures show of a framework: who it tells apart, what nobody reaches, what really decides."""

from collections.abc import Iterator, Sequence

import numpy as np

from shared.contracts.sentences import N_, sentence
from shared.criteria import model
from shared.criteria.aggregate import maxima_of
from shared.criteria.arrays import Floats, Integers
from shared.criteria.lint import Remark, criteria_with_paths, nominal_weights
from shared.criteria.standings import numbered, score_cohort
from shared.criteria.ticks import tick_values

FEW = 5  # units with a figure, below which nothing is said of a criterion
APART = 0.5  # share of the pairs of one cluster that a criterion should tell apart
NARROW = 0.02  # of the maximum, between the unit at the tenth and the one at the ninetieth percentile
NEAR = 0.6  # of the points, which the best unit should reach
TOP = 0.5  # share of the units, of which not more should earn all points (or none)
OUT_OF_PROPORTION = 3.0  # times its weight that a criterion decides
NOTICEABLE = 0.05  # share of the differences or of the points, below which proportions are not looked at


def cohort_remarks(
    framework: model.Framework,
    units: Sequence[str],
    clusters: Sequence[str],
    values: Floats,
    targets: Floats | None = None,
) -> Iterator[Remark]:
    """What the values [n, k] and targets [n, k] of an earlier period (columns as `framework.items`) show."""
    many = len(framework.criteria)
    points = score_cohort(framework, units, clusters, values, targets)[:, :many]
    names, numbers = numbered(clusters)
    maxima = [np.broadcast_to(maximum, len(units)) for maximum in maxima_of(framework, names, numbers)]
    fractions = points / np.stack(maxima, axis=1)
    for column, (path, criterion) in enumerate(criteria_with_paths(framework)):
        known = ~np.isnan(points[:, column])
        if known.sum() < FEW:
            continue
        yield from _discrimination(
            framework, criterion, path, points[known, column], fractions[known, column], numbers[known]
        )
        yield from _reach(criterion, path, fractions[known, column])
    yield from _proportions(framework, fractions, numbers)


def pairs_told_apart(ticks: Floats, clusters: Integers) -> float:
    """The share of the pairs of one cluster whose points differ; NaN where no cluster has two units."""
    pairs = equal = 0.0
    for cluster in np.unique(clusters):
        _, counts = np.unique(ticks[clusters == cluster], return_counts=True)
        size = float(counts.sum())
        pairs += size * (size - 1) / 2
        equal += float((counts * (counts - 1) / 2).sum())
    return 1 - equal / pairs if pairs else float("nan")


def shares_of_differences(fractions: Floats, weights: Floats, clusters: Integers) -> Floats:
    """The share [m] of the variance of the totals inside clusters that each criterion brings; sums to 1.

    The covariance of a criterion's part with the total, over the total's variance. A missing part counts as the
    cluster's mean. NaN where all totals are equal.
    """
    parts = fractions * weights
    for cluster in np.unique(clusters):
        rows = clusters == cluster
        own = parts[rows]
        known = ~np.isnan(own)
        means = np.divide(
            np.where(known, own, 0.0).sum(axis=0),
            known.sum(axis=0),
            out=np.zeros(own.shape[1]),
            where=known.any(axis=0),
        )
        parts[rows] = np.where(known, own - means, 0.0)
    totals = parts.sum(axis=1)
    variance = float(totals @ totals)
    return np.asarray((totals @ parts) / variance) if variance > 0 else np.full(parts.shape[1], np.nan)


def _discrimination(
    framework: model.Framework,
    criterion: model.Criterion,
    path: tuple[str | int, ...],
    points: Floats,
    fractions: Floats,
    clusters: Integers,
) -> Iterator[Remark]:
    apart = pairs_told_apart(tick_values(points, framework.rounding), clusters)
    low, high = np.quantile(fractions, (0.1, 0.9), method="inverted_cdf")
    if apart < APART:
        text = N_("“%(code)s” told only %(share)s %% of the pairs of units apart.")
        yield Remark("undiscriminating", path, sentence(text, code=criterion.code, share=100 * apart))
    elif high - low < NARROW:
        text = N_("“%(code)s” hardly tells units apart: most lie within %(share)s %% of its points.")
        yield Remark("undiscriminating", path, sentence(text, code=criterion.code, share=100 * float(high - low)))


def _reach(criterion: model.Criterion, path: tuple[str | int, ...], fractions: Floats) -> Iterator[Remark]:
    """Whether fixed marks lie where units are. Rules relative to others always have somebody at the top."""
    if criterion.compares != "nobody" or criterion.rule is None or isinstance(criterion.rule, model.Binary):
        return
    best, full, nothing = float(fractions.max()), float((fractions >= 1).mean()), float((fractions <= 0).mean())
    if best < NEAR:
        text = N_("Nobody came near all points of “%(code)s”: the best earned %(share)s %%.")
        yield Remark("unreachable", path, sentence(text, code=criterion.code, share=100 * best))
    if full > TOP:
        text = N_("%(share)s %% of the units earned all points of “%(code)s”: its mark is too easy to tell them apart.")
        yield Remark("too_easy", path, sentence(text, code=criterion.code, share=100 * full))
    if nothing > TOP:
        text = N_("%(share)s %% of the units earned nothing for “%(code)s”.")
        yield Remark("too_hard", path, sentence(text, code=criterion.code, share=100 * nothing))


def _proportions(framework: model.Framework, fractions: Floats, clusters: Integers) -> Iterator[Remark]:
    """Criteria that decide far more, or far less, than their weight says (not for geometric means)."""
    if any(group.aggregation == "weighted_geometric" for group in framework.root.walk()):
        return
    weights = nominal_weights(framework)
    shares = shares_of_differences(fractions.copy(), weights, clusters)
    for column, (path, criterion) in enumerate(criteria_with_paths(framework)):
        weight, share = float(weights[column]), float(shares[column])
        if share > OUT_OF_PROPORTION * weight and share > NOTICEABLE:
            text = N_("“%(code)s” carries %(weight)s %% of the points and brings %(share)s %% of the differences.")
        elif share < weight / OUT_OF_PROPORTION and weight > NOTICEABLE:
            text = N_("“%(code)s” carries %(weight)s %% of the points but brings only %(share)s %% of the differences.")
        else:
            continue
        yield Remark("imbalance", path, sentence(text, code=criterion.code, weight=100 * weight, share=100 * share))
