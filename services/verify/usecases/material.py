"""What a screening and a count look at, read together."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from services.verify.claims.model import Claim, CycleRecord, EvidenceDocument, PastClaim
from services.verify.claims.rules.frameworks import framework_of
from services.verify.domain.cohort import Cohort, cohort_of
from services.verify.domain.review import HELD_UP, ItemState
from services.verify.ports.reviews import EarlierCycle, EarlierItem, Given
from services.verify.ports.store import Transaction
from services.verify.sources.model import Observation
from shared.criteria.model import Criterion, Framework
from shared.criteria.standings import score_cohort


@dataclass(frozen=True)
class Material:
    """A cycle's framework, current claims of some of its units, and the newest figures about them."""

    cycle: CycleRecord
    framework: Framework
    given: Given
    history: Sequence[PastClaim] = ()
    earlier_documents: Mapping[str, Sequence[EvidenceDocument]] = field(default_factory=dict)

    @property
    def units(self) -> tuple[str, ...]:
        """The units, by code."""
        return tuple(sorted(self.given.sent))

    @cached_property
    def recognised(self) -> Mapping[str, Mapping[str, Claim]]:
        """Unit and criterion → the claim whose changed target the Board recognised."""
        found: dict[str, dict[str, Claim]] = {}
        for claim in self.given.claims:
            if claim.recognised_by is not None:
                found.setdefault(claim.unit, {})[claim.criterion] = claim
        return found

    def without_claims(self) -> "Material":
        """The same without what only a cohort is built from: it would fill the memory of large cycles twice."""
        kept = [claim for claim in self.given.claims if claim.recognised_by is not None]
        return replace(self, given=replace(self.given, claims=kept), history=(), earlier_documents={})

    def cohort(self, *, complete: bool) -> Cohort:
        """The claims as arrays. Claims on criteria that the framework no longer has are left out."""
        claims = [claim for claim in self.given.claims if claim.criterion in self.framework.columns]
        return cohort_of(
            self.framework,
            claims,
            self.given.observations,
            self.history,
            self.cycle.period,
            earlier_documents=self.earlier_documents,
            challenges=self.given.challenges,
            complete=complete,
        )


def load_material(transaction: Transaction, cycle: CycleRecord, units: Collection[str]) -> Material:
    """What these units claim and what the framework's sources say about them."""
    framework = framework_of(cycle.framework, cycle.framework_sha256)
    sources = {reference.id for criterion in framework.criteria for reference in criterion.sources}
    return Material(cycle, framework, transaction.reviews.given(cycle.council, cycle.cycle, sources, units))


def with_earlier_cycles(transaction: Transaction, material: Material) -> Material:
    """The same with what these units claimed in earlier cycles of the council, and what counted for it then."""
    cycle, units = material.cycle.cycle, material.units
    return replace(
        material,
        history=past_claims(material.framework, transaction.reviews.earlier_cycles(cycle, units)),
        earlier_documents=transaction.reviews.earlier_documents(cycle, units),
    )


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


def facts_sha256(material: Material, cohort: Cohort, row: int, column: int) -> str:
    """The hash of what a decision on an item rests on: the claim, its evidence, the independent figure, challenges."""
    documents = (cohort.evidence or {}).get((row, column), ())
    observed = cohort.observed_row(row, column)
    figure = None if observed is None else material.given.observations[observed]
    asked = (cohort.context.challenges or {}).get((row, column), ())
    return sha256_of(
        [
            known(cohort.value[row, column]),
            known(cohort.self_points[row, column]),
            known(cohort.target[row, column]),
            [[d.document_number, d.issuer, str(d.issued_on), d.signer, d.sha256, d.reference_only] for d in documents],
            None if figure is None else [figure.source, figure.period, figure.value, figure.status],
            *([one.by_unit, one.document_number, one.answered] for one in asked),
        ]
    )


def sha256_of(value: Any) -> str:
    """SHA-256 of plain data, the same for the same data."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def known(number: Any) -> float | None:
    """A cell of an array; None where it is NaN."""
    found = float(number)
    return None if found != found else found


def figure_json(observation: Observation) -> Mapping[str, Any]:
    """An independent figure as items keep it: enough to find its row in the raw file again."""
    return {
        "source": observation.source,
        "indicator": observation.indicator,
        "period": observation.period,
        "value": observation.value,
        "status": observation.status,
        "release": str(observation.release),
        "row": observation.row,
    }
