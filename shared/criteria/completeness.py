"""What is missing, for frameworks that declare a missing value an error."""

from collections.abc import Sequence

import numpy as np

from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.arrays import Floats, Integers
from shared.criteria.complaints import Complaints


def require_complete(
    framework: model.Framework,
    units: Sequence[str],
    points: Floats,
    *,
    given: Floats,
    lines: Integers | None = None,
    file: str | None = None,
    column: str = "points",
) -> None:
    """Raises BadInput naming every (unit, criterion) without points, if the framework says `missing: error`.

    `points` and `given` (what the file held: values or points) are [n, k]; `lines` [n, k] says where (0: nowhere).
    """
    if framework.missing != "error":
        return
    complaints = Complaints(file)
    for row, item in np.argwhere(np.isnan(points[:, : len(framework.criteria)])):
        line = int(lines[row, item]) if lines is not None and lines[row, item] else None
        template = (
            sentence("“%(unit)s” lacks “%(criterion)s”, and the framework declares a missing value an error.",
                     unit=units[row], criterion=framework.items[item].code)
            if np.isnan(given[row, item])
            else sentence("The value of “%(unit)s” for “%(criterion)s” cannot be scored by its rule (see its target and"
                          " the values of the others).", unit=units[row], criterion=framework.items[item].code)
        )  # fmt: skip
        complaints.add(template, line, column)
    complaints.raise_any()
