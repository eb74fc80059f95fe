"""What would change if single claims fell, each alone with all others standing: for very many claims at once.

Exactly what scoring and ranking the whole cohort again gives, claim by claim (`replaced` builds that cohort), but
nothing is computed again that cannot have moved. A claim moves others only where its rule compares units and its fall
moves what the rule compares with (the best or the smallest figure of the scope), or where a missing value takes the
cluster's mean. Then its scope is scored again; else only its own total is, and its place is looked up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from shared.criteria import model, rules
from shared.criteria.aggregate import filled, maxima_of
from shared.criteria.arrays import Booleans, Floats, Integers
from shared.criteria.standings import (
    LOWEST,
    Standings,
    Sums,
    add_up,
    competition_ranks,
    numbered,
    points_beside,
    score_cohort,
    stand,
    tie_keys,
)
from shared.criteria.ticks import from_ticks

CHUNK = 20_000  # rows of points held at a time


@dataclass(frozen=True)
class Cluster:
    """Everything that moves the ranks of one cohort: values and targets [n, k] of its items, as `score_cohort` takes
    them. `points` [n, k], where not NaN, count in place of what a rule gives (bodies that give points directly)."""

    framework: model.Framework
    units: Sequence[str]
    clusters: Sequence[str]
    values: Floats
    targets: Floats | None = None
    points: Floats | None = None

    def standings(self, values: Floats) -> tuple[Standings, Floats]:
        """The standings and points [n, k] if these values [n, k] counted."""
        points = score_cohort(self.framework, self.units, self.clusters, values, self.targets)
        if self.points is not None:
            points = np.where(np.isnan(self.points), points, self.points)
        return stand(self.framework, self.units, self.clusters, points), points


@dataclass(frozen=True)
class Falls:
    """Which claims fall to what; all [f]. `values` count instead, scored by the rule; `points`, where not NaN, count
    in place of what the rule gives (the figure stays what the rules of others compare with)."""

    rows: Integers
    columns: Integers
    values: Floats
    points: Floats


@dataclass(frozen=True)
class BlastRadius:
    """What each fall would change; all [f]. Points and totals are NaN, ranks 0, where nothing counts or is ranked."""

    points_before: Floats
    points_after: Floats
    total_before: Floats
    total_after: Floats
    rank_before: Integers
    rank_after: Integers
    ranks_changed: Integers  # units of any cluster that stand elsewhere afterwards, its own included
    others_moved: Floats  # by how many points the totals of all other units change together
    first_changes: Booleans  # whether another set of units holds the first place of any cluster


def replaced(cohort: Cluster, row: int, column: int, value: float, points: float = np.nan) -> Cluster:
    """The cohort after one fall: a value (with no points beside it), or points beside the value that was claimed."""
    values = cohort.values.copy()
    given = np.full(values.shape, np.nan) if cohort.points is None else cohort.points.copy()
    given[row, column] = points
    if np.isnan(points):
        values[row, column] = value
    return replace(cohort, values=values, points=given)


def blast_radius(cohort: Cluster, falls: Falls) -> BlastRadius:
    """What each fall changes. `cohort.values` must have all columns of the framework's items."""
    return _Falling(cohort, falls).radius()


class _WithOneReplaced(rules.Scopes):
    """The scopes of n units and, behind them, of f falls: each its unit's scope with one figure replaced.

    `moved` [f] says afterwards where what a rule compares with has changed by it.
    """

    def __init__(self, numbers: Integers, rows: Integers) -> None:
        super().__init__(numbers)
        self.rows = rows
        self.moved = np.zeros(len(rows), dtype=bool)

    def best(self, figures: Floats, *, smallest: bool = False) -> Floats:
        assert self.numbers is not None
        better = np.fmin if smallest else np.fmax
        base, instead = figures[: len(self.numbers)], figures[len(self.numbers) :]
        best = super().best(base, smallest=smallest)
        holds = base == best
        holders = np.bincount(self.numbers, weights=holds)[self.numbers]
        second = super().best(np.where(holds, np.nan, base), smallest=smallest)
        without = np.where(holds & (holders == 1), second, best)[self.rows]
        after, before = better(without, instead), best[self.rows]
        self.moved |= ~((after == before) | (np.isnan(after) & np.isnan(before)))
        return np.concatenate([best, after])


class _Falling:
    def __init__(self, cohort: Cluster, falls: Falls) -> None:
        self.cohort, self.falls = cohort, falls
        self.framework = cohort.framework
        self.many = len(self.framework.criteria)
        self.names, self.clusters = numbered(cohort.clusters)
        self.maxima = maxima_of(self.framework, self.names, self.clusters)
        self.standings, points = cohort.standings(cohort.values)
        self.points = np.ascontiguousarray(points)  # from here on work goes row by row
        self.counted = np.ascontiguousarray(filled(self.framework, self.points[:, : self.many], self.clusters))
        self.keys = np.column_stack(
            [self.standings.ticks, tie_keys(self.framework, self.points, self.standings.groups)]
        )  # [n, 1 + b] of what ranks are by
        self.members = np.argsort(self.clusters, kind="stable")
        self.ends = np.cumsum(np.bincount(self.clusters, minlength=len(self.names)))

    def radius(self) -> BlastRadius:
        rows, count = self.falls.rows, len(self.falls.rows)
        after, moved = self._own_points()
        ticks_after = np.empty(count, dtype=np.int64)
        keys = np.empty((count, self.keys.shape[1]), dtype=np.int64)
        rank_after, ranks_changed = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        others, first_changes = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
        alone = np.flatnonzero(~moved)
        for start in range(0, len(alone), CHUNK):
            chunk = alone[start : start + CHUNK]
            keys[chunk] = self._alone(chunk, after[chunk])
        ticks_after[alone] = keys[alone, 0]
        rank_after[alone], ranks_changed[alone], first_changes[alone] = self._places(rows[alone], keys[alone])
        for chunk in self._chunks(np.flatnonzero(moved)):
            found = self._together(chunk, after[chunk])
            ticks_after[chunk], rank_after[chunk], ranks_changed[chunk], others[chunk], first_changes[chunk] = found
        decimals = self.framework.rounding
        before = self.standings.ticks[rows]
        return BlastRadius(
            points_before=self.points[rows, self.falls.columns],
            points_after=after,
            total_before=np.where(before == LOWEST, np.nan, from_ticks(before, decimals)),
            total_after=np.where(ticks_after == LOWEST, np.nan, from_ticks(ticks_after, decimals)),
            rank_before=self.standings.rank[rows],
            rank_after=rank_after,
            ranks_changed=ranks_changed,
            others_moved=from_ticks(others, decimals),
            first_changes=first_changes,
        )

    def _own_points(self) -> tuple[Floats, Booleans]:
        """The points of each fallen claim, and whether any other unit's may have moved with it; [f] both."""
        named = ~np.isnan(self.falls.points)
        after = self.falls.points.copy()
        moved = np.zeros(len(after), dtype=bool)
        for column in np.unique(self.falls.columns[~named]):
            mine = np.flatnonzero((self.falls.columns == column) & ~named)
            after[mine], moved[mine] = self._scored(int(column), mine)
        if self.framework.missing == "cluster_mean":
            moved |= self._changes_a_mean(after)
        return after, moved

    def _scored(self, column: int, mine: Integers) -> tuple[Floats, Booleans]:
        item, rows, instead = self.framework.items[column], self.falls.rows[mine], self.falls.values[mine]
        unmoved = np.zeros(len(mine), dtype=bool)
        if not isinstance(item, model.Criterion):
            return points_beside(item, instead), unmoved
        if item.rule is None:
            return np.full(len(mine), np.nan), unmoved
        if item.compares == "nobody":
            own = rules.Cohort(instead, self._targets(column)[rows], self._maxima(column, rows), rules.EVERYBODY,
                               item.direction == "lower")  # fmt: skip
            return rules.points_in(item.rule, own), unmoved
        scopes = _WithOneReplaced(self._scope(item), rows)
        everybody = np.arange(len(self.clusters))
        both = np.concatenate([everybody, rows])
        cohort = rules.Cohort(
            values=np.concatenate([self.cohort.values[:, column], instead]),
            targets=self._targets(column)[both],
            maxima=self._maxima(column, both),
            scopes=scopes,
            lower=item.direction == "lower",
        )
        return rules.points_in(item.rule, cohort)[len(everybody) :], scopes.moved

    def _scope(self, item: model.Item) -> Integers:
        """The number [n] of each unit's scope in the eyes of an item's rule."""
        return np.zeros_like(self.clusters) if item.compares == "all" else self.clusters

    def _targets(self, column: int) -> Floats:
        targets = self.cohort.targets
        return np.full(len(self.clusters), np.nan) if targets is None else targets[:, column]

    def _maxima(self, column: int, rows: Integers) -> Floats | float:
        maxima = self.maxima[column]
        return maxima[rows] if isinstance(maxima, np.ndarray) else maxima

    def _changes_a_mean(self, after: Floats) -> Booleans:
        """Where a fall changes a mean that somebody's missing value takes."""
        rows, columns = self.falls.rows, self.falls.columns
        missing = np.zeros((len(self.names), len(self.framework.items)), dtype=bool)
        np.logical_or.at(missing, self.clusters, np.isnan(self.points))
        return (columns < self.many) & (missing[self.clusters[rows], columns] | np.isnan(after))

    def _alone(self, chunk: Integers, after: Floats) -> Integers:
        """What ranks are by [c, 1 + b] after falls that move nobody else."""
        rows, columns = self.falls.rows[chunk], self.falls.columns[chunk]
        points, counted = self.points[rows], self.counted[rows]
        place = np.arange(len(chunk))
        points[place, columns] = after
        criteria = np.flatnonzero(columns < self.many)
        filling = 0.0 if self.framework.missing == "zero" else np.nan
        counted[criteria, columns[criteria]] = np.where(np.isnan(after[criteria]), filling, after[criteria])
        return self._keys(points, self._sums(points, counted, rows))

    def _sums(self, points: Floats, counted: Floats, rows: Integers) -> Sums:
        maxima = [self._maxima(column, rows) for column in range(self.many)]
        return add_up(self.framework, np.asfortranarray(points), np.asfortranarray(counted), maxima)

    def _keys(self, points: Floats, sums: Sums) -> Integers:
        return np.column_stack([sums.ticks, tie_keys(self.framework, points, sums.groups)])

    @cached_property
    def _leading(self) -> tuple[Integers, Integers]:
        """Per cluster: how many units hold its first place, and where the cluster's ranked units end; [clusters]."""
        firsts = np.bincount(self.clusters[self.standings.rank == 1], minlength=len(self.names))
        return firsts, np.cumsum(np.bincount(self.clusters[self.standings.rank > 0], minlength=len(self.names)))

    def _places(self, rows: Integers, keys: Integers) -> tuple[Integers, Integers, Booleans]:
        """Rank afterwards, ranks changed, whether the first places change: [a] each, for falls that move nobody."""
        ranked = self.standings.rank > 0
        order = _dense(np.concatenate([self.keys, keys])) + 1
        order[: len(ranked)][~ranked] = 0
        order[len(ranked) :][keys[:, 0] == LOWEST] = 0
        steps = int(order.max(initial=0)) + 1
        before, after = order[rows], order[len(ranked) :]
        placed = np.sort((self.clusters * steps + order[: len(ranked)])[ranked])  # by cluster, the last place first
        cluster = self.clusters[rows]
        firsts, ends = self._leading
        up_to_own = np.searchsorted(placed, cluster * steps + after, side="right")
        better = ends[cluster] - up_to_own  # units before it, itself at its old place included
        own_before = (before > after) & (before > 0)
        rank = np.where(after > 0, 1 + better - own_before, 0)
        lower, upper = np.minimum(before, after), np.maximum(before, after)
        from_lower = np.searchsorted(placed, cluster * steps + np.maximum(lower, 1), side="left")
        to_upper = np.searchsorted(placed, cluster * steps + np.maximum(upper, 1), side="left")
        others = to_upper - from_lower - ((before == lower) & (before > 0) & (before < upper))
        changed = others + (rank != self.standings.rank[rows])
        was_first = self.standings.rank[rows] == 1
        others_first = firsts[cluster] - was_first
        # The others keep the first place if nobody of them was overtaken, and gain it if the only holder falls behind.
        best_other = self._best_other(rows, order[: len(ranked)], was_first & (firsts[cluster] == 1))
        others_hold = (best_other > 0) & (best_other >= after)
        first_changes = (was_first != (rank == 1)) | ((others_first > 0) != others_hold)
        return rank, changed.astype(np.int64), first_changes

    def _best_other(self, rows: Integers, order: Integers, alone_first: Booleans) -> Integers:
        """The best place [a] (larger is better, 0: nobody is ranked) among the other units of the cluster."""
        best = np.zeros(len(self.names), dtype=np.int64)
        np.maximum.at(best, self.clusters, order)
        second = np.zeros(len(self.names), dtype=np.int64)
        np.maximum.at(second, self.clusters, np.where(order == best[self.clusters], 0, order))
        cluster = self.clusters[rows]
        return np.where(alone_first, second[cluster], best[cluster])

    def _chunks(self, moved: Integers) -> Iterator[Integers]:
        """Falls that move others, as many at a time as their scopes have rows for."""
        sizes = self._sizes(moved)
        start, total = 0, 0
        for place, size in enumerate(sizes.tolist()):
            if place > start and total + size > CHUNK:
                yield moved[start:place]
                start, total = place, 0
            total += size
        if start < len(moved):
            yield moved[start:]

    def _whole(self, chunk: Integers) -> Booleans:
        """Which falls [c] are of items that are compared over all clusters."""
        over_all = np.array([item.compares == "all" for item in self.framework.items])
        return over_all[self.falls.columns[chunk]]

    def _sizes(self, chunk: Integers) -> Integers:
        own = np.diff(self.ends, prepend=0)[self.clusters[self.falls.rows[chunk]]]
        return np.where(self._whole(chunk), len(self.clusters), own)

    def _together(self, chunk: Integers, after: Floats) -> tuple[Integers, Integers, Integers, Integers, Booleans]:
        """Ticks, rank, ranks changed, ticks moved elsewhere, first places changed: [c] each; scopes scored again."""
        sizes, whole = self._sizes(chunk), self._whole(chunk)
        fall = np.repeat(np.arange(len(chunk)), sizes)
        starts = np.cumsum(sizes) - sizes
        cluster = self.clusters[self.falls.rows[chunk]]
        first = np.where(whole, 0, self.ends[cluster] - sizes)
        rows = self.members[np.arange(len(fall)) - np.repeat(starts - first, sizes)]
        own = np.flatnonzero(rows == self.falls.rows[chunk][fall])
        points = self.points[rows]
        for column in np.unique(self.falls.columns[chunk]):
            mine = self.falls.columns[chunk][fall] == column
            points[mine, column] = self._scored_again(int(column), chunk, rows[mine], fall[mine])
        points[own, self.falls.columns[chunk]] = after
        groups = fall * len(self.names) + self.clusters[rows]
        counted = self.counted[rows]
        if self.framework.missing in ("zero", "cluster_mean"):
            counted = filled(self.framework, points[:, : self.many], groups)
        else:
            counted = points[:, : self.many]
        sums = self._sums(points, counted, rows)
        ranks = competition_ranks(groups, sums.ticks, _dense(self._keys(points, sums)[:, 1:]))
        rank_before = self.standings.rank[rows]
        ticks_before = self.standings.ticks[rows]
        both = (sums.ticks != LOWEST) & (ticks_before != LOWEST)
        both[own] = False
        moved = np.zeros(len(rows), dtype=np.int64)
        moved[both] = np.abs(sums.ticks[both] - ticks_before[both])
        firsts = (ranks == 1) != (rank_before == 1)
        return (
            sums.ticks[own],
            ranks[own],
            _per_fall(fall, ranks != rank_before, len(chunk)),
            _per_fall(fall, moved, len(chunk)),
            _per_fall(fall, firsts, len(chunk)) > 0,
        )

    def _scored_again(self, column: int, chunk: Integers, rows: Integers, fall: Integers) -> Floats:
        """The points of an item [r] for the members of the scopes of some falls, each with its one figure replaced."""
        item = self.framework.items[column]
        before: Floats = self.points[rows, column]
        if not isinstance(item, model.Criterion) or item.compares == "nobody":
            return before
        assert item.rule is not None
        values = self.cohort.values[rows, column]
        named = ~np.isnan(self.falls.points[chunk])[fall]
        values = np.where((rows == self.falls.rows[chunk][fall]) & ~named, self.falls.values[chunk][fall], values)
        cohort = rules.Cohort(
            values=values,
            targets=self._targets(column)[rows],
            maxima=self._maxima(column, rows),
            scopes=rules.Scopes(fall),
            lower=item.direction == "lower",
        )
        points = rules.points_in(item.rule, cohort)
        if self.cohort.points is None:
            return points
        given = self.cohort.points[rows, column]
        return np.asarray(np.where(np.isnan(given), points, given))


def _dense(keys: Integers) -> Integers:
    """A number [n] per row of keys [n, b]: larger for a larger row (the first key decides first), equal for equals."""
    if not keys.shape[1]:
        return np.zeros(len(keys), dtype=np.int64)
    if keys.shape[1] == 1:
        return np.unique(keys[:, 0], return_inverse=True)[1].reshape(-1).astype(np.int64)
    order = np.lexsort(keys.T[::-1])
    ordered = keys[order]
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[order] = np.concatenate([[0], np.cumsum((ordered[1:] != ordered[:-1]).any(axis=1))])[: len(keys)]
    return numbers


def _per_fall(fall: Integers, figures: Integers | Booleans, count: int) -> Integers:
    """The sum of whole figures per fall, exact."""
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, fall, figures.astype(np.int64))
    return sums
