"""Small frameworks and cohorts for the tests of verify."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.verify.claims.model import Claim, PastClaim
from services.verify.screening.rules.cohort import Cohort, cohort_of
from services.verify.sources.model import Observation
from shared.criteria.loader import load_document
from shared.criteria.model import Framework

Floats = NDArray[np.float64]


def framework(criteria: int = 3, relation: str | None = "same", tolerance: float = 2.0, **top: Any) -> Framework:
    """Criteria C0, C1, … from 0 to 100 points by goalposts, each with a source `nso` of that relation (or none)."""
    made = []
    for column in range(criteria):
        criterion: dict[str, Any] = {
            "code": f"C{column}",
            "max_points": 100,
            "unit": "%",
            "rule": {"name": "goalposts", "low": 0, "high": 100},
        }
        if relation is not None:
            source: dict[str, Any] = {"id": "nso", "indicator": f"I{column}", "relation": relation}
            if relation == "same":
                source["tolerance"] = {"absolute": tolerance}
            criterion["sources"] = [source]
        made.append(criterion)
    return load_document({"framework": "test", "missing": "exclude", "criteria": made, **top})


def claim(unit: str, criterion: str = "C0", value: float | None = 50.0, **more: Any) -> Claim:
    """A claim whose self-score is what the goalposts give, unless told otherwise."""
    return Claim(**{"unit": unit, "cluster": "K", "criterion": criterion, "value": value, "self_points": value} | more)


def figure(unit: str, criterion: str = "C0", value: float = 50.0, period: str = "2025", **more: Any) -> Observation:
    """The source's figure for a criterion of `framework`."""
    return Observation("nso", unit, criterion.replace("C", "I"), period, value, **more)


def panel(
    points: Floats,
    *,
    past: Floats | None = None,
    figures: Floats | None = None,
    relation: str = "related",
    clusters: Sequence[str] | None = None,
    **more: Any,
) -> Cohort:
    """A cohort from arrays: self-scores (n, m), earlier ones (t, n, m), figures (n, m); NaN is nothing given."""
    rows, columns = points.shape
    made = framework(columns, relation if figures is not None else None)
    names = [f"U{row:03d}" for row in range(rows)]
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    claims = [
        Claim(names[row], clusters[row] if clusters else "K", f"C{column}", None, _given(points[row, column]))
        for row, column in cells
    ]
    observations = [
        figure(names[row], f"C{column}", float(figures[row, column]))
        for row, column in cells
        if figures is not None and np.isfinite(figures[row, column])
    ]
    history = [
        PastClaim(names[row], f"C{column}", str(2025 - len(past) + cycle), None, _given(past[cycle, row, column]))
        for cycle in range(0 if past is None else len(past))
        for row, column in cells
        if past is not None and np.isfinite(past[cycle, row, column])
    ]
    return cohort_of(made, claims, observations, history, "2025", **more)


def by_cell(cohort: Cohort, array: NDArray[Any]) -> Mapping[tuple[str, str], Any]:
    """(unit, criterion) → value, so that the order of rows does not matter."""
    return {
        (unit, item.code): array[row, column]
        for row, unit in enumerate(cohort.units)
        for column, item in enumerate(cohort.framework.items)
    }


def _given(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
