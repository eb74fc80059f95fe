"""Exact intervals against scipy's distributions, and how often they hold."""

import numpy as np
import pytest
from scipy import stats

from services.verify.triage.rules.estimates import Stratum, how_many, share


@pytest.mark.parametrize(("found", "looked_at"), [(0, 5), (5, 5), (3, 20), (1, 1), (40, 200)])
def test_a_share_is_clopper_and_pearsons(found: int, looked_at: int) -> None:
    estimate = share(found, looked_at)
    expected = stats.binomtest(found, looked_at).proportion_ci(0.95, method="exact")
    assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert estimate.best == found / looked_at


def test_nothing_looked_at_says_nothing() -> None:
    assert (share(0, 0).best, share(0, 0).low, share(0, 0).high) == (None, 0.0, 1.0)
    nothing = how_many([Stratum(50, 0, 0)])
    assert (nothing.best, nothing.low, nothing.high) == (None, 0, 50)
    assert (how_many([]).low, how_many([]).high) == (0, 0)


@pytest.mark.parametrize(
    ("population", "looked_at", "found"), [(30, 6, 0), (30, 6, 2), (30, 30, 4), (400, 60, 3), (10, 1, 1)]
)
def test_how_many_inverts_the_hypergeometric_distribution(population: int, looked_at: int, found: int) -> None:
    estimate = how_many([Stratum(population, looked_at, found)])
    holds = [
        number
        for number in range(population + 1)
        if stats.hypergeom.cdf(found, population, number, looked_at) > 0.025
        and stats.hypergeom.sf(found - 1, population, number, looked_at) > 0.025
    ]
    assert (estimate.low, estimate.high) == (holds[0], holds[-1])
    assert estimate.best == pytest.approx(population * found / looked_at)


def test_all_looked_at_leaves_no_doubt() -> None:
    estimate = how_many([Stratum(30, 30, 4), Stratum(12, 12, 0)])
    assert (estimate.best, estimate.low, estimate.high) == (4.0, 4, 4)


def test_strata_together_hold_at_least_the_stated_level() -> None:
    draw = np.random.default_rng(3)
    strata = [(200, 40, 9), (80, 48, 10), (20, 20, 6)]  # population, looked at, such items
    truth = sum(such for _, _, such in strata)
    held = 0
    for _ in range(400):
        seen = [
            Stratum(size, looked, int(draw.hypergeometric(such, size - such, looked))) for size, looked, such in strata
        ]
        estimate = how_many(seen)
        held += estimate.low <= truth <= estimate.high
    assert held >= 0.95 * 400
