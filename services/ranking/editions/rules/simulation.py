"""How sure a rank is: the weights are varied many times and everybody is ranked again each time.

Every weight, at every level, is multiplied by an independent uniform draw from [1 − noise, 1 + noise] and siblings
are renormalised; in a table of points the maxima are the weights. Draws come from PCG64's raw output, whose stream
stays the same in every version of numpy; with noise 0 every draw gives the published ranks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.aggregate import Evaluation, Node, plan
from shared.criteria.ticks import tick_values, ticks

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CELLS = 1_000_000  # draws × units worked on at once
MOST_RANKS = 400_000_000  # draws × units kept


@dataclass(frozen=True)
class Spread:
    """Of each ranked unit [n]: the 5th and 95th percentile of its rank (inverted CDF), and the share of draws in which
    it is first (ties count for each)."""

    low: Integers
    high: Integers
    first: Floats


def noise(seed: int, draws: int, edges: int, width: float) -> Floats:
    """Factors [draws, edges] in [1 − width, 1 + width], from PCG64's raw draws: draw by draw, edge by edge."""
    raw = np.random.PCG64(seed).random_raw(draws * edges)
    uniform = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return (1.0 - width + 2.0 * width * uniform).reshape(draws, edges)


def spread(
    framework: model.Framework,
    points: Floats,
    maxima: list[Floats | float],
    added: Integers,
    tie_order: Integers,
    factors: Floats,
) -> Spread:
    """The spread of n ranked units of one cluster.

    `points` [n, m] are filled, `maxima` per criterion are numbers, `added` [n] are ticks of bonuses and penalties,
    `factors` [draws, edges] are from `noise`. Raises a Refusal if draws × units are too many to keep.
    """
    count, draws = points.shape[0], factors.shape[0]
    if count * draws > MOST_RANKS:
        message = sentence("%(draws)s draws of %(units)s units are too many; the product may be %(most)s at most.",
                        draws=draws, units=count, most=MOST_RANKS)  # fmt: skip
        raise Refusal("too_many_draws", Kind.TOO_LARGE, message)
    ranks = np.empty((draws, count), dtype=np.int32)
    chunk = max(1, min(4000, CELLS // max(1, count)))
    flat = _is_linear(framework, points)
    for start in range(0, draws, chunk):
        part = factors[start : start + chunk]
        if flat:
            totals = _linear_totals(framework, points, maxima, part)
        else:
            totals = Evaluation(framework, points, maxima, part).total()
        ranks[start : start + chunk] = _ranks(ticks(totals, framework.rounding) + added, tie_order)
    first = (ranks == 1).mean(axis=0)
    low, high = (5 * draws + 99) // 100 - 1, (95 * draws + 99) // 100 - 1
    ordered = np.partition(ranks, (low, high), axis=0)
    return Spread(ordered[low].astype(np.int64), ordered[high].astype(np.int64), first)


def _is_linear(framework: model.Framework, points: Floats) -> bool:
    """Whether a total is one weighted sum of the points: nothing missing or geometric, no rounding halfway."""
    nodes = list(plan(framework).walk())
    halfway = any(node.ticked and not below.ticked for node in nodes for below in node.below)
    geometric = any(node.group.aggregation == "weighted_geometric" for node in nodes)
    return not (halfway or geometric or bool(np.isnan(points).any()))


def _linear_totals(framework: model.Framework, points: Floats, maxima: list[Floats | float], factors: Floats) -> Floats:
    """Totals [draws, n]: the weights flattened down the tree, then one matrix product."""
    weights = np.zeros((factors.shape[0], len(framework.criteria)))
    root = plan(framework)
    leaves = tick_values(points, framework.rounding) / 10.0**framework.rounding if root.ticked else points
    worths = [float(np.asarray(maximum).reshape(-1)[0]) for maximum in maxima]

    def worth(node: Node) -> float:
        if node.group is framework.root and node.group.aggregation != "sum":
            return framework.total
        if node.group.aggregation != "sum":
            return node.group.max_points
        return sum(worths[column] for column in node.columns) + sum(worth(below) for below in node.below)

    def flatten(node: Node, coefficient: Floats) -> None:
        """`coefficient` [draws] turns the node's points into points of the total."""
        own = [*(worths[column] for column in node.columns), *(worth(below) for below in node.below)]
        part = factors[:, node.edges : node.edges + len(own)]
        criteria = [framework.criteria[column] for column in node.columns]
        if node.group.aggregation == "sum":
            shares = part * (sum(own) / (part * own).sum(axis=1))[:, np.newaxis]
        else:
            weight = part * [*(item.weight for item in criteria), *(below.group.weight for below in node.below)]
            shares = weight / weight.sum(axis=1)[:, np.newaxis] * worth(node) / own
        for index, column in enumerate(node.columns):
            weights[:, column] = coefficient * shares[:, index]
        for index, below in enumerate(node.below, start=len(node.columns)):
            flatten(below, coefficient * shares[:, index])

    flatten(root, np.ones(factors.shape[0]))
    return np.asarray(weights @ leaves.T)


def _ranks(totals: Integers, tie_order: Integers) -> Integers:
    """Standard competition ranks [draws, n] of ticks [draws, n]: one sort of whole numbers that hold tick and unit."""
    count = totals.shape[1]
    shift = max(1, (count - 1).bit_length())
    steps = int(tie_order.max(initial=0)) + 1
    lowest, highest = int(totals.min()), int(totals.max())
    if (highest - lowest + 1) * steps >= 2 ** (62 - shift):
        _, dense = np.unique(totals, return_inverse=True)
        totals, lowest = dense.reshape(totals.shape).astype(np.int64), 0
        highest = int(totals.max())
    score = (highest - totals) * steps + (steps - 1 - tie_order)
    keys = np.sort((score << shift) | np.arange(count), axis=1)
    places = keys >> shift
    position = np.broadcast_to(np.arange(1, count + 1), keys.shape)
    new = np.ones(keys.shape, dtype=bool)
    new[:, 1:] = places[:, 1:] != places[:, :-1]
    ranks = np.empty(keys.shape, dtype=np.int64)
    sorted_ranks = np.maximum.accumulate(np.where(new, position, 0), axis=1)
    np.put_along_axis(ranks, keys & ((1 << shift) - 1), sorted_ranks, axis=1)
    return ranks
