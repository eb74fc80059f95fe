"""Scoring 100,000 units by every rule against a plain numpy evaluation of the same formulas, measured in this run.

The plain formulas know no missing values, no direction but the benchmark's and no overlays; leaders are found by a
sorted reduction over clusters of ten. The ratio is what generality costs.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from shared.criteria.loader import load_document
from shared.criteria.model import Framework
from shared.criteria.standings import score_cohort
from tests.benchmarks.bench_ranking import compare

Floats = NDArray[np.float64]
UNITS, CLUSTER, MAXIMUM = 100_000, 10, 25.0
STARTS = np.arange(0, UNITS, CLUSTER)
SHARES = np.array([0.2, 0.4, 0.6, 0.8, 1.0])


def leaders(figures: Floats) -> Floats:
    """The largest figure of each unit's cluster."""
    return np.repeat(np.maximum.reduceat(figures, STARTS), CLUSTER)


def leader_relative(values: Floats, targets: Floats) -> Floats:
    """F2 by its formula."""
    ratio = values / targets
    leader = leaders(ratio)
    above = np.where(leader > 1, (ratio - 1) / np.where(leader > 1, leader - 1, 1), 0)
    return np.where(ratio >= 1, 0.5 + 0.5 * above, 0.5 * ratio)


def minmax(values: Floats, targets: Floats) -> Floats:
    """F4 over clusters."""
    low = -leaders(-values)
    return (values - low) / (leaders(values) - low)


RULES: tuple[tuple[dict[str, object], Callable[[Floats, Floats], Floats]], ...] = (
    ({"name": "proportional"}, lambda values, targets: np.clip(values / targets, 0, 1)),
    ({"name": "leader_relative"}, leader_relative),
    ({"name": "share_of_best"}, lambda values, targets: np.clip(values / leaders(values), 0, 1)),
    ({"name": "goalposts", "low": 1, "high": 90}, lambda values, targets: np.clip((values - 1) / 89, 0, 1)),
    (
        {"name": "goalposts", "low": 1, "high": 90, "transform": "log"},
        lambda values, targets: np.clip(np.log(values) / np.log(90), 0, 1),
    ),
    ({"name": "minmax"}, minmax),
    (
        {"name": "bands", "bands": [{"at_least": 80, "share": 1}, {"at_least": 40, "share": 0.5}]},
        lambda values, targets: np.where(values >= 80, 1.0, np.where(values >= 40, 0.5, 0.0)),
    ),
    ({"name": "rubric"}, lambda values, targets: SHARES[values.astype(np.int64) - 1]),
    ({"name": "binary"}, lambda values, targets: (values >= 1).astype(float)),
    ({"name": "per_count", "points_each": 0.5}, lambda values, targets: np.minimum(values * 0.5, MAXIMUM) / MAXIMUM),
)


def framework(rules: list[dict[str, object]]) -> Framework:
    """A table with one criterion for each of the rules given."""
    criteria = [
        {"code": f"C{number:02}", "max_points": MAXIMUM, "rule": rule, "target": "registered"}
        for number, rule in enumerate(rules)
    ]
    return load_document({"framework": "bench", "criteria": criteria})


def plain(rules: list[Callable[[Floats, Floats], Floats]], values: Floats, targets: Floats) -> Floats:
    """All columns by their formulas."""
    points = np.empty(values.shape, order="F")
    for column, rule in enumerate(rules):
        points[:, column] = rule(values[:, column], targets[:, column]) * MAXIMUM
    return points


def main() -> None:
    """One line for each rule alone (forty criteria of it), then one for all rules together."""
    draw = np.random.Generator(np.random.PCG64(1))
    units = [f"U{number:06}" for number in range(UNITS)]
    clusters = [f"K{number // CLUSTER:05}" for number in range(UNITS)]
    together = [RULES[number % len(RULES)] for number in range(40)]
    for name, chosen in [*((rule["name"], [(rule, formula)] * 40) for rule, formula in RULES), ("all rules", together)]:
        values = np.asfortranarray(draw.uniform(1, 100, (UNITS, 40)))
        for column, (rule, _) in enumerate(chosen):
            if rule["name"] == "rubric":
                values[:, column] = draw.integers(1, 6, UNITS)
        targets = np.asfortranarray(draw.uniform(20, 80, (UNITS, 40)))
        made = framework([rule for rule, _ in chosen])
        formulas = [formula for _, formula in chosen]
        ours = score_cohort(made, units, clusters, values, targets)
        assert np.allclose(ours, plain(formulas, values, targets), rtol=0, atol=1e-9)
        compare(f"{name:<16} {UNITS:,} units x 40", 3, partial(plain, formulas, values, targets),
                partial(score_cohort, made, units, clusters, values, targets))  # fmt: skip


if __name__ == "__main__":
    main()
