"""Which target counts, where a criterion names one: the registered, the assigned, or the stricter of the two."""

import numpy as np
from numpy.typing import NDArray

from shared.criteria import model

Floats = NDArray[np.float64]


def counting_targets(criterion: model.Criterion, registered: Floats, assigned: Floats) -> Floats:
    """The targets [n] that points are given against; NaN where the one that counts is unknown, or none is needed.

    `registered` and `assigned` are [n], NaN where there is none. `stricter` is the larger of the two, the smaller where
    lower is better; where only one is known it is that one.
    """
    if criterion.target == "registered":
        return registered
    if criterion.target == "assigned":
        return assigned
    if criterion.target == "stricter":
        stricter = np.fmin if criterion.direction == "lower" else np.fmax
        return np.asarray(stricter(registered, assigned))
    return np.full_like(registered, np.nan)
