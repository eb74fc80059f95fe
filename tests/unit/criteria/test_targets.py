"""Which of two targets counts."""

from typing import Any

import pytest

from shared.criteria import model
from shared.criteria.targets import counting_target

PAIRS = [(10.0, 12.0), (10.0, 8.0), (None, 8.0), (10.0, None), (None, None)]


@pytest.mark.parametrize(
    ("keys", "counting"),
    [
        ({"target": "registered"}, [10, 10, None, 10, None]),
        ({"target": "assigned"}, [12, 8, 8, None, None]),
        ({"target": "stricter"}, [12, 10, 8, 10, None]),
        ({"target": "stricter", "direction": "lower"}, [10, 8, 8, 10, None]),
        ({}, [10, 10, None, 10, None]),
    ],
)
def test_the_target_that_counts(keys: dict[str, Any], counting: list[float | None]) -> None:
    criterion = model.Criterion("C1", rule=model.Proportional(), **keys)
    assert [counting_target(criterion, registered, assigned) for registered, assigned in PAIRS] == counting
