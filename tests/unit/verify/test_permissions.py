"""Which steps are open to whom: what the page offers is what the action takes."""

from dataclasses import replace

import pytest

from services.verify.reviews.model.states import TRANSITIONS, ItemState, Step
from services.verify.reviews.model.steps import Subject
from services.verify.reviews.rules.permissions import OFFERED, check_step, open_steps
from shared.contracts.refusals import Refusal
from shared.people import Actor, Grant, Role

REVIEWER = Actor("7", "Trần B", (), (Grant(Role.REVIEWER, "central"),))
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
)
MINE, OTHERS = ("7", "Trần B"), ("9", "Phạm D")


def refusal(actor: Actor, subject: Subject, step: Step) -> str:
    with pytest.raises(Refusal) as refused:
        check_step(actor, subject, step)
    return refused.value.code


@pytest.mark.parametrize(
    ("state", "holder", "open_to_reviewer", "open_to_lead"),
    [
        (ItemState.OPEN, None, "claim ask decide", "claim ask decide"),
        (ItemState.CLAIMED, MINE, "claim release ask decide", "release"),
        (ItemState.CLAIMED, OTHERS, "", "release"),
        (ItemState.CLAIMED, None, "claim ask decide", "claim ask decide"),
        (ItemState.ASKED, MINE, "take_back", "take_back"),
        (ItemState.ASKED, OTHERS, "", "take_back"),
        (ItemState.EXPLAINED, MINE, "claim release ask decide", "release"),
        (ItemState.AWAITING, None, "countersign", "countersign"),
        (ItemState.CHALLENGED, None, "claim decide", "claim decide"),
        (ItemState.DECIDED, None, "", ""),
        (ItemState.CLOSED, None, "", ""),
    ],
)
def test_what_is_open(
    state: ItemState, holder: tuple[str, str] | None, open_to_reviewer: str, open_to_lead: str
) -> None:
    subject = replace(SUBJECT, state=state, holder=holder)
    assert " ".join(open_steps(REVIEWER, subject)) == open_to_reviewer
    assert " ".join(open_steps(LEAD, subject)) == open_to_lead


@pytest.mark.parametrize("state", list(ItemState))
@pytest.mark.parametrize("holder", [None, MINE, OTHERS])
def test_what_is_offered_is_taken_and_nothing_else(state: ItemState, holder: tuple[str, str] | None) -> None:
    subject = replace(SUBJECT, state=state, holder=holder)
    for actor in (REVIEWER, LEAD):
        offered = open_steps(actor, subject)
        for step in OFFERED:
            if step in offered:
                assert check_step(actor, subject, step) is TRANSITIONS[state, step]
            else:
                assert refusal(actor, subject, step) in ("wrong_state", "held", "not_held")


def test_nothing_is_open_to_who_may_not_review() -> None:
    head = Actor("1", "X", (), (Grant(Role.REVIEWER, "central"), Grant(Role.CLUSTER_HEAD, "central", units=("H",))))
    own = Actor("2", "Y", (("central", "A"),), (Grant(Role.REVIEWER, "central"),))
    party = replace(SUBJECT, state=ItemState.CHALLENGED, parties={"7"})
    assert open_steps(head, replace(SUBJECT, members=("A", "H"))) == ()
    assert open_steps(own, SUBJECT) == ()
    assert open_steps(REVIEWER, party) == ()
    assert open_steps(LEAD, party) == (Step.CLAIM, Step.DECIDE)


def test_who_decided_does_not_sign() -> None:
    subject = replace(SUBJECT, state=ItemState.AWAITING, decided_by="7")
    assert open_steps(REVIEWER, subject) == ()
    assert refusal(REVIEWER, subject, Step.COUNTERSIGN) == "first_person"
    assert refusal(REVIEWER, subject, Step.SEND_BACK) == "first_person"
    assert open_steps(LEAD, subject) == (Step.COUNTERSIGN,)


def test_a_settlement_takes_what_others_hold_but_needs_a_lead_reviewer() -> None:
    held = replace(SUBJECT, state=ItemState.CLAIMED, holder=OTHERS)
    assert check_step(LEAD, held, Step.SETTLE) is ItemState.SETTLED
    assert refusal(REVIEWER, held, Step.SETTLE) == "not_a_reviewer"
