"""The screen: runs the checks over a cohort (or one unit, on arrival) and puts every item into one queue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.verify.screening.model import Finding, Impact, ImpactBasis, NotRun, Severity
from services.verify.screening.rules.checks.check import Check, View
from services.verify.screening.rules.checks.registry import ALL_CHECKS
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.columns import Basis
from services.verify.screening.rules.judgement import Judgement
from services.verify.screening.rules.related import rated_shares
from services.verify.screening.rules.robust import Floats, Truth, Whole
from services.verify.screening.rules.signals import MODEL, SIGNALS, dealt
from services.verify.screening.rules.tails import PRIOR
from services.verify.screening.rules.wording import Explainer, Facts, spoken
from services.verify.sources.rules.own_reports import is_own_report
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.ticks import from_ticks, tick_values

SHOWN_DECIMALS = 6
STAKE_BASES = {Basis.SAME: ImpactBasis.SAME, Basis.OLDER: ImpactBasis.OLDER, Basis.RELATED: ImpactBasis.RATING}
SUSPICION_DECIMALS = 4
CHUNK = 50_000  # items listed at a time


@dataclass(frozen=True, slots=True)
class ScreenedItem:
    """One claim after the screen. Points are None where unknown; `priority` = suspicion × points at stake."""

    rank: int
    unit: str
    cluster: str
    criterion: str
    suspicion: float
    flagged: bool
    priority: float
    self_points: float | None
    independent_points: float | None
    gap: float | None
    points_at_stake: float | None
    findings: tuple[Finding, ...]
    explanation: tuple[Sentence, ...]
    wider: tuple[Finding, ...] = ()  # on its criterion as a whole

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its findings, each once, in the order of the checks; what was inconclusive is no finding."""
        return _codes(self.findings)

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Its codes, and those of its criterion as a whole."""
        return _codes((*self.findings, *self.wider))

    def explained(self, language: str, *, wholly: bool = False) -> str:
        """The explanation as one text in `vi` or `en`; `wholly`: with what is said of the criterion."""
        further = tuple(finding.sentence for finding in self.wider) if wholly else ()
        return spoken((*self.explanation, *further), language)


@dataclass(frozen=True)
class Screening:
    """A finished screen. Arrays (n, k) as in the cohort."""

    cohort: Cohort
    suspicion: Floats
    flagged: Truth
    asked_by_rule: Truth
    judgement: Judgement | None  # None on arrival, or if the statistics broke
    findings: dict[tuple[int, int], tuple[Finding, ...]]
    unit_findings: dict[int, tuple[Finding, ...]]
    cohort_findings: tuple[Finding, ...]
    not_run: tuple[NotRun, ...]

    @property
    def expected_false(self) -> float:
        """How many of the statistical flags may be honest, on average; flags by public rules are not counted."""
        return self.judgement.expected_false if self.judgement is not None else 0.0

    @cached_property
    def basis(self) -> Whole:
        """(n, k): the `Basis` of the independent points."""
        basis = np.where(np.isfinite(self._mapped), Basis.RELATED, Basis.NOTHING)
        basis = np.where(np.isfinite(self.cohort.older_points), Basis.OLDER, basis)
        return np.where(np.isfinite(self.cohort.same_points), Basis.SAME, basis)

    @cached_property
    def independent_points(self) -> Floats:
        """(n, k): points of the `same` source, else of its older figure, else what a `related` rating amounts to."""
        cohort = self.cohort
        points = np.where(np.isfinite(cohort.same_points), cohort.same_points, cohort.older_points)
        points = np.where(np.isfinite(points), points, self._mapped)
        decimals = cohort.framework.rounding if cohort.framework.aggregation == "sum" else SHOWN_DECIMALS
        return from_ticks(tick_values(points, decimals), decimals)

    @cached_property
    def _mapped(self) -> Floats:
        """(n, k): what a `related` rating amounts to; where too few units are rated, what the model expects of it."""
        mapped = np.full(self.cohort.shape, np.nan)
        if self.judgement is not None:
            width = self.judgement.signals.joined.shape[1]
            maximum = self.cohort.maximum[:, :width]
            rated = self.cohort.rated[:, :width]
            if np.isfinite(rated).any():
                deal = dealt(self.cohort.units, self.cohort.clusters)
                shares = rated_shares(self.cohort.claimed_points[:, :width] / maximum, rated, deal)
                shares = np.where(
                    np.isfinite(shares), shares, np.clip(self.judgement.signals.expected[MODEL], 0.0, 1.0)
                )
                mapped[:, :width] = np.where(np.isfinite(rated), shares * maximum, np.nan)
        return mapped

    @cached_property
    def gap(self) -> Floats:
        """(n, k): self-score (or what the rule gives for the claimed value) minus independent points."""
        return np.round(np.round(self.cohort.claimed_points, SHOWN_DECIMALS) - self.independent_points, SHOWN_DECIMALS)

    @cached_property
    def losses(self) -> Floats:
        """(n, k): points that would fall; where no independent points are known, down to what the signals expect."""
        excess = np.zeros(self.cohort.shape)
        if self.judgement is not None:
            signals = self.judgement.signals
            width = signals.joined.shape[1]
            for number, name in enumerate(SIGNALS):
                expected = signals.expected[name] * self.cohort.maximum[:, :width]
                above = self.cohort.claimed_points[:, :width] - np.clip(expected, 0.0, None)
                mine = (signals.strongest == number) & np.isfinite(above)
                excess[:, :width] = np.where(mine, above, excess[:, :width])
        return np.maximum(np.where(np.isfinite(self.gap), self.gap, excess), 0.0)

    @cached_property
    def priority(self) -> Floats:
        """(n, k): suspicion as it is shown × points at stake."""
        return np.round(self.suspicion, SUSPICION_DECIMALS) * self.losses

    @cached_property
    def _awaited(self) -> Truth:
        """(n, k): whether a `same` source is named that has no figure of this period yet."""
        named = [
            any(source.relation == "same" and not is_own_report(source.id) for source in getattr(item, "sources", ()))
            for item in self.cohort.framework.items
        ]
        return np.array(named, dtype=bool) & (self.cohort.same_index < 0)

    def impact_of(self, row: int, column: int) -> Impact:
        """What hangs on one claim by its points alone, before anybody is ranked; nothing is lost where it is low."""
        cell, cohort = (row, column), self.cohort
        independent, claimed = float(self.independent_points[cell]), float(cohort.claimed_points[cell])
        lost = float(self.losses[cell])
        if independent == independent:
            basis, falls_to = STAKE_BASES[Basis(int(self.basis[cell]))], independent
            # Where the value counts, not the self-score, what its rule gives may be the more.
            lost = max(lost, float(np.nan_to_num(cohort.ruled_points[cell] - independent)))
        else:
            basis, falls_to = (ImpactBasis.EXPECTED if lost > 0 else ImpactBasis.NONE), claimed - lost
        return Impact(
            stake_basis=basis.value,
            awaited=bool(self._awaited[cell]),
            falls_to=None if basis is ImpactBasis.NONE else _known(falls_to),
            points_lost=_known(lost) if lost > 0 else None,
        )

    @cached_property
    def order(self) -> tuple[Whole, Whole]:
        """Rows and columns of the claimed items, highest priority first; ties by suspicion, then by codes."""
        rows, columns = np.nonzero(self.cohort.given)
        codes = sorted(range(self.cohort.shape[1]), key=lambda column: self.cohort.framework.items[column].code)
        place = np.argsort(np.array(codes, dtype=np.int64))
        suspicion = np.round(self.suspicion, SUSPICION_DECIMALS)[rows, columns]
        by_priority = np.lexsort((place[columns], rows, -suspicion, -self.priority[rows, columns]))
        return rows[by_priority], columns[by_priority]

    @cached_property
    def share_below(self) -> Floats:
        """(n, k): the share of the other units whose gap on the same item is smaller; NaN under five known gaps."""
        return _share_below(self.gap)

    def items(self, among: Whole | None = None) -> Iterator[ScreenedItem]:
        """Every claimed item once, highest priority first; `among`: rows of units, None for all."""
        explain = Explainer(self.cohort, self.judgement, self.findings, self.unit_findings).explain
        cohort = self.cohort
        codes = [item.code for item in cohort.framework.items]
        of_criterion: dict[str, tuple[Finding, ...]] = {}
        for finding in self.cohort_findings:
            of_criterion[finding.criterion] = (*of_criterion.get(finding.criterion, ()), finding)
        suspicion = np.round(self.suspicion, SUSPICION_DECIMALS)
        arrays = (
            *(suspicion, self.priority, cohort.claimed_points, cohort.value, cohort.maximum),
            *(self.independent_points, self.gap, self.share_below, self.basis, self.flagged),
        )
        rows, columns = self.order
        ranks = np.arange(1, rows.size + 1)
        if among is not None:
            wanted = np.zeros(len(cohort.units), dtype=bool)
            wanted[among] = True
            rows, columns, ranks = (numbers[wanted[self.order[0]]] for numbers in (rows, columns, ranks))
        for start in range(0, rows.size, CHUNK):
            part, end = (rows[start : start + CHUNK], columns[start : start + CHUNK]), start + CHUNK
            listed = zip(
                *(numbers.tolist() for numbers in (ranks[start:end], *part)),
                *(array[part].tolist() for array in arrays),
                strict=True,
            )
            for rank, row, column, doubt, priority, *known, flagged in listed:
                points, value, maximum, independent, gap_known, share, basis = known
                facts = Facts(row, column, points, value, maximum, independent, gap_known, share, basis, flagged)
                gap = _known(facts.gap)
                yield ScreenedItem(
                    rank=rank,
                    unit=cohort.units[row],
                    cluster=cohort.clusters[row],
                    criterion=codes[column],
                    suspicion=doubt,
                    flagged=flagged,
                    priority=priority,
                    self_points=_known(facts.points),
                    independent_points=_known(facts.independent),
                    gap=gap,
                    points_at_stake=None if gap is None else max(0.0, gap),
                    findings=self.findings.get((row, column), ()),
                    explanation=explain(facts),
                    wider=of_criterion.get(codes[column], ()),
                )


def screen(cohort: Cohort, checks: Sequence[Check] = ALL_CHECKS) -> Screening:
    """Runs the checks in their order. A check that breaks is inconclusive, on every unit; the others go on."""
    view = View(cohort)
    found: list[Finding] = []
    not_run: list[NotRun] = []
    for check in checks:
        try:
            lacking = check.applies(cohort)
            if lacking is None and check.compares and not cohort.complete:
                lacking = sentence("It compares units, so it waits for the whole cohort.")
            if lacking is not None:
                not_run.append(NotRun(check.code, lacking))
                continue
            result = check.run(view)
        except Exception as error:  # whatever it is: a broken check must neither stop the others nor look like "fine"
            broken = _broken(check.code, error)
            not_run.append(broken)
            found += [
                view.finding(check.code, Severity.INCONCLUSIVE, row, None, broken.sentence)
                for row in range(len(cohort.units))
            ]
            continue
        view.take(result)
        found += result.findings
    judgement = None
    if cohort.complete:
        try:
            judgement = view.judgement
        except Exception as error:  # as above
            not_run.append(_broken("SUSPICION", error))
    return Screening(
        cohort=cohort,
        suspicion=judgement.suspicion if judgement is not None else _by_rules(cohort, view.ruled),
        flagged=judgement.flagged if judgement is not None else view.asks & cohort.complete,
        asked_by_rule=view.asks,
        judgement=judgement,
        findings=_by_item(cohort, found),
        unit_findings=_by_unit(cohort, found),
        cohort_findings=tuple(finding for finding in found if not finding.unit),
        not_run=tuple(not_run),
    )


def _by_rules(cohort: Cohort, ruled: Floats) -> Floats:
    claimed = np.isfinite(cohort.claimed_points) | np.isfinite(cohort.value)
    return np.maximum(np.where(claimed, PRIOR, 0.0), ruled)


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in findings if finding.severity is not Severity.INCONCLUSIVE))


def _broken(code: str, error: Exception) -> NotRun:
    """Only the class of the error: its text may hold anything."""
    return NotRun(
        code,
        sentence("The check %(code)s could not be completed (%(error)s).", code=code, error=type(error).__name__),
        broken=True,
    )


def _by_item(cohort: Cohort, found: Sequence[Finding]) -> dict[tuple[int, int], tuple[Finding, ...]]:
    row_of = {unit: row for row, unit in enumerate(cohort.units)}
    grouped: dict[tuple[int, int], list[Finding]] = {}
    for finding in found:
        if finding.unit and finding.criterion:
            cell = row_of[finding.unit], cohort.framework.columns[finding.criterion]
            grouped.setdefault(cell, []).append(finding)
    return {cell: tuple(findings) for cell, findings in grouped.items()}


def _by_unit(cohort: Cohort, found: Sequence[Finding]) -> dict[int, tuple[Finding, ...]]:
    row_of = {unit: row for row, unit in enumerate(cohort.units)}
    grouped: dict[int, list[Finding]] = {}
    for finding in found:
        if finding.unit and not finding.criterion:
            grouped.setdefault(row_of[finding.unit], []).append(finding)
    return {row: tuple(findings) for row, findings in grouped.items()}


def _share_below(gaps: Floats) -> Floats:
    shares = np.full(gaps.shape, np.nan)
    for column in range(gaps.shape[1]):
        known = np.flatnonzero(np.isfinite(gaps[:, column]))
        if known.size < 5:
            continue
        ordered = np.sort(gaps[known, column])
        below = np.searchsorted(ordered, gaps[known, column], side="left")
        shares[known, column] = below / (known.size - 1)
    return shares


def _known(number: float) -> float | None:
    return round(number, SHOWN_DECIMALS) if number == number else None
