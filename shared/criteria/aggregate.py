"""From criteria to totals: sum, weighted arithmetic and geometric mean, nested to any depth, with missing values.

All arrays are [n] (one cohort) or [draws, n] (a simulation that varies the weights); a missing value is NaN.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from shared.criteria import model
from shared.criteria.arrays import Floats, Integers
from shared.criteria.ticks import from_ticks, tick_values


@dataclass(frozen=True)
class Node:
    """A group prepared for evaluation.

    `edges` is the number of its first child among all children of all groups (criteria before groups, parents before
    their groups): the order in which weights are drawn. `ticked`: only sums lie between it and the root, the root
    included, so that its children are counted in whole ticks.
    """

    group: model.Group
    columns: tuple[int, ...]
    below: tuple["Node", ...]
    edges: int
    ticked: bool

    def walk(self) -> Iterator["Node"]:
        """This node and those below, parents first."""
        yield self
        for node in self.below:
            yield from node.walk()


def plan(framework: model.Framework) -> Node:
    """The framework's tree with the columns and edges of every node."""
    groups = list(framework.root.walk())
    first_edge: dict[int, int] = {}
    edge = 0
    for group in groups:
        first_edge[id(group)] = edge
        edge += len(group.children)
    columns = framework.columns

    def node(group: model.Group, ticked: bool) -> Node:
        ticked = ticked and group.aggregation == "sum"
        below = tuple(node(child, ticked) for child in group.groups)
        own = tuple(columns[criterion.code] for criterion in group.criteria)
        return Node(group, own, below, first_edge[id(group)], ticked)

    return node(framework.root, True)


def edge_count(framework: model.Framework) -> int:
    """How many weights the tree has, at every level."""
    return sum(len(group.children) for group in framework.root.walk())


def maxima_of(framework: model.Framework, cluster_names: tuple[str, ...], clusters: Integers) -> list[Floats | float]:
    """Per criterion its maximum: a number, or [n] where overlays make clusters differ."""
    changed = {code for overlay in framework.overlays for code in overlay.changes}
    return [
        np.array([framework.maximum(criterion.code, name) for name in cluster_names])[clusters]
        if criterion.code in changed
        else criterion.max_points
        for criterion in framework.criteria
    ]


def filled(framework: model.Framework, points: Floats, clusters: Integers) -> Floats:
    """Points [n, m] with the framework's `missing` rule applied where it gives a number (zero, cluster_mean)."""
    if framework.missing == "zero":
        return np.where(np.isnan(points), 0.0, points)
    if framework.missing != "cluster_mean":
        return points
    made = points.copy()
    for cluster in np.unique(clusters):
        rows = np.flatnonzero(clusters == cluster)
        for column in range(points.shape[1]):
            own = points[rows, column]
            known = own[~np.isnan(own)]
            if 0 < len(known) < len(own):
                # fsum is exact, so the order of the units cannot change the mean.
                made[rows[np.isnan(own)], column] = math.fsum(known) / len(known)
    return made


@dataclass
class Evaluation:
    """One evaluation of the tree: `points` [n, m] already filled; `noise` [draws, edges] multiplies the weights.

    After `total()`, `groups` holds each group's points by code, and the total is in points before its rounding.
    """

    framework: model.Framework
    points: Floats
    maxima: list[Floats | float]
    noise: Floats | None = None
    ticked: Floats | None = None  # the points in ticks [n, m], if the caller has them
    groups: dict[str, Floats] = field(default_factory=dict)

    def total(self) -> Floats:
        """Points of the root, [n] or [draws, n]; NaN where nothing counts, or something misses under `error`."""
        root = plan(self.framework)
        with np.errstate(divide="ignore", invalid="ignore"):
            value, _ = self._node(root)
        return from_ticks(value, self.framework.rounding) if root.ticked else value

    def _node(self, node: Node) -> tuple[Floats, Floats | float]:
        decimals = self.framework.rounding
        values, worths, weights = [], [], []
        for column in node.columns:
            values.append(self._ticks(column) if node.ticked else self.points[:, column])
            worths.append(self.maxima[column])
            weights.append(self.framework.criteria[column].weight)
        for below in node.below:
            value, worth = self._node(below)
            # A weighted group inside a table of points is one printed line of it, so it too counts in whole ticks.
            values.append(tick_values(value, decimals) if node.ticked and not below.ticked else value)
            worths.append(worth)
            weights.append(below.group.weight)
        noise = [self._noise(node.edges + index) for index in range(len(values))]
        if node.group.aggregation == "sum":
            value, worth = self._sum(values, worths, noise)
        else:
            worth = self.framework.total if node.group is self.framework.root else node.group.max_points
            value = self._mean(node.group.aggregation, values, worths, weights, noise) * worth
        if node.group is not self.framework.root:
            self.groups[node.group.code] = from_ticks(value, decimals) if node.ticked else value
        return value, worth

    def _ticks(self, column: int) -> Floats:
        if self.ticked is not None:
            return self.ticked[:, column]
        return tick_values(self.points[:, column], self.framework.rounding)

    def _noise(self, edge: int) -> Floats | float:
        return 1.0 if self.noise is None else self.noise[:, edge, np.newaxis]

    @property
    def _excludes(self) -> bool:
        return self.framework.missing in ("exclude", "cluster_mean")

    def _sum(
        self, values: list[Floats], worths: list[Floats | float], noise: list[Floats | float]
    ) -> tuple[Floats, Floats | float]:
        """Points present × max(all) / max(present); with noise the maxima are the weights."""
        absent = [np.isnan(value) for value in values] if self._excludes else []
        whole = not any(bool(missing.any()) for missing in absent)
        worth: Floats | float = sum(worths[1:], worths[0])
        if self.noise is None and whole:
            return sum(values[1:], values[0]), worth
        total: Floats | float = 0.0
        present: Floats | float = 0.0
        for index, (value, own, factor) in enumerate(zip(values, worths, noise, strict=True)):
            here = 1.0 if whole else np.where(absent[index], 0.0, 1.0)
            total = total + factor * (value if whole else np.where(absent[index], 0.0, value))
            present = present + factor * (own * here)
        # 0 / 0 where nothing is present: NaN, so the node itself is missing above.
        return np.asarray(total * (worth / np.asarray(present))), worth

    def _mean(
        self,
        aggregation: model.Aggregation,
        values: list[Floats],
        worths: list[Floats | float],
        weights: list[float],
        noise: list[Floats | float],
    ) -> Floats:
        """The weighted mean of the fractions of those present; a fraction below 0 counts as 0 in a geometric mean."""
        geometric = aggregation == "weighted_geometric"
        total: Floats | float = 0.0
        present: Floats | float = 0.0
        for value, worth, weight, factor in zip(values, worths, weights, noise, strict=True):
            if weight == 0:
                continue
            fraction = value / worth
            part = np.log(np.maximum(fraction, 0.0)) if geometric else fraction
            share: Floats | float = weight * factor
            if self._excludes:
                absent = np.isnan(value)
                part = np.where(absent, 0.0, part)
                share = np.where(absent, 0.0, share)
            # 0 · −inf would be NaN: the share of what is present is above 0, and what is absent has part 0.
            total = total + share * part
            present = present + share
        mean = np.asarray(total / np.asarray(present))
        return np.exp(mean) if geometric else mean


def effective_weights(framework: model.Framework, points: Floats, maxima: list[Floats | float]) -> Floats:
    """Which share [n, m] of the unit's attainable total each criterion carries; rows sum to 1 (0 if nothing counts).

    `points` [n, m] are already filled; where missing values are excluded the others carry their share.
    """
    excludes = framework.missing in ("exclude", "cluster_mean")
    weights = np.zeros((points.shape[0], len(framework.criteria)))

    def carried(node: Node, share: Floats) -> None:
        own: list[Floats] = []
        for column in node.columns:
            weight = maxima[column] if node.group.aggregation == "sum" else framework.criteria[column].weight
            own.append(np.where(np.isnan(points[:, column]) & excludes, 0.0, weight))
        for below in node.below:
            weight = _worth(below, maxima) if node.group.aggregation == "sum" else below.group.weight
            columns = [column for inner in below.walk() for column in inner.columns]
            absent = np.isnan(points[:, columns]).all(axis=1) & excludes
            own.append(np.where(absent, 0.0, weight))
        present = np.sum(own, axis=0)
        for index, weight in enumerate(own):
            part = share * np.divide(weight, present, out=np.zeros_like(weight), where=present > 0)
            if index < len(node.columns):
                weights[:, node.columns[index]] = part
            else:
                carried(node.below[index - len(node.columns)], part)

    carried(plan(framework), np.ones(points.shape[0]))
    return weights


def _worth(node: Node, maxima: list[Floats | float]) -> Floats | float:
    if node.group.aggregation != "sum":
        return node.group.max_points
    worths = [*(maxima[column] for column in node.columns), *(_worth(below, maxima) for below in node.below)]
    return sum(worths[1:], worths[0])
