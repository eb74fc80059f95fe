"""Standings of frozen units."""

from collections.abc import Sequence

import numpy as np

from services.ranking.scoring.model import VERIFIED, FrozenUnit
from shared.criteria import model
from shared.criteria.standings import Standings, stand


def stand_units(
    framework: model.Framework, cluster: str, units: Sequence[FrozenUnit]
) -> tuple[Standings, tuple[int, ...]]:
    """The standings of frozen units and the rows in the order of their ranks (unranked last, then by code)."""
    points = np.full((len(units), len(framework.items)), np.nan)
    verified = np.zeros(points.shape, dtype=bool)
    for row, unit in enumerate(units):
        for score in unit.scores:
            column = framework.columns[score.criterion]
            points[row, column] = np.nan if score.points is None else score.points
            verified[row, column] = score.status == VERIFIED
    table = stand(framework, [unit.unit for unit in units], [cluster] * len(units), points, verified)
    ranks = [int(rank) or len(units) + 1 for rank in table.rank]
    return table, tuple(sorted(range(len(units)), key=lambda row: (ranks[row], units[row].unit)))
