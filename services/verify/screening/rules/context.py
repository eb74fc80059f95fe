"""What is known beside claims and the units' independent figures: national figures, other reports, last results.

A row of OBSERVATIONS about the whole country (`national`, `VN`, `toàn quốc` …) is a national figure. A row of a source
whose code begins with `own_report` is what the unit itself wrote elsewhere (to the People's Council, at mid-year): it
is compared with the claim, never taken as independent; its indicator is the criterion's code or one of its sources'.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.verify.claims.model import Challenge, EvidenceDocument, Registered
from services.verify.screening.rules.robust import Floats, Truth
from services.verify.sources.rules.own_reports import is_national, is_own_report
from shared.criteria.model import Framework, SourceReference
from shared.criteria.periods import period_order
from shared.criteria.tables import Observations

Cell = tuple[int, int]  # rows of units and columns of items, as in the cohort


@dataclass(frozen=True, slots=True)
class NationalFigure:
    """What a criterion's source says of the whole country in the claims' own period."""

    reference: SourceReference
    value: float


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What the unit wrote in another report about the same figure and period."""

    source: str
    value: float
    reference: SourceReference | None  # whose tolerance applies


@dataclass(frozen=True)
class Context:
    """`None` where it is unknown, which is something else than nothing found."""

    national: Mapping[int, NationalFigure] = field(default_factory=dict)  # by column
    own_reports: Mapping[Cell, tuple[OwnReport, ...]] = field(default_factory=dict)
    # (n, k): the value claimed in the latest earlier cycle that has one.
    last_value: Floats | None = None
    # The units' documents of the cycle before, by row and hash.
    earlier_documents: Mapping[int, Mapping[str, EvidenceDocument]] | None = None
    challenges: Mapping[Cell, tuple[Challenge, ...]] | None = None
    registered: Mapping[Cell, Registered] = field(default_factory=dict)  # by signed covenants


def national_figures(
    framework: Framework, units: tuple[str, ...], observations: Observations, period: str
) -> dict[int, NationalFigure]:
    """The national figures of the period by column, each of the criterion's first `same` source that has one."""
    whole = [number for number, unit in enumerate(observations.units) if is_national(unit) and unit not in units]
    if not whole:
        return {}
    rows = np.flatnonzero(np.isin(observations.unit, whole) & _of_period(observations, period))
    found = {
        (observations.sources[observations.source[row]], observations.indicators[observations.indicator[row]]): row
        for row in rows.tolist()
    }
    figures: dict[int, NationalFigure] = {}
    for column, criterion in enumerate(framework.criteria):
        for reference in criterion.sources:
            row = found.get((reference.id, reference.indicator))
            if row is not None and reference.relation == "same" and column not in figures:
                figures[column] = NationalFigure(reference, float(observations.value[row]))
    return figures


def own_reports(
    framework: Framework, units: tuple[str, ...], observations: Observations, period: str
) -> dict[Cell, tuple[OwnReport, ...]]:
    """What the units reported elsewhere about the same period, by cell and then by source."""
    sources = [number for number, source in enumerate(observations.sources) if is_own_report(source)]
    if not sources:
        return {}
    columns: dict[str, list[tuple[int, SourceReference | None]]] = {}
    for column, criterion in enumerate(framework.criteria):
        same = [reference for reference in criterion.sources if reference.relation == "same"]
        columns.setdefault(criterion.code, []).append((column, same[0] if same else None))
        for named in same:
            if named.indicator != criterion.code:
                columns.setdefault(named.indicator, []).append((column, named))
    row_of = {unit: row for row, unit in enumerate(units)}
    found: dict[Cell, dict[str, OwnReport]] = {}
    for line in np.flatnonzero(np.isin(observations.source, sources) & _of_period(observations, period)).tolist():
        row = row_of.get(observations.units[observations.unit[line]])
        source = observations.sources[observations.source[line]]
        for column, reference in columns.get(observations.indicators[observations.indicator[line]], []):
            if row is not None:
                report = OwnReport(source, float(observations.value[line]), reference)
                found.setdefault((row, column), {}).setdefault(source, report)
    return {cell: tuple(reports.values()) for cell, reports in sorted(found.items())}


def _of_period(observations: Observations, period: str) -> Truth:
    now = period_order(period)
    same = [number for number, name in enumerate(observations.periods) if period_order(name) == now]
    return np.asarray(np.isin(observations.period, same) & np.isfinite(observations.value))
