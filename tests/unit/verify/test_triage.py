"""Priority's formula, tickets that nobody chooses, plans that contradict themselves."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verify.reviews.rules.impact import weight
from services.verify.triage.model import Draw, Plan, RiskClass
from services.verify.triage.rules.draws import drawn, first_year, is_set_aside, wrong_draws
from shared.contracts.refusals import BadInput

LOST, RANKS = st.floats(0, 1000), st.integers(0, 5000)


@given(lost=LOST, more=LOST, ranks=RANKS, further=RANKS, first=st.booleans())
def test_weight_grows_with_each_of_what_hangs_on_a_claim(
    lost: float, more: float, ranks: int, further: int, first: bool
) -> None:
    here = weight(lost, ranks, first)
    assert here >= lost
    assert weight(lost + more, ranks, first) >= here
    assert weight(lost, ranks + further, first) >= here
    assert weight(lost, ranks, True) >= here


def test_weight_by_example() -> None:
    assert weight(3.2, 0, False) == 3.2
    assert weight(3.2, 3, False) == pytest.approx(9.6)
    assert weight(3.2, 3, True) == pytest.approx(19.2)
    assert weight(None, None, False) == weight(-4.0, 3, True) == 0.0


POPULATION = tuple(f"C{number:02d}" for number in range(25))


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.01, 1), (0.2, 5), (0.6, 15), (1.0, 25)])
def test_a_share_is_drawn_rounded_up(share: float, count: int) -> None:
    found = drawn("salt", "c", "U", POPULATION, share)
    assert len(set(found)) == count
    assert set(found) <= set(POPULATION)


def test_a_draw_depends_on_the_salt_and_on_nothing_that_anybody_chooses() -> None:
    found = drawn("salt", "c", "U", POPULATION, 0.2)
    assert found == drawn("salt", "c", "U", POPULATION[::-1], 0.2)
    assert found != drawn("other", "c", "U", POPULATION, 0.2)
    assert found != drawn("salt", "c", "V", POPULATION, 0.2)
    # Over many salts every item comes about equally often: 20 % of 600 is 120, with a standard deviation of 10.
    counts = dict.fromkeys(POPULATION, 0)
    for number in range(600):
        for code in drawn(f"salt {number}", "c", "U", POPULATION, 0.2):
            counts[code] += 1
    assert 80 < min(counts.values()) <= max(counts.values()) < 160


def test_what_is_set_aside_does_not_depend_on_what_else_is_accepted() -> None:
    aside = [is_set_aside("salt", "c", f"U{number}", "C1", 0.1) for number in range(2000)]
    assert 140 < sum(aside) < 260
    assert not any(is_set_aside("salt", "c", f"U{number}", "C1", 0.0) for number in range(100))
    assert all(is_set_aside("salt", "c", f"U{number}", "C1", 1.0) for number in range(100))


def test_a_changed_draw_is_found() -> None:
    honest = Draw("c", "U", 1, 0, RiskClass.LIGHT, 0, 0.2, POPULATION, drawn("salt", "c", "U", POPULATION, 0.2))
    other = dataclasses.replace(honest, drawn=POPULATION[:5])
    assert wrong_draws({"c": "salt"}, [honest]) == []
    assert wrong_draws({"c": "salt"}, [honest, other]) == [other]
    assert wrong_draws({}, [honest]) == [honest]


def test_classes_by_confirmed_differences() -> None:
    plan = Plan(medium_from=2, full_from=5)
    assert [plan.risk_class(number) for number in (0, 1, 2, 4, 5, 99)] == [
        *(RiskClass.LIGHT, RiskClass.LIGHT, RiskClass.MEDIUM, RiskClass.MEDIUM, RiskClass.FULL, RiskClass.FULL)
    ]
    assert [plan.share(one) for one in RiskClass] == [0.2, 0.6, 1.0]
    assert first_year("2025-Q3", 3) == 2022


@pytest.mark.parametrize(
    "wrong",
    [
        {"light_share": 1.2},
        {"set_aside": -0.1},
        {"light_share": 0.7},  # more than the medium class
        {"medium_from": 0},
        {"medium_from": 9},
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(wrong: dict[str, float]) -> None:
    Plan().check()
    with pytest.raises(BadInput) as refusal:
        dataclasses.replace(Plan(), **wrong).check()  # type: ignore[arg-type]
    assert refusal.value.faults
