"""What an overlay changes against the base table, and whether it favours the cluster's head.

The head-advantage test replays last year's figures under the overlay and compares the head's gain with the gains under
random zero-sum changes of the same size: the same changes, dealt to other criteria (a permutation test).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model, rules
from shared.criteria.arrays import Floats, Integers
from shared.criteria.lint import WITHOUT_EFFECT
from shared.criteria.standings import numbered

BATCHES = 50  # at most, in the search for random changes that leave every maximum above 0
_GUARD = 1e-9  # gains that are equal but for binary noise are equal


class NotComparable(Exception):
    """There is nothing to compare the head's gain with; `said` says why."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message.text)
        self.said = message


@dataclass(frozen=True)
class Change:
    """One criterion's maximum in the base table and in the cluster's."""

    criterion: model.Criterion
    base: float
    changed: float

    @property
    def difference(self) -> float:
        """What the overlay adds (takes off if negative)."""
        return self.changed - self.base


@dataclass(frozen=True)
class HeadAdvantage:
    """What the overlay does for the head, in last year's figures.

    `gain` is the head's change of points minus the mean change of the other units; ranks are by points, ties shared.
    `p_value` is the share of random changes (the overlay itself counted among them) that serve the head as well;
    `draws` how many there were; `better_rank` the share of them that leave the head at least as good a rank.
    """

    head: str
    gain: float
    rank_before: int
    rank_after: int
    p_value: float
    better_rank: float
    draws: int


def overlay_of(framework: model.Framework, cluster: str) -> model.Overlay | None:
    """The overlay of a cluster; a cluster has at most one."""
    return next((overlay for overlay in framework.overlays if cluster in overlay.clusters), None)


def changes(framework: model.Framework, overlay: model.Overlay) -> Iterator[Change]:
    """The criteria an overlay touches, in document order."""
    for criterion in framework.criteria:
        if change := overlay.changes.get(criterion.code):
            yield Change(criterion, criterion.max_points, criterion.max_points + change)


def share_moved(framework: model.Framework, overlay: model.Overlay) -> float:
    """The share of all points that the overlay moves from some criteria to others."""
    return sum(max(0.0, change) for change in overlay.changes.values()) / framework.root.max_points


def head_advantage(
    framework: model.Framework,
    overlay: model.Overlay,
    units: Sequence[str],
    clusters: Sequence[str],
    values: Floats,
    targets: Floats | None,
    head: str,
    *,
    draws: int = 10_000,
    seed: int = 0,
) -> HeadAdvantage:
    """Replays the figures [n, k] of all units (columns as `framework.items`) without and with the overlay.

    The head is compared with the other units of its cluster; what cannot be scored changes nothing. Raises
    NotComparable where the head is unknown or alone in its cluster, where points are not added (an overlay has no
    effect there), or where no random change leaves all maxima above 0.
    """
    if framework.aggregation != "sum":
        raise NotComparable(WITHOUT_EFFECT)
    cluster = dict(zip(units, clusters, strict=True)).get(head)
    rows = np.flatnonzero([name == cluster for name in clusters])
    if cluster is None or len(rows) < 2:
        raise NotComparable(sentence("The head must be one of at least two units of its cluster."))
    replay = _Replay(framework, values, targets, numbered(clusters)[1], rows)
    codes = [criterion.code for criterion in framework.criteria if overlay.changes.get(criterion.code)]
    sizes = np.array([overlay.changes[code] for code in codes])
    base = np.array([criterion.max_points for criterion in framework.criteria])
    row = int(np.flatnonzero(rows == list(units).index(head))[0])
    points = np.stack([replay.points(column, 0.0) for column in range(len(base))], axis=1)
    # effect[i, c, s]: what unit i gains if criterion c takes the overlay's change number s.
    effect = np.stack(
        [
            np.stack([replay.points(column, float(size)) - points[:, column] for size in sizes], axis=1)
            for column in range(len(base))
        ],
        axis=1,
    )
    effect = np.nan_to_num(effect)
    own = np.array([framework.columns[code] for code in codes])
    dealt = _dealt(base, sizes, draws, seed)
    number = np.arange(len(sizes))
    totals = np.nan_to_num(points).sum(axis=1)
    observed = effect[:, own, number].sum(axis=1)
    random = effect[:, dealt, number].sum(axis=2)  # [n, draws]
    gain, gains = _gain(observed, row), _gain(random, row)
    rank, ranks = _rank(totals + observed, row), _rank(totals[:, np.newaxis] + random, row)
    return HeadAdvantage(
        head=head,
        gain=float(gain),
        rank_before=int(_rank(totals, row)),
        rank_after=int(rank),
        p_value=float((1 + (gains >= gain - _GUARD).sum()) / (1 + len(dealt))),
        better_rank=float((ranks <= rank).mean()),
        draws=len(dealt),
    )


@dataclass(frozen=True)
class _Replay:
    """Last year's figures, to be scored with other maxima; only the `rows` of one cluster are given back."""

    framework: model.Framework
    values: Floats
    targets: Floats | None
    clusters: Integers
    rows: Integers

    def points(self, column: int, change: float) -> Floats:
        """Points of one criterion with its maximum changed; NaN where that would not be above 0."""
        criterion = self.framework.criteria[column]
        maximum = criterion.max_points + change
        if criterion.rule is None or maximum <= 0:
            return np.full(len(self.rows), np.nan)
        targets = None if self.targets is None else self.targets[:, column]
        scored = rules.points(criterion, self.values[:, column], targets, clusters=self.clusters, maxima=maximum)
        return np.asarray(scored[self.rows])


def _dealt(base: Floats, sizes: Floats, draws: int, seed: int) -> Integers:
    """Which criterion takes each of the changes, [draws, changes]: without repetition, every maximum above 0.

    Drawn from the raw numbers of PCG64, which are the same in every version of numpy.
    """
    source = np.random.PCG64(seed)
    found: list[Integers] = []
    for _ in range(BATCHES):
        keys = source.random_raw(draws * len(base)).reshape(draws, len(base))
        chosen = np.argsort(keys, axis=1, kind="stable")[:, : len(sizes)]
        found.append(chosen[(base[chosen] + sizes > 0).all(axis=1)])
        if sum(map(len, found)) >= draws:
            break
    dealt = np.concatenate(found)[:draws]
    if not len(dealt):
        raise NotComparable(sentence("No random change of this size leaves every maximum above 0."))
    return np.asarray(dealt, dtype=np.int64)


def _gain(changed: Floats, row: int) -> Floats:
    """The head's change minus the mean change of the others, [] or [draws]."""
    others = np.delete(changed, row, axis=0)
    return np.asarray(changed[row] - others.mean(axis=0))


def _rank(totals: Floats, row: int) -> Integers:
    return np.asarray(1 + (totals > totals[row] + _GUARD).sum(axis=0))
