"""The kinds of array in this package; shapes are said where they are used, such as [units, criteria]."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]  # NaN: missing
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
