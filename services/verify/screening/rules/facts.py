"""What a decision rests on, as one hash."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.material import Material
from services.verify.sources.model import Observation


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
