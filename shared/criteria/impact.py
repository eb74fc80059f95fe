"""What one claim would change: the whole cluster scored and ranked again, with the code that ranks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.criteria import model
from shared.criteria.standings import Standings, score_cohort, stand

Floats = NDArray[np.float64]


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
class RankChange:
    """A unit's rank before and after; 0 is not ranked."""

    unit: str
    before: int
    after: int


@dataclass(frozen=True)
class Impact:
    """What falls if one claim counts at another value. Points may be NaN (cannot be scored)."""

    points_before: float
    points_after: float
    total_before: float
    total_after: float
    changes: tuple[RankChange, ...]  # the units whose rank changes, in the order of their codes
    first_changes: bool  # whether another set of units holds rank 1 in any cluster

    @property
    def ranks_changed(self) -> int:
        """How many units stand elsewhere afterwards."""
        return len(self.changes)


def impact(cohort: Cluster, unit: str, criterion: str, value: float) -> Impact:
    """What changes if `unit`'s value for `criterion` becomes `value` (NaN: missing). Exact: everything is recomputed.

    Raises KeyError for an unknown criterion and ValueError for an unknown unit.
    """
    row, column = list(cohort.units).index(unit), cohort.framework.columns[criterion]
    before, points_before = cohort.standings(cohort.values)
    changed = cohort.values.copy()
    changed[row, column] = value
    after, points_after = cohort.standings(changed)
    changes = [
        RankChange(name, int(old), int(new))
        for name, old, new in zip(cohort.units, before.rank, after.rank, strict=True)
        if old != new
    ]
    return Impact(
        points_before=float(points_before[row, column]),
        points_after=float(points_after[row, column]),
        total_before=float(before.total[row]),
        total_after=float(after.total[row]),
        changes=tuple(sorted(changes, key=lambda change: change.unit)),
        first_changes=bool(((before.rank == 1) != (after.rank == 1)).any()),
    )
