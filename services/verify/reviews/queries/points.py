"""A unit's verified points: what counts for each item, scored among what counts for its cluster."""

from collections.abc import Mapping

import numpy as np

from services.verify.ports import Store
from services.verify.screening.queries import load_material
from services.verify.screening.rules.facts import known
from shared.criteria.standings import score_cohort


def verified_points(store: Store, name: str, unit: str) -> Mapping[str, float]:
    """Points by criterion, as far as what counts can be scored now; rules that compare look at what counts so far."""
    with store.transaction() as transaction:
        cycle = transaction.cycles.find(name)
        company = transaction.cycles.company(name, unit)
        if cycle is None or unit not in company:
            return {}
        material = load_material(transaction, cycle, company)
        items = transaction.reviews.items(name, company)
    cohort = material.cohort(complete=False)
    rows = {code: row for row, code in enumerate(cohort.units)}
    columns = material.framework.columns
    values, given = (np.full(cohort.shape, np.nan) for _ in range(2))
    for item in items.values():
        if item.unit in rows and item.criterion in columns:
            cell = rows[item.unit], columns[item.criterion]
            values[cell] = np.nan if item.value is None else item.value
            given[cell] = np.nan if item.points is None else item.points
    scored = score_cohort(material.framework, cohort.units, cohort.clusters, values, cohort.target)
    points = np.where(np.isfinite(scored), scored, given)[rows[unit]]
    found = {code: known(points[column]) for code, column in columns.items()}
    return {code: number for code, number in found.items() if number is not None}
