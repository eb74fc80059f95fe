"""What counts at the freeze, item by item, and who could still come first. Never a bare self-score.

(a) a `same` source for this period exists and the claim is within its tolerance: the *source's* figure counts;
(b) decided: the decision counts; (b2) outside the tolerance and undecided: the freeze must wait;
(c) no `same` source, or only an older period's: by the framework's `uncorroborated` either `documented` (accepted by
    staff on documents; until then the freeze must wait) or `left_out` for the whole cluster.
Of a unit that could still come first the freeze waits for every item about which something is asked, even where (a)
a figure counts already: contenders of one cluster are checked alike.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from services.verify.results.model import Counted, Decided, Verdict
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import Agreement, agreement, disputes
from services.verify.screening.rules.robust import Floats
from shared.criteria.model import Bonus, Criterion, Gate, Item, Penalty
from shared.criteria.standings import score_cohort, stand

NAN = float("nan")


def count(cohort: Cohort, decisions: Mapping[tuple[str, str], Decided] | None = None) -> tuple[Counted, ...]:
    """Every item of every unit, claimed or not, by unit and then in the framework's order.

    `decisions` are those in force, by (unit, criterion). The cohort must hold whole clusters: what is left out is
    left out for all of a cluster.
    """
    agreed, in_force = agreement(cohort), decisions or {}
    disputed = np.zeros(cohort.shape, dtype=bool)
    for dispute in disputes(cohort):
        disputed[:, dispute.figures.column] |= dispute.contested
    counted = [
        _count_one(cohort, agreed, bool(disputed[row, column]), in_force.get((unit, item.code)), row, column)
        for row, unit in enumerate(cohort.units)
        for column, item in enumerate(cohort.framework.items)
    ]
    if cohort.framework.uncorroborated != "left_out":
        return tuple(counted)
    left = {(item.cluster, item.criterion) for item in counted if item.left_out}
    return tuple(_leave_out(item) if (item.cluster, item.criterion) in left else item for item in counted)


def _count_one(
    cohort: Cohort, agreed: Agreement, disputed: bool, decided: Decided | None, row: int, column: int
) -> Counted:
    cell = row, column
    item = cohort.framework.items[column]
    observed_row = cohort.observed_row(row, column)
    figure = _number(cohort.same_value[cell])
    scored = not (isinstance(item, Criterion) and item.rule is None)
    nothing = Counted(
        unit=cohort.units[row],
        cluster=cohort.clusters[row],
        criterion=item.code,
        state="unverifiable",
        basis="none",
        blocks_freeze=False,
        left_out=False,
        value=None,
        points=None,
        target=_number(cohort.target[cell]),
        claimed_value=_number(cohort.value[cell]),
        self_points=_number(cohort.self_points[cell]),
        observed_row=observed_row,
    )
    if not cohort.given[cell] or (nothing.claimed_value is None and nothing.self_points is None):
        return nothing
    if decided is not None:
        return replace(
            nothing,
            state=_confirmed(cohort, cell) if decided.on_source else "documented",
            basis="settled" if decided.verdict is Verdict.SETTLE else "decision",
            value=decided.value,
            points=decided.points,
        )
    if figure is not None and agreed.known[cell]:
        if agreed.outside[cell]:
            return replace(nothing, state="contested", blocks_freeze=True)
        return replace(
            nothing,
            state="contested" if disputed else _confirmed(cohort, cell),
            basis="source",
            value=figure if scored else None,
            points=None if scored else figure,
        )
    return _uncorroborated(cohort, nothing, item, older=observed_row is not None)


def _confirmed(cohort: Cohort, cell: tuple[int, int]) -> str:
    """`verified`, unless the figure's publisher may still change it."""
    number = int(cohort.same_index[cell])
    preliminary = number < 0 or bool(cohort.figures[number].preliminary[cell[0]])
    return "provisional" if preliminary else "verified"


def _uncorroborated(cohort: Cohort, nothing: Counted, item: Item, *, older: bool) -> Counted:
    state = "provisional" if older else "unverifiable"
    if isinstance(item, Bonus | Penalty | Gate) and nothing.claimed_value == 0:
        return replace(nothing, state=state, value=0.0)  # nothing is claimed, nothing declared
    # A fact declared against oneself is never dropped: it waits for a decision.
    against = isinstance(item, Penalty | Gate)
    if cohort.framework.uncorroborated == "left_out" and not against:
        return replace(nothing, state=state, left_out=True)
    return replace(nothing, state=state, blocks_freeze=True)


def _leave_out(item: Counted) -> Counted:
    return replace(item, left_out=True, blocks_freeze=False, value=None, points=None, basis="none")


def wait_for_contenders(
    counted: tuple[Counted, ...], asked: Collection[tuple[str, str]], contenders: Mapping[str, Collection[str]]
) -> tuple[Counted, ...]:
    """The same, waiting for every item in `asked` (unit, criterion) of a unit that could still come first.

    `asked` are the undecided items about which a check asks something; `contenders` by cluster. What is left out, or
    claims nothing, decides nothing and is not waited for.
    """
    waited = {
        (item.unit, item.criterion)
        for item in counted
        if (item.unit, item.criterion) in asked and _decides(item) and item.unit in contenders.get(item.cluster, ())
    }
    return tuple(
        replace(item, blocks_freeze=True) if (item.unit, item.criterion) in waited else item for item in counted
    )


def _decides(item: Counted) -> bool:
    return not item.left_out and (item.claimed_value is not None or item.self_points is not None)


def could_still_come_first(cohort: Cohort, counted: tuple[Counted, ...]) -> dict[str, tuple[str, ...]]:
    """Per cluster the units whose highest possible total is at least the highest lowest total.

    Highest: each undecided item at its claim, or at its independent figure if that earns more; lowest: at its
    independent figure, else nothing. Items left out and items nobody claims count as they will at the freeze. Rules
    that look at the cohort see every other unit at its lowest.
    """
    sides = _Sides(cohort, counted)
    low, high = sides.low(), sides.high()
    found: dict[str, tuple[str, ...]] = {}
    for cluster, rows in _rows_by_cluster(cohort).items():
        first = low[rows].max()
        found[cluster] = tuple(cohort.units[row] for row in rows if high[row] >= first)
    return found


def _rows_by_cluster(cohort: Cohort) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {cluster: [] for cluster in sorted(set(cohort.clusters))}
    for row, cluster in enumerate(cohort.clusters):
        rows[cluster].append(row)
    return rows


class _Sides:
    """The least and the most that every item may count for, as values and, where no rule scores them, as points."""

    def __init__(self, cohort: Cohort, counted: tuple[Counted, ...]) -> None:
        self.cohort = cohort
        self.framework = cohort.framework
        self.least, self.most = (np.full((2, *cohort.shape), np.nan) for _ in range(2))
        row_of = {unit: row for row, unit in enumerate(cohort.units)}
        for item in counted:
            cell = row_of[item.unit], cohort.framework.columns[item.criterion]
            self.least[:, cell[0], cell[1]], self.most[:, cell[0], cell[1]] = self._ends(item, cell)

    def _ends(self, item: Counted, cell: tuple[int, int]) -> tuple[tuple[float, float], tuple[float, float]]:
        """(value, points) at the least and at the most; points count where the rule gives none for the value."""
        if item.left_out:
            # Under `missing: error` what is left out counts 0 for the whole cluster.
            nothing = NAN, 0.0 if self.framework.missing == "error" else NAN
            return nothing, nothing
        if item.basis != "none" or item.value is not None or not _decides(item):
            settled = _or_nan(item.value), _or_nan(item.points)
            return settled, settled
        most = _or_nan(item.claimed_value), _or_nan(item.self_points, 0.0)
        if isinstance(self.framework.items[cell[1]], Penalty | Gate):
            return most, most  # what is declared against oneself stays
        independent = _number(self.cohort.same_points[cell])
        return (float(self.cohort.same_value[cell]), _or_nan(independent, 0.0)), most

    def low(self) -> Floats:
        """(n,) totals in ticks if every open item falls to its independent figure, else to nothing."""
        return self._totals(self._points(self.least))

    def high(self) -> Floats:
        """(n,) totals in ticks if a unit's open items count at their best; where rules compare, the others stay low."""
        low = self._points(self.least)
        high = low.copy()
        for rows in self._turns():
            mixed = self.least.copy()
            mixed[:, rows] = self.most[:, rows]
            high[rows] = np.fmax(low[rows], self._points(mixed)[rows])
        return self._totals(high)

    def _turns(self) -> Iterator[list[int]]:
        """Rows with something open that may rise at the same time without one moving the points of another."""
        closed = (self.least == self.most) | (np.isnan(self.least) & np.isnan(self.most))
        rows = np.flatnonzero(~closed.all(axis=(0, 2))).tolist()
        if self.framework.compares == "nobody":
            yield rows
        elif self.framework.compares == "all":
            yield from ([row] for row in rows)
        else:
            still_open = set(rows)
            members = [[row for row in named if row in still_open] for named in _rows_by_cluster(self.cohort).values()]
            for place in range(max(map(len, members), default=0)):
                yield [of_cluster[place] for of_cluster in members if place < len(of_cluster)]

    def _points(self, side: Floats) -> Floats:
        values, points = side
        scored = score_cohort(self.framework, self.cohort.units, self.cohort.clusters, values, self.cohort.target)
        return np.where(np.isfinite(scored), scored, points)

    def _totals(self, points: Floats) -> Floats:
        standings = stand(self.framework, self.cohort.units, self.cohort.clusters, points)
        return standings.ticks.astype(np.float64)


def _or_nan(number: float | None, otherwise: float = NAN) -> float:
    return otherwise if number is None else number


def _number(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
