"""What was claimed in earlier cycles, in points of today."""

from collections.abc import Iterator, Sequence

import numpy as np

from services.verify.claims.model import PastClaim
from services.verify.claims.rules.frameworks import framework_of
from services.verify.renewal.model import EarlierCycle, EarlierItem
from services.verify.reviews.model.states import HELD_UP, ItemState
from services.verify.screening.rules.facts import known
from shared.criteria.model import Criterion, Framework
from shared.criteria.standings import score_cohort


def past_claims(framework: Framework, cycles: Sequence[EarlierCycle]) -> list[PastClaim]:
    """Earlier claims on criteria of the same code, in points of today's maxima.

    What counted as a value is scored by the rules of its own cycle, among these units.
    """
    return [past for earlier in cycles for past in _past_claims(framework, earlier)]


def _past_claims(framework: Framework, earlier: EarlierCycle) -> Iterator[PastClaim]:
    then = framework_of(earlier.framework, earlier.framework_sha256)
    items = [item for item in earlier.items if item.criterion in then.columns]
    clusters = {item.unit: item.cluster for item in items}
    units = tuple(sorted(clusters))
    row_of = {unit: row for row, unit in enumerate(units)}
    values, targets = (np.full((len(units), len(then.items)), np.nan) for _ in range(2))
    for item in items:
        cell = row_of[item.unit], then.columns[item.criterion]
        values[cell], targets[cell] = _or_nan(item.value), _or_nan(item.target)
    scored = score_cohort(then, units, tuple(clusters[unit] for unit in units), values, targets) if units else values
    for item in items:
        if item.criterion not in framework.columns:
            continue
        points = (
            item.points if item.points is not None else known(scored[row_of[item.unit], then.columns[item.criterion]])
        )
        scale = _maximum(framework, item) / _maximum(then, item)
        yield PastClaim(
            unit=item.unit,
            criterion=item.criterion,
            period=earlier.period,
            value=item.claimed_value,
            self_points=None if item.self_points is None else item.self_points * scale,
            target=item.target,
            verified_points=None if points is None or not _is_final(item) else points * scale,
        )


def _is_final(item: EarlierItem) -> bool:
    """Whether what counted then is a verdict, or a source's figure, that nobody is still to sign or to answer for."""
    return item.basis != "none" and ItemState(item.review) not in HELD_UP


def _maximum(framework: Framework, item: EarlierItem) -> float:
    found = framework.items[framework.columns[item.criterion]]
    return framework.maximum(item.criterion, item.cluster) if isinstance(found, Criterion) else 1.0


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number
