"""Who stands where: totals in ticks, standard competition ranks (1, 2, 2, 4), tie-breakers, parts, share verified.

The order of the rows changes nothing: whatever is added up over units is added up exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model, rules
from shared.criteria.aggregate import Evaluation, effective_weights, filled, maxima_of
from shared.criteria.arrays import Booleans, Floats, Integers
from shared.criteria.ticks import from_ticks, tick_values, ticks

LOWEST = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Standings:
    """The standings of some units, in the order of `units` as they were given. Shapes: n units, m criteria, g groups.

    `rank` is 0 and `total` NaN for a unit that is not ranked (nothing counts, a value is missing under `error`, or a
    gate excludes it). `tie_order` is larger for the unit that its tie-breakers put before others of equal ticks.
    """

    units: tuple[str, ...]
    clusters: tuple[str, ...]  # [n] names
    rank: Integers  # [n]
    ticks: Integers  # [n] of 10**-rounding; LOWEST where not ranked
    tie_order: Integers  # [n]
    total: Floats  # [n]
    groups: Floats  # [n, g]
    criteria: Floats  # [n, m] as published: ticked in tables of points; NaN where missing
    additions: Floats  # [n, bonuses + penalties] points, NaN where nothing is claimed
    gates: Booleans  # [n, gates] which apply
    share_verified: Floats | None  # [n] of the attainable points; None without statuses


def score_cohort(
    framework: model.Framework,
    units: Sequence[str],
    clusters: Sequence[str],
    values: Floats,
    targets: Floats | None = None,
) -> Floats:
    """Points [n, k] of the values [n, k], k = len(framework.items): criteria, bonuses, penalties, gates.

    `values` may have the columns of the criteria alone. A gate's column is 1 where it applies, else 0 or NaN. The
    criteria of bodies that give points directly (no rule) stay NaN.
    """
    values = _all_columns(framework, values)
    targets = None if targets is None else np.asfortranarray(_all_columns(framework, targets))
    names, numbers = numbered(clusters)
    maxima = maxima_of(framework, names, numbers)
    points = np.empty(values.shape, order="F")
    values = np.asfortranarray(values)  # work goes column by column
    scopes = rules.Scopes(numbers)
    for column, item in enumerate(framework.items):
        given = values[:, column]
        if isinstance(item, model.Criterion):
            own = None if targets is None else targets[:, column]
            points[:, column] = (
                np.nan if item.rule is None else rules.points(item, given, own, clusters=scopes, maxima=maxima[column])
            )
        else:
            points[:, column] = points_beside(item, given)
    return points


def points_beside(item: model.Bonus | model.Penalty | model.Gate, given: Floats) -> Floats:
    """Points [n] of what stands beside the criteria; of a gate 1 where it applies."""
    if isinstance(item, model.Bonus):
        return np.clip(given * item.points_each, 0.0, item.cap)
    if isinstance(item, model.Penalty):
        return np.clip(given * item.points_each, item.floor, 0.0)
    return np.where(np.isnan(given), np.nan, given != 0)


def cohort_notes(
    framework: model.Framework, clusters: Sequence[str], values: Floats
) -> Iterator[tuple[str, str | None, Sentence]]:
    """(criterion, cluster or None for all, sentence) where a whole cohort cannot be scored by its rule."""
    names, numbers = numbered(clusters)
    for column, criterion in enumerate(framework.criteria):
        for scope in rules.constant_scopes(criterion, values[:, column], numbers):
            message = sentence("All values of “%(criterion)s” are equal, so its rule gives nobody points.",
                               criterion=criterion.code)  # fmt: skip
            yield criterion.code, None if criterion.compares == "all" else names[scope], message


def stand(
    framework: model.Framework,
    units: Sequence[str],
    clusters: Sequence[str],
    points: Floats,
    verified: Booleans | None = None,
) -> Standings:
    """The standings of n units by their points [n, k] (columns as in `score_cohort`); each cluster is ranked alone.

    `verified` [n, k] marks the points that rest on status `verified`.
    """
    names, numbers = numbered(clusters)
    points = np.asfortranarray(_all_columns(framework, points))  # work goes column by column
    many, decimals = len(framework.criteria), framework.rounding
    own = points[:, :many]
    maxima = maxima_of(framework, names, numbers)
    counted = filled(framework, own, numbers)
    sums = add_up(framework, points, counted, maxima)
    printed, total = sums.printed, sums.ticks
    ranked = total != LOWEST
    tie_order = _tie_order(tie_keys(framework, own, sums.groups))
    share = None
    if verified is not None:
        weights = effective_weights(framework, counted, maxima)
        share = (weights * (verified[:, :many] & ~np.isnan(own))).sum(axis=1)
    published = own if printed is None else from_ticks(printed, decimals)
    if printed is not None and counted is not own:
        published[np.isnan(own)] = np.nan  # what a rule filled in is marked as missing
    return Standings(
        units=tuple(units),
        clusters=tuple(clusters),
        rank=competition_ranks(numbers, total, tie_order),
        ticks=total,
        tie_order=tie_order,
        total=np.where(ranked, from_ticks(total, decimals), np.nan),
        groups=sums.groups,
        criteria=published,
        additions=sums.additions,
        gates=sums.gates,
        share_verified=share,
    )


@dataclass(frozen=True)
class Sums:
    """The totals of rows of points, each row for itself; shapes as in `Standings`."""

    ticks: Integers  # [n]; LOWEST where not ranked
    groups: Floats  # [n, g]
    printed: Floats | None  # [n, m] the criteria in ticks, in tables of points
    additions: Floats
    gates: Booleans


def add_up(framework: model.Framework, points: Floats, counted: Floats, maxima: list[Floats | float]) -> Sums:
    """The totals of points [n, k], whose criteria count as `counted` [n, m] (missing ones filled in).

    `maxima` are per criterion one number, or [n].
    """
    many, decimals = len(framework.criteria), framework.rounding
    printed = tick_values(counted, decimals) if framework.aggregation == "sum" else None
    evaluation = Evaluation(framework, counted, maxima, ticked=printed)
    exact = evaluation.total()
    additions = points[:, many : many + len(framework.bonuses) + len(framework.penalties)]
    gates = np.nan_to_num(points[:, many + additions.shape[1] :]) != 0
    ranked = ~np.isnan(exact) & ~_excluded_by_gate(framework, gates)
    total = np.full(len(points), LOWEST, dtype=np.int64)
    total[ranked] = ticks(exact[ranked], decimals) + added_ticks(framework, additions)[ranked]
    groups = np.stack([evaluation.groups[group.code] for group in framework.groups], axis=1) if framework.groups else (
        np.empty((len(points), 0))
    )  # fmt: skip
    return Sums(total, groups, printed, additions, gates)


def added_ticks(framework: model.Framework, additions: Floats) -> Integers:
    """Ticks [n] of bonuses up to their cap and of penalties down to their floor.

    `additions` [n, …] are the columns after the criteria: bonuses, penalties, then anything.
    """
    decimals, bonuses_end = framework.rounding, len(framework.bonuses)
    counted = ticks(np.nan_to_num(additions[:, : bonuses_end + len(framework.penalties)]), decimals)
    bonuses = counted[:, :bonuses_end].sum(axis=1)
    penalties = counted[:, bonuses_end:].sum(axis=1)
    if framework.bonus_cap is not None:
        bonuses = np.minimum(bonuses, ticks(framework.bonus_cap, decimals))
    if framework.penalty_floor is not None:
        penalties = np.maximum(penalties, ticks(framework.penalty_floor, decimals))
    return np.asarray(bonuses + penalties, dtype=np.int64)


def competition_ranks(clusters: Integers, total: Integers, tie_order: Integers) -> Integers:
    """Ranks [n] inside each cluster: 1 + the number of units strictly before; 0 where `total` is LOWEST."""
    order = np.lexsort((-tie_order, -np.maximum(total, LOWEST + 1), clusters))
    sorted_clusters, sorted_total, sorted_tie = clusters[order], total[order], tie_order[order]
    position = np.arange(len(order))
    new_cluster = np.ones(len(order), dtype=bool)
    new_cluster[1:] = sorted_clusters[1:] != sorted_clusters[:-1]
    new_place = new_cluster.copy()
    new_place[1:] |= (sorted_total[1:] != sorted_total[:-1]) | (sorted_tie[1:] != sorted_tie[:-1])
    start = np.maximum.accumulate(np.where(new_cluster, position, 0))
    first = np.maximum.accumulate(np.where(new_place, position, 0))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.where(sorted_total == LOWEST, 0, first - start + 1)
    return ranks


def tie_keys(framework: model.Framework, criteria: Floats, groups: Floats) -> Integers:
    """Ticks [n, b] of the declared tie-breakers, criteria [n, m] or groups [n, g]; LOWEST where missing."""
    keys = np.full((criteria.shape[0], len(framework.tie_breakers)), LOWEST, dtype=np.int64)
    group_columns = {group.code: column for column, group in enumerate(framework.groups)}
    for place, code in enumerate(framework.tie_breakers):
        column = framework.columns.get(code)
        figures = criteria[:, column] if column is not None else groups[:, group_columns[code]]
        known = ~np.isnan(figures)
        keys[known, place] = ticks(figures[known], framework.rounding)
    return keys


def _tie_order(keys: Integers) -> Integers:
    """A number per unit that orders units of equal totals by their keys [n, b], the first one first."""
    order = np.zeros(keys.shape[0], dtype=np.int64)
    for key in keys.T:
        # Dense numbers of (order so far, this key): stays far below 2**53 whatever the number of tie-breakers.
        _, order = np.unique(np.stack([order, key], axis=1), axis=0, return_inverse=True)
        order = order.reshape(-1).astype(np.int64)
    return order


def _excluded_by_gate(framework: model.Framework, gates: Booleans) -> Booleans:
    excludes = np.array([gate.effect in ("annul", "not_considered") for gate in framework.gates], dtype=bool)
    return np.asarray((gates & excludes).any(axis=1))


def numbered(clusters: Sequence[str]) -> tuple[tuple[str, ...], Integers]:
    """The names of the clusters in order, and the number [n] of each unit's."""
    names = tuple(sorted(set(clusters)))
    number = {name: index for index, name in enumerate(names)}
    return names, np.fromiter(map(number.__getitem__, clusters), dtype=np.int64, count=len(clusters))


def _all_columns(framework: model.Framework, table: Floats) -> Floats:
    table = np.asarray(table, dtype=np.float64)
    lacking = len(framework.items) - table.shape[1]
    if lacking == 0:
        return table
    if table.shape[1] != len(framework.criteria):
        raise ValueError(f"expected {len(framework.items)} columns, found {table.shape[1]}")
    return np.hstack([table, np.full((table.shape[0], lacking), np.nan)])
