"""What a screening and a count look at, read together."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.verify.domain.cohort import Cohort, cohort_of
from services.verify.domain.items import Observation
from services.verify.ports.reviews import Given
from services.verify.ports.store import CycleRecord, Transaction
from services.verify.usecases.frameworks import framework_of
from shared.criteria.model import Framework


@dataclass(frozen=True)
class Material:
    """A cycle's framework, current claims of some of its units, and the newest figures about them."""

    cycle: CycleRecord
    framework: Framework
    given: Given

    @property
    def units(self) -> tuple[str, ...]:
        """The units, by code."""
        return tuple(sorted(self.given.sent))

    def cohort(self, *, complete: bool) -> Cohort:
        """The claims as arrays. Claims on criteria that the framework no longer has are left out."""
        claims = [claim for claim in self.given.claims if claim.criterion in self.framework.columns]
        return cohort_of(self.framework, claims, self.given.observations, period=self.cycle.period, complete=complete)


def load_material(transaction: Transaction, cycle: CycleRecord, units: Collection[str]) -> Material:
    """What these units claim and what the framework's sources say about them."""
    framework = framework_of(cycle.framework, cycle.framework_sha256)
    sources = {reference.id for criterion in framework.criteria for reference in criterion.sources}
    return Material(cycle, framework, transaction.reviews.given(cycle.council, cycle.cycle, sources, units))


def facts_sha256(material: Material, cohort: Cohort, row: int, column: int) -> str:
    """The hash of what a decision on an item rests on: the claim, its evidence, the independent figure."""
    documents = (cohort.evidence or {}).get((row, column), ())
    observed = cohort.observed_row(row, column)
    figure = None if observed is None else material.given.observations[observed]
    return sha256_of(
        [
            known(cohort.value[row, column]),
            known(cohort.self_points[row, column]),
            known(cohort.target[row, column]),
            [[d.document_number, d.issuer, str(d.issued_on), d.signer, d.sha256, d.reference_only] for d in documents],
            None if figure is None else [figure.source, figure.period, figure.value, figure.status],
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
