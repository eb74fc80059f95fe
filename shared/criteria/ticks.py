"""The only rounding in the project: from points to whole ticks, half up, guarded against binary noise."""

import numpy as np

from shared.criteria.arrays import Floats, Integers

GUARD = 1e-6  # of a tick: 2.675 is stored as 2.67499999…, and still is 2.68


def ticks(points: Floats | float, decimals: int) -> Integers:
    """Whole ticks of 10**-decimals: floor(|x|·10**decimals + 0.5 + guard) with the sign of x. NaN must not come in."""
    return tick_values(points, decimals).astype(np.int64)


def tick_values(points: Floats | float, decimals: int) -> Floats:
    """Ticks as whole float64 numbers, exact up to 2**53, with NaN kept."""
    figures = np.asarray(points, dtype=np.float64)
    whole = np.asarray(np.abs(figures) * 10.0**decimals)
    whole += 0.5 + GUARD
    np.floor(whole, out=whole)
    np.copysign(whole, figures, out=whole)
    whole += 0.0  # no negative zero
    return whole


def from_ticks(counted: Integers | Floats | int, decimals: int) -> Floats:
    """Points as the float64 nearest to their decimal notation."""
    return np.asarray(np.asarray(counted, dtype=np.float64) / 10.0**decimals)


def decimal_text(counted: int, decimals: int) -> str:
    """Ticks in decimal notation: 81250 with two decimals is `812.50`."""
    if decimals == 0:
        return str(counted)
    whole, part = divmod(abs(counted), 10**decimals)
    return f"{'-' if counted < 0 else ''}{whole}.{part:0{decimals}d}"
