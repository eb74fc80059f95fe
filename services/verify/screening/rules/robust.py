"""Robust statistics that survive small and odd cohorts: medians, spreads with a floor, lines pooled over criteria.

Everything is vectorised over criteria (columns), ignores NaN, uses no random numbers and does not depend on the
order of rows.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

MAD_TO_SIGMA = 1.4826  # the median absolute deviation of a Gaussian, times this, is its standard deviation
HUBER = 1.345  # 95 % efficiency under Gaussian noise
BISQUARE = 4.685
STRAIN_PRIOR = 6.0  # pseudo-observations, so that a feature without spread strains finitely


def middle(values: Floats) -> Floats:
    """The median of each column, NaN left out; NaN where a column is empty. Shape (n, m) -> (m,)."""
    return quantile(values, 0.5)


def quantile(values: Floats, share: float) -> Floats:
    """The `share` quantile (linear interpolation) of each column, NaN left out. Shape (n, m) -> (m,)."""
    if values.shape[0] == 0:
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)  # NaN sorts last
    count = np.isfinite(ordered).sum(axis=0)
    position = share * np.maximum(count - 1, 0)
    low = np.floor(position).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    columns = np.arange(values.shape[1])
    below, above = ordered[low, columns], ordered[high, columns]
    return np.asarray(np.where(count > 0, below + (position - low) * (above - below), np.nan))


def spread(deviations: Floats) -> Floats:
    """A robust standard deviation of each column of deviations from a centre, NaN left out. (n, m) -> (m,).

    The larger of the scaled median absolute deviation and seven tenths of what the 80 % quantile implies: the second
    matters only where most values are equal and some honestly differ (a count that is mostly zero).
    """
    size = np.abs(deviations)
    return np.asarray(np.maximum(MAD_TO_SIGMA * middle(size), 0.7 * quantile(size, 0.8) / 1.2816))


def pooled_spread(deviations: Floats, floor: float, prior_weight: float = 8.0) -> Floats:
    """The spread of each column, drawn towards the typical one as if `prior_weight` more units stood behind it.

    A column without spread (MAD 0) therefore borrows from the others, and never gets less than `floor`.
    """
    own = spread(deviations)
    count = np.isfinite(deviations).sum(axis=0).astype(np.float64)
    known = np.isfinite(own) & (count > 0)
    if not known.any():
        return np.full(deviations.shape[1], floor)
    typical = float(np.median(own[known]))
    mixed = (count * np.where(known, own, 0.0) ** 2 + prior_weight * typical**2) / (count + prior_weight)
    return np.asarray(np.maximum(np.sqrt(mixed), floor))


@dataclass(frozen=True)
class Lines:
    """A robust line per column: intercept (m,), slopes (m, p), residual spread (m,), number of cells used (m,).

    `centre` (m, p) and `cross` (m, p, p) are the weighted means and cross products of the features.
    """

    intercept: Floats
    slopes: Floats
    spread: Floats
    count: Whole
    centre: Floats
    cross: Floats

    def expected(self, features: Floats) -> Floats:
        """What the lines expect. Shape (n, m, p) -> (n, m); NaN where a feature is missing."""
        return np.asarray(self.intercept + np.einsum("nmp,mp->nm", features, self.slopes))

    def strain(self, features: Floats) -> Floats:
        """How much wider than among the fitted cells to judge, (n, m): sqrt(1 + leverage), larger far from them."""
        width = features.shape[2]
        if not width:
            return np.ones(features.shape[:2])
        typical = np.einsum("mpp->mp", self.cross) / np.maximum(self.count, 1)[:, None]
        precision = self.cross + np.einsum("mp,pq->mpq", STRAIN_PRIOR * typical + 1e-9, np.eye(width))
        away = features - self.centre
        solved = np.einsum("mpq,nmq->nmp", np.linalg.inv(precision), away)
        return np.asarray(np.sqrt(1.0 + np.maximum((away * solved).sum(axis=2), 0.0)))


def fit_lines(response: Floats, features: Floats, floor: float, shrinkage: float = 12.0, rounds: int = 8) -> Lines:
    """Fit one robust line per column, its slopes drawn towards those of all columns together.

    Iteratively reweighted least squares: Huber weights first, Tukey's bisquare at the end (Maronna, Martin, Yohai:
    Robust Statistics, ch. 4), slopes by ridge towards the pooled slope with `shrinkage` pseudo-observations.
    Shapes: response (n, m), features (n, m, p), both in comparable units over columns.
    """
    usable = np.isfinite(response) & np.isfinite(features).all(axis=2)
    y = np.where(usable, response, 0.0)
    x = np.where(usable[:, :, None], features, 0.0)
    columns, width = response.shape[1], features.shape[2]
    count = usable.sum(axis=0)
    start = middle(np.where(usable, response, np.nan))
    intercept, slopes = np.where(np.isfinite(start), start, 0.0), np.zeros((columns, width))
    centre, cross = np.zeros((columns, width)), np.zeros((columns, width, width))
    scale = np.full(columns, floor)
    for turn in range(rounds):
        residual = y - intercept - np.einsum("nmp,mp->nm", x, slopes)
        scale = pooled_spread(np.where(usable, residual, np.nan), floor)
        weight = np.where(usable, _weights(residual / scale, late=turn >= rounds // 2), 0.0)
        intercept, slopes, centre, cross = _solve(y, x, weight, scale, shrinkage)
    residual = np.where(usable, y - intercept - np.einsum("nmp,mp->nm", x, slopes), np.nan)
    return Lines(intercept, slopes, pooled_spread(residual, floor), count, centre, cross)


def _weights(standardised: Floats, late: bool) -> Floats:
    size = np.abs(standardised)
    if late:
        return np.asarray(np.where(size < BISQUARE, (1.0 - np.minimum(size / BISQUARE, 1.0) ** 2) ** 2, 0.0))
    return np.asarray(HUBER / np.maximum(size, HUBER))


def _solve(
    y: Floats, x: Floats, weight: Floats, scale: Floats, shrinkage: float
) -> tuple[Floats, Floats, Floats, Floats]:
    total = np.maximum(weight.sum(axis=0), 1e-9)
    mean_y = (weight * y).sum(axis=0) / total
    if x.shape[2] == 0:
        return mean_y, np.zeros((y.shape[1], 0)), np.zeros((y.shape[1], 0)), np.zeros((y.shape[1], 0, 0))
    mean_x = np.einsum("nm,nmp->mp", weight, x) / total[:, None]
    centred = np.where(weight[:, :, None] > 0, x - mean_x, 0.0)
    weighted = weight[:, :, None] * centred
    cross = np.einsum("nmp,nmq->mpq", weighted, centred)
    moment = np.einsum("nmp,nm->mp", weighted, y - mean_y)
    precision = 1.0 / scale**2
    pooled_cross = np.einsum("m,mpq->pq", precision, cross)
    pooled_moment = precision @ moment
    tiny = 1e-9 * max(float(np.trace(pooled_cross)), 1e-12)
    pooled = np.linalg.solve(pooled_cross + tiny * np.eye(x.shape[2]), pooled_moment)
    # One pseudo-observation carries as much about the slopes as a typical cell does.
    typical = shrinkage * np.einsum("mpp->p", cross) / max(float(total.sum()), 1e-9) + 1e-12
    slopes = np.linalg.solve(cross + np.diag(typical)[None], (moment + typical * pooled)[:, :, None])[:, :, 0]
    return mean_y - (mean_x * slopes).sum(axis=1), slopes, mean_x, cross


def level_of_others(values: Floats, least: int = 4, clip: float = 1.5) -> Floats:
    """For every cell, the robust level of the *other* cells of its row. Shape (n, m) -> (n, m).

    The median of the others, moved one step by the mean of the deviations clipped at `clip` (a one-step Huber
    estimate). The cell itself has no say. NaN where it or all but fewer than `least` others are unknown.
    """
    order = np.argsort(values, axis=1, kind="stable")  # NaN sorts last
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(values.shape[1]), values.shape), axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    known = np.isfinite(values)
    total = known.sum(axis=1, keepdims=True)
    median = _median_without(ordered, place, total)
    result = np.full(values.shape, np.nan)
    # A row without one of its cells has at most three medians: without its last, its middle or its first cell.
    for removed in (np.maximum(total - 1, 0), total // 2, np.zeros_like(total)):
        centre = _median_without(ordered, removed, total)
        moves = np.where(known, np.clip(values - centre, -clip, clip), 0.0)
        level = centre + (moves.sum(axis=1, keepdims=True) - moves) / np.maximum(total - 1, 1)
        result = np.where(median == centre, level, result)
    return np.where(known & (total - 1 >= least), result, np.nan)


def _median_without(ordered: Floats, place: Whole, total: Whole) -> Floats:
    """The median of each ordered row (n, m) of `total` (n, 1) cells without the cell at `place` (n, k) -> (n, k)."""
    last = ordered.shape[1] - 1

    def without(position: Whole) -> Floats:
        # Taking a cell out of an ordered row moves everything behind it one place forward.
        moved = np.where(place <= position, position + 1, position)
        return np.take_along_axis(ordered, np.clip(moved, 0, last), axis=1)

    others = np.maximum(total - 1, 1)
    return (without((others - 1) // 2) + without(others // 2)) / 2.0
