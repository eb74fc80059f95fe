"""Papers, counts and outcomes of both methods."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ranking.voting.model import (
    QUORUM,
    THRESHOLD,
    Base,
    Box,
    EarlierBox,
    Member,
    Method,
    Outcome,
    Paper,
    Plan,
    Rule,
    Share,
    Snapshot,
    Standing,
    State,
    Status,
    Withheld,
)
from services.ranking.voting.rules.boxes import check_casting, check_closing, check_opening
from services.ranking.voting.rules.counting import counted, may_be_opened, unopened
from services.ranking.voting.rules.methods import Approval, OnePerPlace, method_named
from services.ranking.voting.rules.papers import Ballot, UnreadableBallot, packed, packed_length, unpacked
from shared.contracts.refusals import Refusal

UNITS = ("HN", "HP", "DN", "CT", "HCM", "HUE", "LA")
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
AT_LEAST_ONE = Rule(Share(0, 1), Base.ROLL, "test", Status.ASSUMPTION)


def plan(method: Method, quorum: Rule = QUORUM, threshold: Rule = THRESHOLD) -> Plan:
    return Plan(method, NOW, NOW + timedelta(hours=2), quorum, threshold)


def box(cast: int = 0, state: State = State.OPEN, method: Method = OnePerPlace(3)) -> Box:  # noqa: B008
    snapshot = Snapshot(
        council="trung-uong",
        council_title={"vi": "Hội đồng"},
        cycle="nam-2025",
        cycle_title={"vi": "Năm 2025"},
        cluster="A",
        cluster_title={"vi": "Cụm A"},
        method="score_then_vote",
        sheet_version=1,
        sheet_sha256="0" * 64,
        frozen_at=NOW,
        synthetic=True,
        notice=None,
        members=tuple(Member(unit, {"vi": unit}) for unit in UNITS),
    )
    return Box(uuid.UUID(int=1), 1, snapshot, plan(method), state, NOW, None, b"", cast)


def code_of(call: object, *arguments: object) -> str:
    with pytest.raises(Refusal) as refused:
        call(*arguments)  # type: ignore[operator]
    return refused.value.code


lines = st.lists(st.none() | st.sampled_from(UNITS), max_size=3)
papers = st.lists(
    lines.map(tuple).filter(lambda p: len({u for u in p if u}) == sum(u is not None for u in p)), max_size=9
)


def test_first_second_third() -> None:
    method = OnePerPlace(3)
    tally = counted(plan(method), UNITS, [("HN", "HP", "DN")] * 4 + [("HP", "HN", "DN")] * 2 + [("HP", "CT", None)])
    assert [outcome.units for outcome in tally.outcomes] == [("HN",), ("HP",), ("DN",)]
    assert tally.lines[0].counts[:2] == (("HN", 4), ("HP", 3))
    assert tally.decided
    assert (tally.sent, tally.returned, tally.valid, tally.blank, tally.unreadable) == (7, 7, 7, 0, 0)


def test_a_unit_named_for_an_earlier_place_leaves_the_later_ones() -> None:
    tally = counted(
        plan(OnePerPlace(2), threshold=AT_LEAST_ONE), UNITS, [("HN", "HP"), ("HN", "DN"), ("HN", "HP"), ("HP", "HN")]
    )
    assert [outcome.units for outcome in tally.outcomes] == [("HN",), ("HP",)]


def test_a_tie_is_left_to_people_and_later_places_wait() -> None:
    papers_ = [("HN", "DN")] * 4 + [("HP", "DN")] * 4
    tally = counted(plan(OnePerPlace(2), threshold=AT_LEAST_ONE), UNITS, papers_)
    assert tally.outcomes == (
        Outcome(1, Standing.TIE, tied=("HN", "HP")),
        Outcome(2, Standing.WAITS),
    )
    assert not tally.decided


def test_the_threshold_counts_the_whole_roll() -> None:
    tally = counted(plan(OnePerPlace(1)), UNITS, [("HN",)] * 3 + [("HP",)] * 2)
    assert tally.threshold_needed == 4
    assert tally.outcomes == (Outcome(1, Standing.BELOW_THRESHOLD, tied=("HN",)),)


def test_approval_names_as_many_as_reach_it_and_leaves_a_tie_at_the_end_open() -> None:
    method = Approval(2)
    rule = Rule(Share(1, 3), Base.VALID, "test", Status.REGULATION)
    clear = counted(plan(method, threshold=rule), UNITS, [("HN", "HP"), ("HN", "HP"), ("HN", "DN")])
    assert clear.outcomes == (Outcome(None, Standing.NAMED, units=("HN", "HP")),)
    tied = counted(plan(method, threshold=rule), UNITS, [("HN", "HP"), ("HN", "DN"), ("HN",)])
    assert tied.outcomes == (Outcome(None, Standing.TIE, units=("HN",), tied=("DN", "HP")),)


def test_blank_and_unreadable_papers_are_counted_apart_and_everything_balances() -> None:
    tally = counted(plan(OnePerPlace(3)), UNITS, [("HN", None, None), (), (None, None), ("XX",)], unreadable=1)
    assert (tally.returned, tally.valid, tally.blank, tally.unreadable) == (5, 1, 2, 2)


@given(papers, st.sampled_from(["one_per_place", "approval"]))
def test_counts_do_not_depend_on_the_order_of_the_papers(given_papers: list[Paper], name: str) -> None:
    held = plan(method_named(name, 3))
    tally = counted(held, UNITS, given_papers)
    assert tally == counted(held, tuple(reversed(UNITS)), sorted(given_papers, key=repr))
    assert tally.returned == (tally.valid or 0) + (tally.blank or 0) + (tally.unreadable or 0)
    assert sum(count for line in tally.lines for _, count in line.counts) == sum(
        unit is not None for paper in given_papers for unit in paper
    )


@pytest.mark.parametrize(("returned", "why"), [(0, Withheld.NO_QUORUM), (4, Withheld.NO_QUORUM), (5, None), (7, None)])
def test_without_a_quorum_the_box_stays_unopened(returned: int, why: Withheld | None) -> None:
    assert may_be_opened(plan(OnePerPlace(3)), len(UNITS), returned) is why


def test_too_few_papers_are_not_read_whatever_the_quorum() -> None:
    held = plan(OnePerPlace(1), quorum=AT_LEAST_ONE)
    assert may_be_opened(held, len(UNITS), 2) is Withheld.TOO_FEW
    tally = unopened(held, len(UNITS), 2, Withheld.TOO_FEW)
    assert (tally.returned, tally.valid, tally.lines, tally.decided) == (2, None, (), False)
    assert tally.quorum_reached


@given(lines.map(tuple), st.binary(min_size=16, max_size=16))
def test_packed_ballots_have_one_length_and_come_back(paper: Paper, nonce: bytes) -> None:
    content = packed(Ballot(paper, nonce), UNITS)
    assert len(content) == packed_length(len(UNITS))
    assert unpacked(content, UNITS) == Ballot(paper, nonce)


@given(st.integers(1, 120))
def test_the_fullest_paper_fits(members: int) -> None:
    units = tuple(f"U{number}" for number in range(members))
    content = packed(Ballot(tuple(reversed(units)), bytes(16)), units)
    assert unpacked(content, units).paper == tuple(reversed(units))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"nonce":"zz","lines":[]}', b'{"nonce":"00","lines":[-1]}', b'{"nonce":"00","lines":[7]}']
)
def test_what_is_no_paper_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableBallot):
        unpacked(content, UNITS)


def test_equal_papers_have_different_hashes() -> None:
    one, other = (Ballot(("HN",), bytes([number]) * 16).sha256(uuid.UUID(int=1)) for number in (1, 2))
    assert one != other


@pytest.mark.parametrize(
    ("paper", "code"),
    [(("HN", "HN"), "invalid_paper"), (("XX",), "invalid_paper"), (("HN", "HP", "DN", "CT"), "invalid_paper")],
)
def test_faulty_papers_are_refused_at_the_door(paper: Paper, code: str) -> None:
    assert code_of(check_casting, box(), paper, NOW) == code


def test_time_decides_when_papers_are_taken() -> None:
    assert code_of(check_casting, box(), ("HN",), NOW - timedelta(seconds=1)) == "box_not_open_yet"
    assert code_of(check_casting, box(), ("HN",), NOW + timedelta(hours=2)) == "box_closed"
    assert code_of(check_casting, box(state=State.CLOSED), ("HN",), NOW) == "box_closed"
    check_casting(box(), (None, "HN"), NOW)
    assert box().takes_papers(NOW)


def test_a_box_closes_when_its_time_is_over_or_everybody_voted() -> None:
    assert code_of(check_closing, box(cast=6), NOW + timedelta(hours=1)) == "voting_goes_on"
    check_closing(box(cast=7), NOW + timedelta(hours=1))
    check_closing(box(cast=0), NOW + timedelta(hours=2))
    assert code_of(check_closing, box(state=State.CLOSED), NOW + timedelta(hours=2)) == "box_already_closed"


def test_a_box_opens_on_a_voting_cluster_with_time_ahead_and_lines_for_its_members() -> None:
    snapshot, held = box().snapshot, plan(OnePerPlace(3))
    check_opening(snapshot, held, [], NOW)
    score_only = replace(snapshot, method="score_only")
    assert code_of(check_opening, score_only, held, [], NOW) == "cluster_does_not_vote"
    assert code_of(check_opening, snapshot, held, [], NOW + timedelta(days=1)) == "bad_voting_time"
    assert code_of(check_opening, snapshot, plan(Approval(8)), [], NOW) == "too_many_places"


def test_a_second_box_only_after_an_undecided_first_and_never_a_third() -> None:
    snapshot, held = box().snapshot, plan(OnePerPlace(3))
    undecided = EarlierBox(State.CLOSED, decided=False)
    check_opening(snapshot, held, [undecided], NOW)
    assert code_of(check_opening, snapshot, held, [undecided, undecided], NOW) == "no_more_rounds"
    assert (
        code_of(check_opening, snapshot, held, [EarlierBox(State.CLOSED, decided=True)], NOW) == "vote_already_decided"
    )
    assert code_of(check_opening, snapshot, held, [EarlierBox(State.OPEN, decided=False)], NOW) == "box_already_open"
