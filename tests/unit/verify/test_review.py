"""Who may decide what, and on what a decision may rest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verify.domain.counting import Decided, Verdict
from services.verify.domain.review import TRANSITIONS, ItemState, Proposal, Step, Subject, after, decide
from shared.contracts.refusals import Kind, Refusal
from shared.plumbing.identity import Actor, Grant, Role

REVIEWER = Actor("7", "Trần B", (("central", "X"),), (Grant(Role.REVIEWER, "central"),))
LEAD = Actor("8", "Lê C", (), (Grant(Role.LEAD_REVIEWER, "central"),))
SUBJECT = Subject(
    council="central",
    unit="A",
    cluster="K",
    criterion="C0",
    state=ItemState.OPEN,
    claimed_value=60.0,
    self_points=60.0,
    figure=50.0,
    outside=True,
    maximum=100.0,
    waited_for=True,
)
REASON = "Số liệu của Cục Thống kê"


def refused(actor: Actor, subject: Subject, proposal: Proposal) -> tuple[str, Kind]:
    with pytest.raises(Refusal) as refusal:
        decide(actor, subject, proposal)
    return refusal.value.code, refusal.value.kind


def test_adjusting_to_the_source_needs_no_other_document() -> None:
    decided = decide(REVIEWER, SUBJECT, Proposal(Verdict.ADJUST, REASON, value=50.0))
    assert decided == Decided(Verdict.ADJUST, 50.0, None, on_source=True)


def test_any_other_value_needs_a_document() -> None:
    proposal = Proposal(Verdict.ADJUST, REASON, value=55.0)
    assert refused(REVIEWER, SUBJECT, proposal) == ("document_missing", Kind.INVALID)
    cited = decide(REVIEWER, SUBJECT, replace(proposal, document_number="12/QĐ-UBND"))
    assert cited == Decided(Verdict.ADJUST, 55.0, None, on_source=False)
    assert refused(REVIEWER, SUBJECT, Proposal(Verdict.ACCEPT, REASON, document_number="  "))[0] == "document_missing"


def test_accepting_within_tolerance_is_accepting_the_source() -> None:
    inside = replace(SUBJECT, claimed_value=51.0, outside=False)
    assert decide(REVIEWER, inside, Proposal(Verdict.ACCEPT, REASON)).value == 50.0


def test_accepting_outside_takes_the_claim_on_a_document() -> None:
    decided = decide(REVIEWER, SUBJECT, Proposal(Verdict.ACCEPT, REASON, "12/QĐ-UBND"))
    assert decided == Decided(Verdict.ACCEPT, 60.0, None, on_source=False)


def test_rejecting_falls_to_the_source_else_to_nothing() -> None:
    assert decide(REVIEWER, SUBJECT, Proposal(Verdict.REJECT, REASON)).value == 50.0
    alone = replace(SUBJECT, figure=None, outside=False)
    assert refused(REVIEWER, alone, Proposal(Verdict.REJECT, REASON))[0] == "document_missing"
    assert decide(REVIEWER, alone, Proposal(Verdict.REJECT, REASON, "3/TB")) == Decided(
        Verdict.REJECT, None, 0.0, on_source=False
    )


def test_points_only_where_nothing_is_scored_and_only_what_can_be_earned() -> None:
    direct = replace(
        SUBJECT, scored=False, claimed_value=None, figure=None, outside=False, maximum=20.0, self_points=30.0
    )
    proposal = Proposal(Verdict.ADJUST, REASON, "3/TB", points=18.0)
    assert decide(REVIEWER, direct, proposal) == Decided(Verdict.ADJUST, None, 18.0, on_source=False)
    assert refused(REVIEWER, direct, replace(proposal, points=21.0))[0] == "out_of_range"
    assert refused(REVIEWER, direct, Proposal(Verdict.ACCEPT, REASON, "3/TB"))[0] == "out_of_range"
    assert refused(REVIEWER, direct, replace(proposal, points=None, value=3.0))[0] == "value_missing"
    assert refused(REVIEWER, SUBJECT, proposal)[0] == "value_missing"


def test_settling_is_for_lead_reviewers_and_what_the_freeze_waits_for() -> None:
    proposal = Proposal(Verdict.SETTLE, REASON)
    assert decide(LEAD, SUBJECT, proposal) == Decided(Verdict.SETTLE, 50.0, None, on_source=True)
    assert refused(REVIEWER, SUBJECT, proposal) == ("not_a_reviewer", Kind.FORBIDDEN)
    assert refused(LEAD, replace(SUBJECT, waited_for=False), proposal)[0] == "nothing_to_settle"
    assert refused(LEAD, replace(SUBJECT, figure=None, outside=False), proposal)[0] == "nothing_to_settle"
    # A contender's item within the tolerance, about which something else is asked.
    within = replace(SUBJECT, claimed_value=51.0, outside=False)
    assert decide(LEAD, within, proposal) == Decided(Verdict.SETTLE, 50.0, None, on_source=True)


def test_nobody_decides_on_their_own_unit_whatever_else_they_are() -> None:
    proposal = Proposal(Verdict.ADJUST, REASON, value=50.0)
    own = replace(SUBJECT, unit="X")
    assert refused(REVIEWER, own, proposal) == ("own_unit", Kind.FORBIDDEN)
    both = Actor("9", "D", (), (*LEAD.grants, Grant(Role.PROVINCE_OFFICER, "central", units=("A",))))
    assert refused(both, SUBJECT, proposal) == ("own_unit", Kind.FORBIDDEN)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.REVIEWER, Role.LEAD_REVIEWER)])
def test_no_other_role_decides(role: Role) -> None:
    actor = Actor("9", "D", (), (Grant(role, "central", units=("Z",)),))
    assert refused(actor, SUBJECT, Proposal(Verdict.ADJUST, REASON, value=50.0)) == ("not_a_reviewer", Kind.FORBIDDEN)


def test_a_narrow_grant_covers_no_more_than_it_names() -> None:
    narrow = Actor("9", "D", (), (Grant(Role.REVIEWER, "central", units=("B",), criteria=("C0",)),))
    assert refused(narrow, SUBJECT, Proposal(Verdict.ADJUST, REASON, value=50.0))[0] == "not_a_reviewer"
    elsewhere = replace(SUBJECT, council="ha-giang")
    assert refused(REVIEWER, elsewhere, Proposal(Verdict.ADJUST, REASON, value=50.0))[0] == "not_a_reviewer"


def test_a_reason_is_always_given() -> None:
    assert refused(REVIEWER, SUBJECT, Proposal(Verdict.ADJUST, "  ", value=50.0))[0] == "reason_missing"
    assert refused(REVIEWER, SUBJECT, Proposal(Verdict.ADJUST, "x" * 4001, value=50.0))[0] == "reason_too_long"
    assert refused(REVIEWER, SUBJECT, Proposal(Verdict.ACCEPT, REASON, "1", value=50.0))[0] == "value_not_wanted"


def test_no_item_is_decided_twice() -> None:
    decided = replace(SUBJECT, state=ItemState.DECIDED)
    assert refused(REVIEWER, decided, Proposal(Verdict.ADJUST, REASON, value=50.0)) == ("wrong_state", Kind.CONFLICT)
    assert after(after(ItemState.OPEN, Step.DECIDE), Step.REOPEN) is ItemState.OPEN


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_only_declared_steps_are_taken(steps: list[Step]) -> None:
    state = ItemState.OPEN
    for step in steps:
        if (state, step) in TRANSITIONS:
            state = after(state, step)
        else:
            with pytest.raises(Refusal):
                after(state, step)
    assert state in ItemState


@given(
    verdict=st.sampled_from(Verdict),
    value=st.one_of(st.none(), st.floats(-10, 110)),
    document=st.sampled_from(["", "12/QĐ"]),
    claimed=st.one_of(st.none(), st.floats(0, 100)),
    observed=st.one_of(st.none(), st.floats(0, 100)),
    outside=st.booleans(),
)
def test_a_score_moves_only_to_what_a_source_or_a_document_supports(
    verdict: Verdict, value: float | None, document: str, claimed: float | None, observed: float | None, outside: bool
) -> None:
    subject = replace(SUBJECT, claimed_value=claimed, self_points=claimed, figure=observed, outside=outside)
    try:
        decided = decide(LEAD, subject, Proposal(verdict, REASON, document, value=value))
    except Refusal:
        return
    if decided.on_source:
        assert decided.value == pytest.approx(observed)
    else:
        assert document
