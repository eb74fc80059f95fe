"""Claims and what is known beside them, as arrays over units × items, in an order that no input order can change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from services.verify.claims.model import Challenge, Claim, EvidenceDocument, PastClaim, Registered
from services.verify.screening.rules.columns import tables_of
from services.verify.screening.rules.context import Cell, Context, national_figures, own_reports
from services.verify.screening.rules.robust import Floats, Truth, Whole, middle, spread
from services.verify.sources.model import Observation, is_preliminary
from services.verify.sources.rules.own_reports import is_national, is_own_report
from shared.criteria.model import Criterion, Framework, SourceReference
from shared.criteria.periods import period_order
from shared.criteria.standings import score_cohort
from shared.criteria.tables import Claims, History, Observations


@dataclass(frozen=True)
class Figures:
    """What one `same` or `related` source says: per unit the figure of the period and the latest older one, (n,)."""

    column: int
    reference: SourceReference
    current: Floats
    row: Whole  # where the current figure stands in the observations, -1 where none
    preliminary: Truth
    older: Floats
    older_row: Whole
    older_period: Whole  # index into Cohort.periods, -1 where none


_Reading = Callable[[Figures], Floats]
_BY_ROW = ("given", "value", "self_points", "target", "revised_target")
_FIGURES_BY_ROW = ("current", "row", "preliminary", "older", "older_row", "older_period")


@dataclass(frozen=True)
class Cohort:
    """All claims of a round (or of one unit, on arrival). n units by code, k items in the framework's order."""

    framework: Framework
    units: tuple[str, ...]
    clusters: tuple[str, ...]  # (n)
    period: str | None
    given: Truth  # (n, k) whether there is a claim at all
    value: Floats
    self_points: Floats
    target: Floats
    revised_target: Floats
    figures: tuple[Figures, ...]  # by criterion, then in order of precedence
    periods: tuple[str, ...]  # older periods seen, in order of their ends
    past_points: Floats  # (t, n, k) self-scores of earlier rounds, oldest first
    past_verified: Floats  # (t, n, k)
    evidence: Mapping[Cell, tuple[EvidenceDocument, ...]] | None = None
    context: Context = field(default_factory=Context)
    complete: bool = True  # False on arrival: one unit is not compared with others
    ignored: Mapping[str, int] = field(default_factory=dict)  # rows that were no use, by reason

    @property
    def shape(self) -> tuple[int, int]:
        return self.value.shape[0], self.value.shape[1]

    @cached_property
    def maximum(self) -> Floats:
        """(n, k): a criterion's maximum in the unit's cluster; what a bonus or penalty may amount to; a gate: 1."""
        names = sorted(set(self.clusters))
        number = {name: row for row, name in enumerate(names)}
        rows = np.array([number[cluster] for cluster in self.clusters], dtype=np.int64)
        table = np.empty((len(names), len(self.framework.items)))
        for column, item in enumerate(self.framework.items):
            for row, cluster in enumerate(names):
                if isinstance(item, Criterion):
                    table[row, column] = self.framework.maximum(item.code, cluster)
                else:
                    table[row, column] = abs(getattr(item, "cap", getattr(item, "floor", 1.0)))
        return table[rows]

    @cached_property
    def ruled_points(self) -> Floats:
        """(n, k): what the rules give for the claimed values."""
        return score_cohort(self.framework, self.units, self.clusters, self.value, self.target)

    @cached_property
    def claimed_points(self) -> Floats:
        """(n, k): the self-score, else what the rule gives for the claimed value."""
        return np.where(np.isfinite(self.self_points), self.self_points, self.ruled_points)

    @cached_property
    def same_index(self) -> Whole:
        """(n, k): which of `figures` is the first `same` one for this period, by precedence; -1 where none."""
        return self._first(lambda figures: figures.current)

    @cached_property
    def same_value(self) -> Floats:
        """(n, k): that figure."""
        return self._chosen(self.same_index, lambda figures: figures.current)

    @cached_property
    def same_points(self) -> Floats:
        """(n, k): the points of that figure; rules that look at the cohort see the others' figures where known."""
        return self._scored(self.same_value)

    def observed_row(self, row: int, column: int) -> int | None:
        """Where an item's `same` figure, else its older one, stands in the observations given; None without one."""
        for index, of in ((self.same_index, "row"), (self.older_index, "older_row")):
            number = int(index[row, column])
            if number >= 0:
                return int(getattr(self.figures[number], of)[row])
        return None

    @cached_property
    def older_index(self) -> Whole:
        """(n, k): which of `figures` has an older `same` figure where there is none for this period; -1 where none."""
        return np.where(self.same_index >= 0, -1, self._first(lambda figures: figures.older))

    @cached_property
    def older_value(self) -> Floats:
        """(n, k): that older figure."""
        return self._chosen(self.older_index, lambda figures: figures.older)

    @cached_property
    def older_points(self) -> Floats:
        """(n, k): the points of that older figure."""
        return self._scored(self.older_value)

    @cached_property
    def rated(self) -> Floats:
        """(n, k): `related` ratings of this period, else the latest older ones, each standardised over all units."""
        total, count = np.zeros(self.shape), np.zeros(self.shape)
        for figures in self.figures:
            if figures.reference.relation != "related":
                continue
            best = np.where(np.isfinite(figures.current), figures.current, figures.older)[:, None]
            size = spread(best - middle(best))
            standard = (best - middle(best)) / np.where(size > 0, size, 1.0)
            known = np.isfinite(standard[:, 0])
            total[known, figures.column] += standard[known, 0]
            count[known, figures.column] += 1
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def of_rows(self, rows: Whole) -> "Cohort":
        """The claims and figures of some units alone, where no unit is compared with the others."""
        given = self.evidence
        evidence = None
        if given is not None:
            cells = ((at, row, column) for at, row in enumerate(rows.tolist()) for column in range(self.shape[1]))
            evidence = {(at, column): given[row, column] for at, row, column in cells if (row, column) in given}
        figures = (replace(one, **{name: getattr(one, name)[rows] for name in _FIGURES_BY_ROW}) for one in self.figures)
        return replace(
            self,
            units=tuple(self.units[row] for row in rows.tolist()),
            clusters=tuple(self.clusters[row] for row in rows.tolist()),
            **{name: getattr(self, name)[rows] for name in _BY_ROW},
            figures=tuple(figures),
            past_points=self.past_points[:, rows],
            past_verified=self.past_verified[:, rows],
            evidence=evidence,
            context=Context(),
        )

    def _first(self, of: _Reading) -> Whole:
        index = np.full(self.shape, -1, dtype=np.int64)
        for number, figures in enumerate(self.figures):
            if figures.reference.relation == "same":
                column = index[:, figures.column]
                column[(column < 0) & np.isfinite(of(figures))] = number
        return index

    def _chosen(self, index: Whole, of: _Reading) -> Floats:
        chosen = np.full(self.shape, np.nan)
        for number, figures in enumerate(self.figures):
            rows = index[:, figures.column] == number
            chosen[rows, figures.column] = of(figures)[rows]
        return chosen

    def _scored(self, figures: Floats) -> Floats:
        known = np.isfinite(figures)
        if not known.any():
            return np.full(self.shape, np.nan)
        values = np.where(known, figures, self.value)
        points = score_cohort(self.framework, self.units, self.clusters, values, self.target)
        for column, criterion in enumerate(self.framework.criteria):
            if criterion.rule is None:  # a body gives points directly: the figure is the points
                points[:, column] = figures[:, column]
        return np.where(known, points, np.nan)


def cohort_of(
    framework: Framework,
    claims: Sequence[Claim],
    observations: Sequence[Observation] = (),
    history: Sequence[PastClaim] = (),
    period: str | None = None,
    *,
    earlier_documents: Mapping[str, Sequence[EvidenceDocument]] | None = None,
    challenges: Mapping[tuple[str, str], Sequence[Challenge]] | None = None,
    complete: bool = True,
) -> Cohort:
    """The cohort of claims, observations (of each the newest release only) and history given one by one.

    `observed_row` then counts in the observations as given. Raises ValueError for a unit in two clusters or a row
    given twice, KeyError for an unknown criterion.
    """
    columns, observed, past = tables_of(framework, claims, observations, history)
    given = {(claim.unit, claim.criterion): claim.evidence for claim in claims if claim.evidence}
    known = any(claim.evidence is not None for claim in claims)
    return build_cohort(
        framework,
        columns,
        observed if observations else None,
        past if history else None,
        period,
        evidence=given if known else None,
        earlier_documents=earlier_documents,
        challenges=challenges,
        registered={
            (claim.unit, claim.criterion): claim.registered for claim in claims if claim.registered is not None
        },
        complete=complete,
    )


def build_cohort(
    framework: Framework,
    claims: Claims,
    observations: Observations | None = None,
    history: History | None = None,
    period: str | None = None,
    *,
    evidence: Mapping[tuple[str, str], tuple[EvidenceDocument, ...]] | None = None,
    earlier_documents: Mapping[str, Sequence[EvidenceDocument]] | None = None,
    challenges: Mapping[tuple[str, str], Sequence[Challenge]] | None = None,
    registered: Mapping[tuple[str, str], Registered] | None = None,
    complete: bool = True,
) -> Cohort:
    """Puts claims, observations and history in place. `period` defaults to the latest one of the observations.

    What is no use (other units, indicators nobody asks for, periods not before or at this one) is counted in
    `ignored`. `evidence`, `challenges` and `registered` are by (unit, criterion), `earlier_documents` (of the cycle
    before) by unit; None where it is unknown.
    """
    if period is None and observations is not None and observations.periods:
        period = max(observations.periods, key=period_order)
    shape = (len(claims.units), len(framework.items))
    given = np.zeros(shape, dtype=bool)
    given[claims.unit, claims.item] = True

    def placed(numbers: Floats) -> Floats:
        table = np.full(shape, np.nan)
        table[claims.unit, claims.item] = numbers
        return table

    ignored: dict[str, int] = {}
    figures, periods = _figures(framework, claims.units, observations, period, ignored)
    past_points, past_verified, last_value = _past(framework, claims, history, period, ignored)
    rows = {unit: row for row, unit in enumerate(claims.units)}
    told = (framework, claims.units, observations, period) if observations is not None and period is not None else None
    context = Context(
        national=national_figures(*told) if told is not None else {},
        own_reports=own_reports(*told) if told is not None else {},
        last_value=last_value,
        earlier_documents=None
        if earlier_documents is None
        else {
            rows[unit]: {named.sha256: named for named in documents if named.sha256 is not None}
            for unit, documents in earlier_documents.items()
            if unit in rows
        },
        challenges=None
        if challenges is None
        else {
            (rows[unit], framework.columns[code]): tuple(each)
            for (unit, code), each in challenges.items()
            if unit in rows and code in framework.columns
        },
        registered={(rows[unit], framework.columns[code]): each for (unit, code), each in (registered or {}).items()},
    )
    return Cohort(
        framework=framework,
        units=claims.units,
        clusters=claims.clusters,
        period=period,
        given=given,
        value=placed(claims.value),
        self_points=placed(claims.self_points),
        target=placed(claims.target),
        revised_target=placed(claims.revised_target),
        figures=figures,
        periods=periods,
        past_points=past_points,
        past_verified=past_verified,
        evidence=None
        if evidence is None
        else {(rows[unit], framework.columns[code]): named for (unit, code), named in evidence.items()},
        context=context,
        complete=complete,
        ignored=ignored,
    )


def _figures(
    framework: Framework,
    units: tuple[str, ...],
    observations: Observations | None,
    period: str | None,
    ignored: dict[str, int],
) -> tuple[tuple[Figures, ...], tuple[str, ...]]:
    if observations is None or period is None:
        return (), ()
    now = period_order(period)
    periods = tuple(sorted((name for name in observations.periods if period_order(name) < now), key=period_order))
    # 0.. older periods in order, len(periods): this one, -1: later, of no use.
    age = {name: index for index, name in enumerate(periods)} | {period: len(periods)}
    when = np.array([age.get(name, -1) for name in observations.periods], dtype=np.int64)[observations.period]
    unit_row = {unit: row for row, unit in enumerate(units)}
    row = np.array([unit_row.get(name, -1) for name in observations.units], dtype=np.int64)[observations.unit]
    preliminary = np.array([*(is_preliminary(status) for status in observations.statuses), False])[observations.status]
    usable = (row >= 0) & (when >= 0) & np.isfinite(observations.value)
    pair = observations.source * max(len(observations.indicators), 1) + observations.indicator
    asked = np.zeros(usable.shape, dtype=bool)
    made = []
    # In order of age, so that of several older figures the latest is written last.
    by_age = np.argsort(when, kind="stable")
    for column, criterion in enumerate(framework.criteria):
        for reference in criterion.sources:
            if is_own_report(reference.id):
                continue  # what the unit wrote elsewhere is not independent of what it claims
            if reference.id not in observations.sources or reference.indicator not in observations.indicators:
                continue
            wanted = observations.sources.index(reference.id) * len(observations.indicators)
            mine = pair == wanted + observations.indicators.index(reference.indicator)
            asked |= mine
            chosen = by_age[(mine & usable)[by_age]]
            current, older = chosen[when[chosen] == len(periods)], chosen[when[chosen] < len(periods)]
            made.append(
                Figures(
                    column=column,
                    reference=reference,
                    current=_scatter(len(units), row[current], observations.value[current], np.nan),
                    row=_scatter(len(units), row[current], current, -1),
                    preliminary=_scatter(len(units), row[current], preliminary[current], False),
                    older=_scatter(len(units), row[older], observations.value[older], np.nan),
                    older_row=_scatter(len(units), row[older], older, -1),
                    older_period=_scatter(len(units), row[older], when[older], -1),
                )
            )
    whole = np.array([*(is_national(name) for name in observations.units), False])[observations.unit]
    asked |= np.array([*(is_own_report(name) for name in observations.sources), False])[observations.source]
    for reason, count in (
        ("units", int(((row < 0) & ~whole).sum())),
        ("later periods", int((when < 0).sum())),
        ("indicators", int((~asked).sum())),
    ):
        if count:
            ignored[reason] = count
    return tuple(made), periods


def _scatter(count: int, rows: Whole, values: Any, missing: float | bool) -> Any:
    made = np.full(count, missing, dtype=np.asarray(values).dtype)
    made[rows] = values
    return made


def _past(
    framework: Framework, claims: Claims, history: History | None, period: str | None, ignored: dict[str, int]
) -> tuple[Floats, Floats, Floats | None]:
    """(t, n, k) earlier points as claimed and as verified, and (n, k) the latest earlier value."""
    shape = (len(claims.units), len(framework.items))
    if history is None:
        return np.empty((0, *shape)), np.empty((0, *shape)), None
    now = period_order(period) if period is not None else None
    earlier = sorted((name for name in history.periods if now is None or period_order(name) < now), key=period_order)
    age = {name: index for index, name in enumerate(earlier)}
    when = np.array([age.get(name, -1) for name in history.periods], dtype=np.int64)[history.period]
    unit_row = {unit: row for row, unit in enumerate(claims.units)}
    row = np.array([unit_row.get(name, -1) for name in history.claims.units], dtype=np.int64)[history.claims.unit]
    usable = (row >= 0) & (when >= 0)
    if not usable.all():
        ignored["history"] = int((~usable).sum())
    place = when[usable], row[usable], history.claims.item[usable]
    tables = np.full((4, len(earlier), *shape), np.nan)
    own = history.claims
    for table, numbers in zip(tables, (own.value, own.self_points, own.target, history.verified_points), strict=True):
        table[place] = numbers[usable]
    value, self_points, target, verified = tables
    last_value = np.full(shape, np.nan)
    for cycle in range(len(earlier)):
        last_value = np.where(np.isfinite(value[cycle]), value[cycle], last_value)
        if (np.isfinite(value[cycle]) & ~np.isfinite(self_points[cycle])).any():
            ruled = score_cohort(framework, claims.units, claims.clusters, value[cycle], target[cycle])
            self_points[cycle] = np.where(np.isfinite(self_points[cycle]), self_points[cycle], ruled)
    return self_points, verified, last_value
