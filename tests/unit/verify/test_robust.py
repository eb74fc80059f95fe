"""Robust statistics against plain definitions, and what they do with small, constant and empty columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verify.screening.rules.robust import fit_lines, level_of_others, middle, pooled_spread, quantile, spread


def test_medians_and_quantiles_leave_out_what_is_missing() -> None:
    draw = np.random.default_rng(1)
    values = draw.normal(size=(17, 6))
    values[draw.random(values.shape) < 0.3] = np.nan
    values[:, 5] = np.nan
    assert np.allclose(middle(values)[:5], np.nanmedian(values[:, :5], axis=0))
    assert np.allclose(quantile(values, 0.9)[:5], np.nanquantile(values[:, :5], 0.9, axis=0))
    assert np.isnan(middle(values)[5])
    assert np.isnan(middle(np.empty((0, 2)))).all()


def test_spread_is_the_standard_deviation_of_gaussian_noise() -> None:
    noise = np.random.default_rng(2).normal(0, 3, (20_000, 2))
    assert spread(noise) == pytest.approx([3, 3], rel=0.03)


def test_a_column_without_spread_borrows_and_never_falls_below_the_floor() -> None:
    draw = np.random.default_rng(3)
    deviations = np.column_stack([draw.normal(0, 1, 30), np.zeros(30)])
    own = pooled_spread(deviations, 0.02)
    assert 0.02 < own[1] < own[0]
    assert pooled_spread(np.zeros((30, 2)), 0.02) == pytest.approx([0.02, 0.02])
    assert pooled_spread(np.full((4, 2), np.nan), 0.02) == pytest.approx([0.02, 0.02])


def test_lines_hold_against_outliers_and_agree_with_scikit_learn() -> None:
    from sklearn.linear_model import HuberRegressor

    draw = np.random.default_rng(4)
    x = draw.normal(size=(200, 3, 1))
    y = 1.0 + 2.0 * x[:, :, 0] + draw.normal(0, 0.3, (200, 3))
    y[:20] += 8.0
    lines = fit_lines(y, x, 0.01)
    assert lines.slopes[:, 0] == pytest.approx([2, 2, 2], abs=0.1)
    assert lines.intercept == pytest.approx([1, 1, 1], abs=0.1)
    assert lines.spread == pytest.approx([0.3, 0.3, 0.3], rel=0.35)
    for column in range(3):
        known = HuberRegressor().fit(x[:, column], y[:, column])
        assert lines.slopes[column, 0] == pytest.approx(known.coef_[0], abs=0.08)


def test_lines_on_few_units_lean_on_the_other_criteria() -> None:
    draw = np.random.default_rng(5)
    x = draw.normal(size=(6, 40, 1))
    y = 0.8 * x[:, :, 0] + draw.normal(0, 0.6, (6, 40))
    alone = [np.polyfit(x[:, column, 0], y[:, column], 1)[0] for column in range(40)]
    together = fit_lines(y, x, 0.01).slopes[:, 0]
    assert np.abs(together - 0.8).mean() < 0.5 * np.abs(np.array(alone) - 0.8).mean()


def test_lines_without_features_are_centres_and_empty_columns_stay_finite() -> None:
    y = np.column_stack([np.arange(9.0), np.full(9, np.nan)])
    lines = fit_lines(y, np.zeros((9, 2, 0)), 0.01)
    assert lines.intercept[0] == pytest.approx(4.0)
    assert np.isfinite(lines.intercept).all()
    assert lines.count.tolist() == [9, 0]


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=7, max_size=7),
        min_size=1,
        max_size=5,
    )
)
def test_the_level_of_others_is_what_the_definition_says(rows: list[list[int | None]]) -> None:
    values = np.array([[np.nan if cell is None else float(cell) for cell in row] for row in rows])
    found = level_of_others(values)
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            others = np.delete(values[row], column)
            others = others[np.isfinite(others)]
            if not np.isfinite(values[row, column]) or len(others) < 4:
                assert np.isnan(found[row, column])
            else:
                centre = np.median(others)
                expected = centre + np.clip(others - centre, -1.5, 1.5).mean()
                assert found[row, column] == pytest.approx(expected)
