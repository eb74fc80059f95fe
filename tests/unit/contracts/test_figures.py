"""Figures as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.figures import NotAFigure, read_figure, written_figure


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", None),
        ("  \u00a0 ", None),
        ("5,1", 5.1),
        ("5.1", 5.1),
        (" 5 ", 5),
        (",5", 0.5),
        ("5,", 5),
        ("-3,25", -3.25),
        ("−3,25", -3.25),
        ("+7", 7),
        ("1 234,5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("0.125", 0.125),
        ("0,125", 0.125),
        ("1234.567", 1234.567),
        ("12.3456", 12.3456),
        ("５,１", 5.1),
    ],
)
def test_what_is_meant_is_read(typed: str, value: float | None) -> None:
    assert read_figure(typed) == value


@pytest.mark.parametrize(("typed", "whole", "decimal"), [("1.234", "1234", "1,2340"), ("-12,500", "12500", "12,5000")])
def test_what_could_mean_two_things_is_asked_about(typed: str, whole: str, decimal: str) -> None:
    with pytest.raises(NotAFigure) as caught:
        read_figure(typed)
    asked = caught.value.said.in_language("vi")
    assert whole in asked
    assert decimal in asked
    assert read_figure(decimal) is not None


@pytest.mark.parametrize(
    "typed", ["năm", "5,1,2", "1.23.456", "NaN", "inf", "1e5", "0x1", "5%", "--5", ".", ",", "1..2", "12,34,567", "५"]
)
def test_what_is_no_figure_is_refused(typed: str) -> None:
    with pytest.raises(NotAFigure):
        read_figure(typed)


def test_a_figure_beyond_exactness_is_refused() -> None:
    assert read_figure("1000000000000000") == 1e15
    with pytest.raises(NotAFigure):
        read_figure("1000000000000001")


@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False), st.sampled_from(["vi", "en"]))
def test_what_is_written_reads_back_exactly(value: float, language: str) -> None:
    assert read_figure(written_figure(value, language)) == value
