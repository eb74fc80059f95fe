"""Related ratings become points by a robust line that the judged unit had no part in."""

import numpy as np
import pytest

from services.verify.screening.rules.related import LEAST_RATED, rated_shares

N = 40


@pytest.fixture
def cohort() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Claims that follow a rating with a little noise, but for four units that claim everything."""
    generator = np.random.Generator(np.random.PCG64(7))
    rated = generator.normal(size=(N, 1))
    claimed = np.clip(0.5 + 0.1 * rated + generator.normal(scale=0.01, size=(N, 1)), 0, 1)
    claimed[:4] = 1.0
    return claimed, rated, np.arange(N)


def test_a_few_high_claims_do_not_bend_the_line(cohort: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    claimed, rated, deal = cohort
    shares = rated_shares(claimed, rated, deal)
    assert np.abs(shares - (0.5 + 0.1 * rated)).max() < 0.05


def test_a_claim_does_not_move_its_own_yardstick(cohort: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    claimed, rated, deal = cohort
    before = rated_shares(claimed, rated, deal)[10, 0]
    claimed[10] = 1.0
    assert rated_shares(claimed, rated, deal)[10, 0] == before


def test_order_of_rows_changes_nothing(cohort: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    claimed, rated, deal = cohort
    rows = np.random.Generator(np.random.PCG64(3)).permutation(N)
    shuffled = rated_shares(claimed[rows], rated[rows], deal[rows])
    assert np.array_equal(shuffled, rated_shares(claimed, rated, deal)[rows])


@pytest.mark.parametrize("count", [0, 1, 5, LEAST_RATED])
def test_too_few_ratings_amount_to_nothing(count: int) -> None:
    rated = np.full((N, 1), np.nan)
    rated[:count, 0] = np.arange(count)
    claimed = np.linspace(0, 1, N)[:, None]
    assert np.isnan(rated_shares(claimed, rated, np.arange(N))).all()


def test_ratings_without_spread_amount_to_nothing() -> None:
    shares = rated_shares(np.linspace(0, 1, N)[:, None], np.ones((N, 1)), np.arange(N))
    assert np.isnan(shares).all()
