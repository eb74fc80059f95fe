"""What hangs on every claim: the points, ranks and first places that would change if it fell to what is independent.

All else stands: what was decided counts as decided, every other claim as it was made. Computed with each screening,
and for a whole cluster with each decision in it; not then where a rule compares the units of all clusters, for a
decision reads its own cluster alone (the next screening catches up).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from services.verify.claims.model import ItemKey
from services.verify.results.model import Counted, Tally
from services.verify.reviews.model.item import ReviewItem
from services.verify.screening.model import Impact, ImpactBasis
from services.verify.screening.rules.cohort import Cohort
from shared.criteria.impact import Cluster, Falls, blast_radius

DECIDED = ("decision", "settled")


def with_impacts(
    cohort: Cohort, items: Mapping[ItemKey, ReviewItem], tally: Tally, *, all_clusters: bool
) -> dict[ItemKey, ReviewItem]:
    """The items with what hangs on them, their priority, and whether their unit could still come first.

    `all_clusters`: the cohort holds all of them, not only one.
    """
    everybody = standing(cohort, tally.counted)
    found = dict(items)
    contenders = {cluster: frozenset(units) for cluster, units in tally.contenders.items()}
    for key, item in items.items():
        leading = item.unit in contenders.get(item.cluster, ())
        if item.cohort and item.contender != leading:
            found[key] = item.changed(contender=leading)
    if any(item.basis in DECIDED for item in found.values()):
        _, points = everybody.standings(everybody.values)
        rows = {unit: row for row, unit in enumerate(cohort.units)}
        for key, item in found.items():
            if item.basis in DECIDED:
                earned = points[rows[item.unit], cohort.framework.columns[item.criterion]]
                found[key] = item.changed(counted_points=None if np.isnan(earned) else float(earned))
    if not all_clusters and cohort.framework.compares == "all":
        return found
    falling = [item for item in found.values() if item.cohort and _may_fall(item)]
    if falling:
        for item, changed in zip(falling, _fields(everybody, falls_of(cohort, falling)), strict=True):
            found[item.key] = item.changed(**changed, priority=_priority(item.suspicion, **changed))
    return found


def fields_of(impact: Impact, suspicion: float) -> dict[str, Any]:
    """An impact, and the priority that follows from it, as fields of an item."""
    fields = {name: getattr(impact, name) for name in Impact.NAMES}
    return fields | {"priority": _priority(suspicion, **fields)}


def impact_of(item: ReviewItem) -> Impact:
    """What hangs on an item, as it was last computed."""
    return Impact(**{name: getattr(item, name) for name in Impact.NAMES})


def standing(cohort: Cohort, counted: Sequence[Counted]) -> Cluster:
    """The cohort as it would be ranked now: decisions count, and every other claim as it was made."""
    values = cohort.value.copy()
    points = np.where(np.isfinite(cohort.ruled_points), np.nan, cohort.self_points)
    row_of = {unit: row for row, unit in enumerate(cohort.units)}
    # What is left out counts as it will at the freeze: nothing under `missing: error`, else it is missing.
    nothing = 0.0 if cohort.framework.missing == "error" else np.nan
    for entry in counted:
        if entry.left_out or entry.basis in DECIDED:
            cell = row_of[entry.unit], cohort.framework.columns[entry.criterion]
            values[cell] = np.nan if entry.value is None else entry.value
            points[cell] = nothing if entry.left_out else np.nan if entry.points is None else entry.points
    return Cluster(cohort.framework, cohort.units, cohort.clusters, values, cohort.target, points)


def _may_fall(item: ReviewItem) -> bool:
    """Whether something hangs on the claim: it is undecided, and more than what is independently known."""
    return item.decision is None and not item.left_out and item.points_lost is not None and item.falls_to is not None


def falls_of(cohort: Cohort, items: Sequence[ReviewItem]) -> Falls:
    """The falls of these claims. Where a figure is known, it is scored by the rule; else points count in its place."""
    row_of = {unit: row for row, unit in enumerate(cohort.units)}
    columns_of = cohort.framework.columns
    rows = np.fromiter((row_of[item.unit] for item in items), np.int64, len(items))
    columns = np.fromiter((columns_of[item.criterion] for item in items), np.int64, len(items))
    bases = np.array([item.stake_basis for item in items])
    figures = np.where(bases == ImpactBasis.SAME, cohort.same_value[rows, columns], cohort.older_value[rows, columns])
    without_rule = np.array([getattr(item, "rule", item) is None for item in cohort.framework.items])[columns]
    by_figure = np.isin(bases, (ImpactBasis.SAME, ImpactBasis.OLDER)) & ~without_rule
    falls_to = np.array([item.falls_to for item in items], dtype=np.float64)
    return Falls(rows, columns, np.where(by_figure, figures, np.nan), np.where(by_figure, np.nan, falls_to))


def _fields(everybody: Cluster, falls: Falls) -> list[dict[str, Any]]:
    """What each fall changes, as fields of its item."""
    radius = blast_radius(everybody, falls)
    ranked = (radius.rank_before > 0) & (radius.rank_after > 0)
    own = radius.points_before - radius.points_after
    lost = np.where(ranked, radius.total_before - radius.total_after, own)
    decimals = everybody.framework.rounding + 4  # free of binary noise; a single item may lie between two ticks
    listed = zip(
        np.round(lost, decimals).tolist(),
        ranked.tolist(),
        radius.rank_before.tolist(),
        radius.rank_after.tolist(),
        radius.ranks_changed.tolist(),
        radius.others_moved.tolist(),
        radius.first_changes.tolist(),
        strict=True,
    )
    return [
        {
            "points_lost": None if points != points else points,
            "rank_before": before if known else None,
            "rank_after": after if known else None,
            "ranks_changed": changed if known else None,
            "others_moved": others if known else None,
            "first_changes": first and known,
        }
        for points, known, before, after, changed, others, first in listed
    ]


def _priority(suspicion: float, **fields: Any) -> float:
    return suspicion * weight(fields["points_lost"], fields["ranks_changed"], fields["first_changes"])


def weight(points_lost: float | None, ranks_changed: int | None, first_changes: bool) -> float:
    """How much hangs on a claim, in points; never negative."""
    lost = max(points_lost or 0.0, 0.0)
    return lost * (1.0 + math.log2(1 + (ranks_changed or 0))) * (2.0 if first_changes else 1.0)
