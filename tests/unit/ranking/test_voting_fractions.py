"""Exact thresholds: whole people, whole arithmetic."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ranking.voting.model import QUORUM, THRESHOLD, Base, Share, Status


@st.composite
def shares(draw: st.DrawFn) -> Share:
    denominator = draw(st.integers(1, 1000))
    numerator = draw(st.integers(0, denominator))
    return Share(numerator, denominator, more_than=draw(st.booleans()) and numerator < denominator)


@pytest.mark.parametrize(
    ("share", "count", "needed"),
    [
        (Share(2, 3), 9, 6),
        (Share(80, 100), 7, 6),
        (Share(4, 5), 5, 4),
        (Share(9, 10), 10, 9),
        (Share(1, 2, more_than=True), 8, 5),
        (Share(1, 2, more_than=True), 9, 5),
        (Share(1, 1), 12, 12),
        (Share(0, 1), 12, 0),
        (Share(2, 3), 0, 0),
    ],
)
def test_known_counts(share: Share, count: int, needed: int) -> None:
    assert share.needed(count) == needed


@given(shares(), st.integers(0, 500))
def test_needed_is_the_smallest_count_that_reaches_the_exact_fraction(share: Share, count: int) -> None:
    exact = Fraction(share.numerator, share.denominator) * count
    needed = share.needed(count)
    assert needed == (math.floor(exact) + 1 if share.more_than else math.ceil(exact))
    assert share.reached(needed, count)
    assert needed == 0 or not share.reached(needed - 1, count)


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 3), (80, 100), (90, 100), (1, 2)])
def test_the_laws_fractions_for_every_count_up_to_500(numerator: int, denominator: int) -> None:
    for count in range(501):
        needed = Share(numerator, denominator).needed(count)
        assert needed * denominator >= count * numerator > (needed - 1) * denominator


@pytest.mark.parametrize(("numerator", "denominator"), [(3, 2), (-1, 2), (1, 0), (0, 0)])
def test_a_share_lies_between_0_and_1(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Share(numerator, denominator)


def test_nothing_is_more_than_everything() -> None:
    with pytest.raises(ValueError, match="everything"):
        Share(1, 1, more_than=True)


def test_what_no_source_says_is_marked_an_assumption() -> None:
    assert (QUORUM.status, THRESHOLD.status) == (Status.ASSUMPTION, Status.ASSUMPTION)
    assert QUORUM.base is Base.ROLL
    assert QUORUM.source
    assert THRESHOLD.source
