"""Rounding: half up as people do, whatever the binary form of a number."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.criteria.ticks import decimal_text, from_ticks, tick_values, ticks


@given(whole=st.integers(0, 10**7), decimals=st.integers(0, 4), extra=st.integers(0, 999), negative=st.booleans())
def test_written_decimals_are_rounded_half_up(whole: int, decimals: int, extra: int, negative: bool) -> None:
    text = f"{'-' if negative else ''}{whole}.{extra:03d}"
    exact = Decimal(text).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert int(ticks(float(text), decimals)) == int(exact.scaleb(decimals))


@given(parts=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_true_halves_survive_binary_sums(parts: list[int]) -> None:
    # Sums of hundredths that end in exactly five thousandths.
    total = sum(part / 100 for part in parts) + 0.005
    assert int(ticks(total, 2)) == sum(parts) + 1


@given(counted=st.integers(-(10**12), 10**12), decimals=st.integers(0, 4))
def test_ticks_and_points_go_round(counted: int, decimals: int) -> None:
    assert int(ticks(from_ticks(counted, decimals), decimals)) == counted
    assert Decimal(decimal_text(counted, decimals)) == Decimal(counted).scaleb(-decimals)


def test_missing_stays_missing_and_zero_has_no_sign() -> None:
    made = tick_values(np.array([np.nan, -0.001, 2.675, -2.675]), 2)
    assert np.isnan(made[0])
    assert made[1:].tolist() == [0, 268, -268]
    assert not np.signbit(made[1])
