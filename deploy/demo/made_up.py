"""The made-up part of Việt Nam 2015: ministries' ratings and self-assessments, drawn around real published figures.

Deterministic: one seed, and draws from PCG64's raw output alone, which is the same with every numpy. What is drawn,
and how often, stands in vietnam_2015/README.md; the constants below are that table.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np

from deploy.demo.cycles import Claim, Document
from shared.criteria.model import Binary, Criterion, Framework, Rubric
from shared.criteria.standings import score_cohort
from shared.criteria.ticks import from_ticks, tick_values

SEED = 2015
INDEX_UNIT = "1–10"
CONFIRMING_OFFICE = "Cơ quan công bố số liệu (giả định) / The figure's publisher (made up)"
CONFIRMED = (
    "Số của cuộc điều tra riêng, kèm công văn xác nhận. / From a survey of its own, with a letter that confirms it."
)
T = TypeVar("T")
Figures = Mapping[tuple[str, str, int], float]  # (unit, criterion, year) → the published figure
Item = tuple[str, str]  # (unit, criterion)

# Honest claims: how many are of which kind; the rest are the figure, rounded as people round. Spread is in tolerances.
VINTAGE, DOCUMENTED = 0.12, 0.05
NOISE, VINTAGE_SPREAD, DOCUMENTED_SPREAD = 0.15, 0.6, 1.6
COARSE = 0.3  # how many are rounded by one decimal more
# Planted inflation: shares of the items, and sizes in tolerances. `fresh` this year only; `chronic` every year alike;
# `unit` everything of two whole units, each item a little.
FRESH, CHRONIC, WHOLE_UNITS = 0.03, 0.015, 2
SIZES = {"fresh": (1.0, 4.0), "chronic": (0.7, 2.2), "unit": (0.4, 1.4)}
RAISED_LEVELS = {"fresh": 2, "chronic": 2, "unit": 1}
WITHIN = 0.3  # tolerances: what is left after a natural limit (100 %, 0 ‰) cut it to less is no inflation


class Draws:
    """Random numbers that are the same on every machine."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def share(self) -> float:
        """Uniform in [0, 1)."""
        return float(int(self._bits.random_raw()) >> 11) * 2.0**-53

    def chance(self, share: float) -> bool:
        """True with this probability."""
        return self.share() < share

    def normal(self) -> float:
        """Standard normal."""
        return NormalDist().inv_cdf(max(self.share(), 2.0**-53))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in a random order."""
        keyed = [(self.share(), place) for place in range(len(items))]
        return [items[place] for _, place in sorted(keyed)]


@dataclass(frozen=True)
class MadeUp:
    """Everything that was drawn. `planted`: the items of the last year that were raised, and how."""

    claims: Mapping[int, Mapping[str, tuple[Claim, ...]]]  # year → unit → claims in the framework's order
    ratings: Figures
    planted: Mapping[Item, str]


def make_up(framework: Framework, clusters: Mapping[str, str], figures: Figures, years: Sequence[int]) -> MadeUp:
    """Ratings where nothing was published, and claims, for these units (unit → cluster) in these years, oldest first.

    The figures may go one year further back than the years, for claims that rest on last year's figure.
    """
    rated = [criterion for criterion in framework.criteria if isinstance(criterion.rule, Rubric | Binary)]
    draws = Draws(SEED)
    ratings = _ratings(draws, rated, tuple(clusters), years)
    return _SelfAssessments(framework, clusters, {**figures, **ratings}, years, draws).made_up(ratings)


def _ratings(
    draws: Draws, rated: Sequence[Criterion], units: Sequence[str], years: Sequence[int]
) -> dict[tuple[str, str, int], float]:
    """Levels 2–5 that stay for most units, or 1 and now and then 0."""
    made: dict[tuple[str, str, int], float] = {}
    for criterion in rated:
        for unit in units:
            usual = 2 + math.floor(3 * draws.share() + 0.5)
            for year in years:
                if isinstance(criterion.rule, Binary):
                    made[unit, criterion.code, year] = 0.0 if draws.chance(0.06) else 1.0
                else:
                    step = (-1, 1)[draws.chance(0.5)] if draws.chance(0.3) else 0
                    made[unit, criterion.code, year] = float(min(5, max(1, usual + step)))
    return made


@dataclass(frozen=True)
class _Claimed:
    """A claim before it has its points."""

    value: float
    note: str = ""
    documents: tuple[Document, ...] = ()


class _SelfAssessments:
    """Draws what each unit says, year by year."""

    def __init__(
        self,
        framework: Framework,
        clusters: Mapping[str, str],
        figures: Figures,
        years: Sequence[int],
        draws: Draws,
    ) -> None:
        self.framework = framework
        self.clusters = clusters
        self.figures = figures
        self.years = years
        self.draws = draws
        self.planted = self._planted()

    def made_up(self, ratings: Figures) -> MadeUp:
        """All years."""
        claimed = {
            (unit, criterion.code, year): self._say(unit, criterion, year)
            for year in self.years
            for unit in self.clusters
            for criterion in self.framework.criteria
        }
        last = self.years[-1]
        raised = {item: kind for item, (kind, _) in self.planted.items() if self._is_raised(item, claimed, last)}
        return MadeUp({year: self._scored(claimed, year) for year in self.years}, ratings, raised)

    def _planted(self) -> dict[Item, tuple[str, float]]:
        """(unit, criterion) → kind and size in tolerances."""
        whole = set(self.draws.shuffled(list(self.clusters))[:WHOLE_UNITS])
        planted: dict[Item, tuple[str, float]] = {}
        for unit in self.clusters:
            for criterion in self.framework.criteria:
                drawn, at = self.draws.share(), self.draws.share()
                kind = "unit" if unit in whole else _kind(drawn)
                if kind is not None:
                    smallest, largest = SIZES[kind]
                    planted[unit, criterion.code] = kind, smallest + (largest - smallest) * at**2
        return planted

    def _say(self, unit: str, criterion: Criterion, year: int) -> _Claimed:
        figure = self.figures.get((unit, criterion.code, year))
        if figure is None:
            return self._without_figure(unit, criterion, year)
        kind, size = self.planted.get((unit, criterion.code), ("", 0.0))
        raises = kind in ("chronic", "unit") or (kind == "fresh" and year == self.years[-1])
        if isinstance(criterion.rule, Rubric | Binary):
            return self._rated(criterion, figure, RAISED_LEVELS[kind] if raises else 0)
        honest = self._honest(unit, criterion, year, figure)
        if not raises:
            return honest
        value = figure + _better(criterion) * (size + NOISE * self.draws.normal()) * _tolerance(criterion)
        return _Claimed(_within(criterion, round(value, _decimals(criterion))))

    def _without_figure(self, unit: str, criterion: Criterion, year: int) -> _Claimed:
        """Nothing was published: last year's figure if there is one, else nothing to show."""
        before = self.figures.get((unit, criterion.code, year - 1))
        if before is not None:
            return _Claimed(before, "Chưa có số của năm nay; lấy số năm trước. / No figure yet; last year's is given.")
        return _Claimed(0.0, "Không có số liệu được công bố. / No figure is published.")

    def _rated(self, criterion: Criterion, level: float, raised: int) -> _Claimed:
        """A level, mostly the rater's; raised by so many, or a covenant in time that was not."""
        drawn = self.draws.share()
        if isinstance(criterion.rule, Binary):
            return _Claimed(1.0 if raised else level)
        step = raised or (1 if drawn < 0.2 else -1 if drawn < 0.25 else 0)
        return _Claimed(min(5.0, max(1.0, level + step)))

    def _honest(self, unit: str, criterion: Criterion, year: int, figure: float) -> _Claimed:
        drawn, noise, coarse = self.draws.share(), self.draws.normal(), self.draws.chance(COARSE)
        decimals, tolerance = _decimals(criterion), _tolerance(criterion)
        if drawn < DOCUMENTED:
            value = round(figure + DOCUMENTED_SPREAD * noise * tolerance, decimals)
            return _Claimed(_within(criterion, value), CONFIRMED, (_survey(criterion, year, unit),))
        if drawn < DOCUMENTED + VINTAGE:
            before = self.figures.get((unit, criterion.code, year - 1))
            if before is not None and coarse:
                return _Claimed(before)  # last year's figure, good or bad
            return _Claimed(_within(criterion, round(figure + VINTAGE_SPREAD * noise * tolerance, decimals)))
        rounded = round(figure + NOISE * noise * tolerance, decimals - coarse)
        return _Claimed(_within(criterion, rounded))

    def _is_raised(self, item: Item, claimed: Mapping[tuple[str, str, int], _Claimed], year: int) -> bool:
        """Whether what is claimed is really more than what is published: limits may have cut it."""
        figure = self.figures.get((*item, year))
        if figure is None:
            return False
        criterion = self.framework.criterion(item[1])
        over = (claimed[*item, year].value - figure) * _better(criterion)
        return over > WITHIN * _tolerance(criterion)

    def _scored(self, claimed: Mapping[tuple[str, str, int], _Claimed], year: int) -> dict[str, tuple[Claim, ...]]:
        """The claims with the points that the rules give for them, as anybody can work out."""
        units, criteria = tuple(self.clusters), self.framework.criteria
        values = np.array([[claimed[unit, criterion.code, year].value for criterion in criteria] for unit in units])
        targets = np.array([[self._target(unit, criterion, year) for criterion in criteria] for unit in units])
        points = score_cohort(self.framework, units, [self.clusters[unit] for unit in units], values, targets)
        decimals = self.framework.rounding
        points = from_ticks(tick_values(points, decimals), decimals)
        return {
            unit: tuple(
                Claim(
                    criterion=criterion.code,
                    value=float(values[row, column]),
                    self_points=float(points[row, column]),
                    target=None if math.isnan(targets[row, column]) else float(targets[row, column]),
                    note=claimed[unit, criterion.code, year].note,
                    documents=claimed[unit, criterion.code, year].documents,
                )
                for column, criterion in enumerate(criteria)
            )
            for row, unit in enumerate(units)
        }

    def _target(self, unit: str, criterion: Criterion, year: int) -> float:
        """What was registered at the start of the year: half a point above the last figure known then."""
        if criterion.target is None:
            return math.nan
        before = self.figures.get((unit, criterion.code, year - 1))
        known = self.figures[unit, criterion.code, year] if before is None else before
        return min(99.0, round(known + 0.5, 1))


def _kind(drawn: float) -> str | None:
    return "chronic" if drawn < CHRONIC else "fresh" if drawn < CHRONIC + FRESH else None


def _survey(criterion: Criterion, year: int, unit: str) -> Document:
    """The letter of the publisher's own office that goes with an honest difference."""
    number = sum(map(ord, unit + criterion.code)) % 900 + 100
    return Document(
        document_number=f"{number}/XN-{year + 1}",
        issuer=CONFIRMING_OFFICE,
        issued_on=f"{year + 1}-02-20",
        signer="Người ký giả định / Made-up signer",
    )


def _better(criterion: Criterion) -> int:
    """The direction in which points grow."""
    return -1 if criterion.lower_is_better else 1


def _tolerance(criterion: Criterion) -> float:
    return criterion.sources[0].tolerance.absolute


def _decimals(criterion: Criterion) -> int:
    """How many decimals the publisher prints: two for indices from 1 to 10, one for rates."""
    return 2 if criterion.unit == INDEX_UNIT else 1


def _within(criterion: Criterion, value: float) -> float:
    """What the measure can be: a percentage or a rate is not below 0, a percentage not above 100."""
    top = {"%": 100.0, INDEX_UNIT: 10.0}.get(criterion.unit, math.inf)
    return min(top, max(0.0, value))
