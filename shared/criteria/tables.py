"""The tables that come in as CSV: VALUES, POINTS, CLAIMS, OBSERVATIONS, HISTORY. Columnar, checked, located.

Readers take a path, or bytes with a name for messages. They raise BadInput with every fault of the file together.
Units come out in the order of their codes, rows in the order of unit and item, so the order in the file is nothing.
"""

from dataclasses import dataclass

import numpy as np

from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.arrays import Booleans, Floats, Integers
from shared.criteria.columns import Column, Columns, Source, read_columns
from shared.criteria.periods import is_period

ONE_CLUSTER = "all"  # the cluster of everybody where a file has none
LARGEST_POINTS = 1e9  # so that ticks of up to 6 decimals stay exact

_UNIT = Column("unit", "code")
_CLUSTER = Column("cluster", "code", needed=False, filled=False)
_CRITERION = Column("criterion", "code")
_VALUE = Column("value", "number", filled=False)
_TARGET = Column("target", "number", needed=False, filled=False)
_STATUS = Column("status", "code", needed=False, filled=False)
_CLAIM = (
    *(_UNIT, _CLUSTER, _CRITERION, _VALUE),
    Column("self_points", "number", filled=False, largest=LARGEST_POINTS),
    *(_TARGET, Column("revised_target", "number", needed=False, filled=False)),
)


@dataclass(frozen=True)
class Values:
    """VALUES: n units in the order of their codes, k columns as `framework.items`; NaN is missing.

    `lines` [n, k] is where each value stands (0: no row for it).
    """

    units: tuple[str, ...]
    clusters: tuple[str, ...]
    values: Floats
    targets: Floats
    lines: Integers
    file: str | None = None


@dataclass(frozen=True)
class Points:
    """POINTS: as Values. `statuses` [n, k] are numbers into `status_names` (−1: none), None without that column."""

    units: tuple[str, ...]
    clusters: tuple[str, ...]
    points: Floats
    statuses: Integers | None
    status_names: tuple[str, ...]
    lines: Integers
    file: str | None = None

    @property
    def verified(self) -> Booleans | None:
        """[n, k] which points rest on status `verified`; None without statuses."""
        if self.statuses is None:
            return None
        names = [number for number, name in enumerate(self.status_names) if name == "verified"]
        return np.isin(self.statuses, names)


@dataclass(frozen=True)
class Claims:
    """CLAIMS, one entry per row [r], by unit and item: numbers into `units` (and `clusters` beside them) and items."""

    units: tuple[str, ...]
    clusters: tuple[str, ...]
    unit: Integers
    item: Integers
    value: Floats
    self_points: Floats
    target: Floats
    revised_target: Floats
    line: Integers
    file: str | None = None


@dataclass(frozen=True)
class History:
    """HISTORY: as Claims, with the number of each row's period and the points that were verified."""

    claims: Claims
    periods: tuple[str, ...]
    period: Integers
    verified_points: Floats


@dataclass(frozen=True)
class Observations:
    """OBSERVATIONS, one entry per row [r]: numbers into the tuples of names (`status` −1: none), figures, lines."""

    sources: tuple[str, ...]
    units: tuple[str, ...]
    indicators: tuple[str, ...]
    periods: tuple[str, ...]
    statuses: tuple[str, ...]
    source: Integers
    unit: Integers
    indicator: Integers
    period: Integers
    status: Integers
    value: Floats
    line: Integers
    file: str | None = None


def read_values(framework: model.Framework, source: Source, name: str | None = None) -> Values:
    """Reads VALUES: `unit,cluster,criterion,value[,target]`. A value for a criterion without a rule is a fault."""
    read = read_columns(source, (_UNIT, _CLUSTER, _CRITERION, _VALUE, _TARGET), name)
    rows = _Rows(framework, read)
    figures = read.numbers["value"]
    for column, item in enumerate(framework.items):
        if isinstance(item, model.Criterion) and item.rule is None:
            for row in np.flatnonzero((rows.item == column) & ~np.isnan(figures)):
                message = sentence(
                    "“%(criterion)s” has no scoring rule: it takes points, not a value.", criterion=item.code
                )
                read.complaints.add(message, int(read.lines[row]), "value")
    rows.finish()
    return Values(
        units=rows.units,
        clusters=rows.clusters,
        values=rows.table(figures),
        targets=rows.table(read.numbers.get("target")),
        lines=rows.table_of_lines(),
        file=read.complaints.file,
    )


def read_points(framework: model.Framework, source: Source, name: str | None = None) -> Points:
    """Reads POINTS: `unit,cluster,criterion,points[,status]`."""
    points = Column("points", "number", filled=False, largest=LARGEST_POINTS)
    read = read_columns(source, (_UNIT, _CLUSTER, _CRITERION, points, _STATUS), name)
    rows = _Rows(framework, read)
    rows.finish()
    statuses = None
    if "status" in read.codes:
        order, names = _in_order(read.vocabulary["status"])
        statuses = np.full((len(rows.units), len(framework.items)), -1, dtype=np.int64)
        statuses[rows.unit, rows.item] = order[read.codes["status"]]
    return Points(
        units=rows.units,
        clusters=rows.clusters,
        points=rows.table(read.numbers["points"]),
        statuses=statuses,
        status_names=names if statuses is not None else (),
        lines=rows.table_of_lines(),
        file=read.complaints.file,
    )


def read_claims(framework: model.Framework, source: Source, name: str | None = None) -> Claims:
    """Reads CLAIMS: `unit,cluster,criterion,value,self_points[,target,revised_target]`."""
    read = read_columns(source, _CLAIM, name)
    rows = _Rows(framework, read)
    rows.finish()
    return _claims(rows, np.lexsort((rows.item, rows.unit)))


def read_history(framework: model.Framework, source: Source, name: str | None = None) -> History:
    """Reads HISTORY: the columns of CLAIMS and `period,verified_points`; units may have changed cluster."""
    verified = Column("verified_points", "number", filled=False, largest=LARGEST_POINTS)
    read = read_columns(source, (*_CLAIM, Column("period", "code"), verified), name)
    periods = _check_periods(read)
    rows = _Rows(framework, read, period=periods[0], history=True)
    rows.finish()
    order = np.lexsort((periods[0], rows.item, rows.unit))
    return History(
        claims=_claims(rows, order),
        periods=periods[1],
        period=periods[0][order],
        verified_points=read.numbers["verified_points"][order],
    )


def read_observations(source: Source, name: str | None = None) -> Observations:
    """Reads OBSERVATIONS: `source,unit,indicator,period,value[,status]`, the first four given once together."""
    coded = ("source", "unit", "indicator", "period")
    read = read_columns(source, (*(Column(column, "code") for column in coded), _VALUE, _STATUS), name)
    _check_periods(read)
    numbers: dict[str, Integers] = {}
    names: dict[str, tuple[str, ...]] = {}
    for column in (*coded, "status"):
        order, names[column] = _in_order(read.vocabulary.get(column, []))
        numbers[column] = order[read.codes.get(column, np.full(len(read), -1))]
    key = np.stack([numbers[column] for column in coded], axis=1) if len(read) else np.empty((0, 4), dtype=np.int64)
    _check_repeats(read, key, "value")
    read.complaints.raise_any()
    order = np.lexsort(tuple(numbers[column] for column in reversed(coded)))
    return Observations(
        sources=names["source"],
        units=names["unit"],
        indicators=names["indicator"],
        periods=names["period"],
        statuses=names["status"],
        source=numbers["source"][order],
        unit=numbers["unit"][order],
        indicator=numbers["indicator"][order],
        period=numbers["period"][order],
        status=numbers["status"][order],
        value=read.numbers["value"][order],
        line=read.lines[order],
        file=read.complaints.file,
    )


class _Rows:
    """Rows of a table about units and items: numbers in order of the codes, and the checks that all of them share."""

    def __init__(
        self, framework: model.Framework, read: Columns, period: Integers | None = None, history: bool = False
    ) -> None:
        self.read = read
        self.width = len(framework.items)
        order, self.units = _in_order(read.vocabulary["unit"])
        self.unit = order[read.codes["unit"]]
        columns = framework.columns
        known = np.array([columns.get(code, -1) for code in read.vocabulary["criterion"]] + [-1], dtype=np.int64)
        self.item = known[read.codes["criterion"]]
        for row in np.flatnonzero((self.item < 0) & (read.codes["criterion"] >= 0)):
            found = read.vocabulary["criterion"][read.codes["criterion"][row]]
            message = sentence("“%(found)s” is no criterion of the framework.", found=found)
            read.complaints.add(message, int(read.lines[row]), "criterion")
        if not len(read) and not history and not read.complaints.count:
            read.complaints.add(sentence("Expected at least one row below the header."), 2)
        self.clusters = self._clusters(check=not history)
        parts = [self.unit, self.item] if period is None else [self.unit, self.item, period]
        _check_repeats(read, np.stack(parts, axis=1), "criterion")

    def finish(self) -> None:
        """Raises BadInput if anything was wrong."""
        self.read.complaints.raise_any()

    def table(self, figures: Floats | None) -> Floats:
        """The figures as [units, items]; NaN where no row is."""
        made = np.full((len(self.units), self.width), np.nan)
        if figures is not None:
            made[self.unit, self.item] = figures
        return made

    def table_of_lines(self) -> Integers:
        """The lines as [units, items]; 0 where no row is."""
        made = np.zeros((len(self.units), self.width), dtype=np.int64)
        made[self.unit, self.item] = self.read.lines
        return made

    def _clusters(self, *, check: bool) -> tuple[str, ...]:
        """Each unit's cluster; a unit is in one only (a history shows the one of its first row)."""
        if not self.read.vocabulary.get("cluster"):
            return tuple(ONE_CLUSTER for _ in self.units)
        codes, names = self.read.codes["cluster"], self.read.vocabulary["cluster"]
        complaints, lines = self.read.complaints, self.read.lines
        first_row = np.zeros(len(self.units) + 1, dtype=np.int64)
        first_row[self.unit[::-1]] = np.arange(len(codes))[::-1]
        own = codes[first_row[:-1]]
        if check:
            for row in np.flatnonzero(codes < 0):
                complaints.add(sentence("Expected a code, found nothing."), int(lines[row]), "cluster")
            other = (
                (codes != own[self.unit]) & (codes >= 0) & (self.unit >= 0) if len(own) else np.array([], dtype=bool)
            )
            for row in np.flatnonzero(other):
                unit = self.unit[row]
                if own[unit] < 0:
                    continue
                message = sentence(
                    "“%(unit)s” is in cluster “%(found)s” here and in “%(before)s” on line %(line)s.",
                    unit=self.units[unit], found=names[codes[row]], before=names[own[unit]],
                    line=int(lines[first_row[unit]]),
                )  # fmt: skip
                complaints.add(message, int(lines[row]), "cluster")
        return tuple(names[number] if number >= 0 else ONE_CLUSTER for number in own)


def _claims(rows: _Rows, order: Integers) -> Claims:
    read = rows.read
    missing = np.full(len(read), np.nan)
    return Claims(
        units=rows.units,
        clusters=rows.clusters,
        unit=rows.unit[order],
        item=rows.item[order],
        value=read.numbers["value"][order],
        self_points=read.numbers["self_points"][order],
        target=read.numbers.get("target", missing)[order],
        revised_target=read.numbers.get("revised_target", missing)[order],
        line=read.lines[order],
        file=read.complaints.file,
    )


def _in_order(vocabulary: list[str]) -> tuple[Integers, tuple[str, ...]]:
    """The names in order, and for each number so far its number in that order (−1 stays −1)."""
    names = tuple(sorted(vocabulary))
    number = {name: index for index, name in enumerate(names)}
    return np.array([*(number[name] for name in vocabulary), -1], dtype=np.int64), names


def _check_periods(read: Columns) -> tuple[Integers, tuple[str, ...]]:
    bad = [number for number, text in enumerate(read.vocabulary["period"]) if not is_period(text)]
    for row in np.flatnonzero(np.isin(read.codes["period"], bad)):
        found = read.vocabulary["period"][read.codes["period"][row]]
        message = sentence(
            "Expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03, found “%(found)s”.", found=found[:40]
        )
        read.complaints.add(message, int(read.lines[row]), "period")
    order, names = _in_order(read.vocabulary["period"])
    return order[read.codes["period"]], names


def _check_repeats(read: Columns, key: Integers, column: str) -> None:
    """Faults for rows whose key [rows, parts] stood before; keys with an unknown part (−1) are not compared."""
    rows = np.flatnonzero((key >= 0).all(axis=1))
    single = np.zeros(len(rows), dtype=np.int64)
    for part in key[rows].T:
        single = single * (int(part.max(initial=0)) + 1) + part
    order = np.argsort(single, kind="stable")
    repeats = np.flatnonzero(single[order][1:] == single[order][:-1]) + 1
    for position in repeats:
        row, before = rows[order[position]], rows[order[position - 1]]
        message = sentence("This row is given twice; before it on line %(line)s.", line=int(read.lines[before]))
        read.complaints.add(message, int(read.lines[row]), column)
