"""Table and tally laid side by side: what it says, and that neither changes the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ranking.council.rules import side_by_side

RANKS = [("A", 1), ("B", 2), ("C", 2), ("D", 4), ("E", None)]


def differs(*named: str, ordered: bool = True) -> bool:
    groups = [list(named)] if not ordered else [[unit] for unit in named]
    return side_by_side(RANKS, groups, ordered=ordered, ballot_sheet_sha256="x", sheet_sha256="x").differs


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (("A",), False),
        (("B",), True),
        (("A", "B", "C"), False),
        (("A", "C", "B"), False),  # level in the table: either order follows it
        (("A", "B", "D"), True),  # C stands before D
        (("B", "A"), True),
        (("A", "E"), True),
        ((), False),
    ],
)
def test_the_order_of_the_vote(named: tuple[str, ...], expected: bool) -> None:
    assert differs(*named) is expected


def test_without_an_order_only_the_choice_counts() -> None:
    assert not differs("C", "A", "B", ordered=False)
    assert differs("A", "D", ordered=False)


def test_what_is_said() -> None:
    same = side_by_side(RANKS, [["A"]], ordered=True, ballot_sheet_sha256="x", sheet_sha256="x")
    assert [str(message) for message in same.messages] == ["The vote names the units in the order of their scores."]
    later = side_by_side(RANKS, [["B"]], ordered=True, ballot_sheet_sha256="x", sheet_sha256="y")
    assert later.differs
    assert later.rests_on_earlier_scores
    assert [len(str(message)) > 20 for message in later.messages] == [True, True]
    nobody = side_by_side(RANKS, [[], []], ordered=True, ballot_sheet_sha256="x", sheet_sha256="x")
    assert [str(message) for message in nobody.messages] == ["The vote named nobody."]


@given(st.permutations([unit for unit, _ in RANKS]), st.integers(0, 5))
def test_ranks_stay_what_they_were(named: list[str], places: int) -> None:
    beside = side_by_side(
        RANKS, [[unit] for unit in named[:places]], ordered=True, ballot_sheet_sha256="x", sheet_sha256="x"
    )
    assert sorted((placed.unit, placed.rank) for placed in beside.units) == sorted(RANKS)
    assert {placed.unit: placed.place for placed in beside.units if placed.place} == {
        unit: place for place, unit in enumerate(named[:places], 1)
    }
