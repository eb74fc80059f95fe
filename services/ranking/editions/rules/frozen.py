"""From frozen sheets to an edition's inputs, and what changed between two editions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from services.ranking.editions.rules.inputs import Inputs
from services.ranking.scoring.model import FrozenUnit
from shared.criteria import model


def inputs_of(framework: model.Framework, sheets: Mapping[str, Sequence[FrozenUnit]]) -> Inputs:
    """All units of all sheets with their points and statuses."""
    rows = [(cluster, unit) for cluster, units in sheets.items() for unit in units]
    points = np.full((len(rows), len(framework.items)), np.nan)
    statuses = [[""] * len(framework.items) for _ in rows]
    for row, (_, unit) in enumerate(rows):
        for score in unit.scores:
            column = framework.columns[score.criterion]
            points[row, column] = np.nan if score.points is None else score.points
            statuses[row][column] = score.status
    return Inputs(
        framework=framework,
        units=tuple(unit.unit for _, unit in rows),
        clusters=tuple(cluster for cluster, _ in rows),
        points=points,
        statuses=statuses,
    )


def changes_between(before: bytes | None, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Units that stand elsewhere than before: cluster, unit, rank and total, the last two as [before, after]."""
    if before is None:
        return []
    old, new = _places(json.loads(before)), _places(document)
    nothing = (None, None)
    return [
        {"cluster": cluster, "unit": unit, "rank": [a[0], b[0]], "total": [a[1], b[1]]}
        for cluster, unit in sorted(old.keys() | new.keys())
        if (a := old.get((cluster, unit), nothing)) != (b := new.get((cluster, unit), nothing))
    ]


def _places(document: Mapping[str, Any]) -> dict[tuple[str, str], tuple[int | None, str | None]]:
    return {
        (cluster["cluster"], standing["unit"]): (standing["rank"], standing["total"])
        for cluster in document["ranking"]["clusters"]
        for standing in cluster["standings"]
    }
