"""What hangs on one claim: the points, ranks and first places of its cluster that would change with it."""

import numpy as np

from services.verify.ports.store import Store
from services.verify.usecases.decide import ItemName
from services.verify.usecases.material import load_material
from shared.criteria.impact import Cluster, Impact, impact


def at_stake(store: Store, name: ItemName) -> Impact | None:
    """What would change in the unit's cluster if the claim fell to its source's figure, all other claims standing.

    Scored and ranked with the code that ranks. None where no `same` source has a figure for this period, nothing is
    claimed, or the unit could not be ranked (the framework wants complete claims, and some are missing).
    """
    with store.transaction() as transaction:
        cycle = transaction.cycles.find(name.cycle)
        if cycle is None:
            return None
        company = transaction.cycles.company(cycle.cycle, name.unit)
        material = load_material(transaction, cycle, company)
    framework, cohort = material.framework, material.cohort(complete=True)
    column = framework.columns.get(name.criterion, len(framework.criteria))
    if name.unit not in cohort.units or column >= len(framework.criteria):
        return None
    row = cohort.units.index(name.unit)
    figure = float(cohort.same_value[row, column])
    if np.isnan(figure) or np.isnan(cohort.value[row, column]):
        return None
    without_rule = np.array([getattr(item, "rule", item) is None for item in framework.items])
    given = np.where(without_rule, cohort.self_points, np.nan)  # points that no rule gives
    everybody = Cluster(framework, cohort.units, cohort.clusters, cohort.value, cohort.target, given)
    found = impact(everybody, name.unit, name.criterion, figure)
    return None if np.isnan(found.total_before) or np.isnan(found.total_after) else found
