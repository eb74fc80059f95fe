"""Which of two targets counts."""

from typing import Any

import numpy as np
import pytest

from shared.criteria import model
from shared.criteria.targets import counting_targets

NAN = np.nan
REGISTERED, ASSIGNED = np.array([10.0, 10, NAN, 10, NAN]), np.array([12.0, 8, 8, NAN, NAN])


@pytest.mark.parametrize(
    ("keys", "counting"),
    [
        ({"target": "registered"}, REGISTERED),
        ({"target": "assigned"}, ASSIGNED),
        ({"target": "stricter"}, [12, 10, 8, 10, NAN]),
        ({"target": "stricter", "direction": "lower"}, [10, 8, 8, 10, NAN]),
        ({}, [NAN] * 5),
    ],
)
def test_the_target_that_counts(keys: dict[str, Any], counting: Any) -> None:
    criterion = model.Criterion("C1", rule=model.Proportional(), **keys)
    np.testing.assert_array_equal(counting_targets(criterion, REGISTERED, ASSIGNED), counting)
