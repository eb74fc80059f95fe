"""Tails, suspicion and false-discovery control."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from services.verify.screening.rules.tails import PRIOR, discoveries, fit_tail, suspicion


@pytest.mark.parametrize("freedom", [None, 3, 5])
def test_exceedances_of_honest_noise_are_what_they_say(freedom: int | None) -> None:
    draw = np.random.default_rng(1)
    noise = draw.standard_normal(20_000) if freedom is None else draw.standard_t(freedom, 20_000)
    found = fit_tail(noise).exceedance(noise)
    for level in (0.1, 0.01, 0.001):
        assert 0.4 * level < (found < level).mean() < 1.6 * level


def test_over_claims_do_not_fatten_the_tail_that_judges_them() -> None:
    draw = np.random.default_rng(2)
    noise = draw.standard_normal(5000)
    clean = fit_tail(noise)
    noise[:250] += 6
    dirty = fit_tail(noise)
    assert dirty.freedom >= 30
    assert float(dirty.exceedance(np.array([6.0]))[0]) < 1e-4
    assert clean.freedom >= 30


def test_few_residuals_get_a_cautious_tail() -> None:
    assert fit_tail(np.array([0.1, -0.2])).freedom == 4.0
    assert fit_tail(np.array([])).freedom == 4.0
    assert np.isnan(fit_tail(np.array([])).exceedance(np.array([np.nan]))[0])


def test_suspicion_starts_from_the_prior_and_rises_with_the_evidence() -> None:
    levels = suspicion(np.array([1.0, 0.5, 0.1, 0.01, 1e-4, 1e-12, 0.0]))
    assert (np.diff(levels) > 0).all()
    assert ((levels >= 0) & (levels <= 1)).all()
    neutral = suspicion(np.array([0.3 ** (1 / 0.7)]))  # where both densities are equal
    assert neutral[0] == pytest.approx(PRIOR, rel=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_discoveries_are_those_of_benjamini_and_hochberg(values: list[float]) -> None:
    exceedance = np.array([*values, np.nan])
    adjusted = false_discovery_control(np.array(values))
    expected = [*(adjusted <= 0.1).tolist(), False]
    found = discoveries(exceedance, 0.1)
    disagreeing = [each for each, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other]
    assert all(abs(adjusted[each] - 0.1) < 1e-12 for each in disagreeing)


def test_nothing_is_discovered_in_nothing() -> None:
    assert not discoveries(np.array([np.nan, np.nan]), 0.1).any()
    assert not discoveries(np.empty((0, 3)), 0.1).any()
