"""Who may decide what, and on what a decision may rest."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.verify.results.model import Decided, Verdict
from services.verify.reviews.model.states import (
    CONCLUDED,
    HELD_UP,
    IN_HAND,
    JUDGED,
    STATE_NAMES,
    TRANSITIONS,
    ItemState,
    Step,
)
from services.verify.reviews.model.steps import Proposal, Subject
from services.verify.reviews.rules.deciding import decide
from services.verify.reviews.rules.states import after, after_screening, without_decision
from shared.contracts.refusals import Kind, Refusal
from shared.people import Actor, Grant, Role

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
    assert decide(REVIEWER, direct, replace(proposal, points=0.0)).points == 0.0
    assert refused(REVIEWER, direct, replace(proposal, points=-0.1))[0] == "out_of_range"
    penalty = replace(direct, maximum=-5.0, self_points=None)
    for points in (-5.0, 0.0):
        assert decide(REVIEWER, penalty, replace(proposal, points=points)).points == points
    for points in (-5.1, 0.1):
        assert refused(REVIEWER, penalty, replace(proposal, points=points))[0] == "out_of_range"
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
    code = "administrator" if role is Role.ADMINISTRATOR else "not_a_reviewer"
    assert refused(actor, SUBJECT, Proposal(Verdict.ADJUST, REASON, value=50.0)) == (code, Kind.FORBIDDEN)


@pytest.mark.parametrize(
    ("grant", "home"),
    [
        (Grant(Role.CLUSTER_HEAD, "central", units=("Z",), clusters=("K",)), None),
        (Grant(Role.CLUSTER_HEAD, "central", units=("B",)), None),
        (Grant(Role.CLUSTER_DEPUTY, "central", units=("B",)), None),
        (None, "H"),
    ],
)
def test_who_leads_a_cluster_does_not_review_there(grant: Grant | None, home: str | None) -> None:
    subject = replace(SUBJECT, members=("A", "B", "H"), leading=("H",))
    homes = (("central", home),) if home else ()
    head = Actor("9", "D", homes, (*REVIEWER.grants, *((grant,) if grant else ())))
    proposal = Proposal(Verdict.ADJUST, REASON, value=50.0)
    assert refused(head, subject, proposal) == ("own_cluster", Kind.FORBIDDEN)
    elsewhere = replace(subject, cluster="L", members=("P", "Q"), leading=("P",))
    assert decide(head, elsewhere, proposal).value == 50.0


def test_what_somebody_has_in_hand_is_theirs() -> None:
    proposal = Proposal(Verdict.ADJUST, REASON, value=50.0)
    held = replace(SUBJECT, state=ItemState.CLAIMED, holder=("x", "Vũ E"))
    assert refused(REVIEWER, held, proposal) == ("held", Kind.CONFLICT)
    assert decide(REVIEWER, replace(held, holder=(REVIEWER.account, REVIEWER.name)), proposal).value == 50.0
    # One recorded settlement covers what others have only taken in hand.
    assert decide(LEAD, held, Proposal(Verdict.SETTLE, REASON)).value == 50.0


def test_an_objection_is_answered_by_others_and_may_leave_things_as_they_are() -> None:
    stands = Proposal(Verdict.ACCEPT, REASON, stands=True)
    counting = Decided(Verdict.REJECT, 50.0, None, on_source=True)
    disputed = replace(SUBJECT, state=ItemState.CHALLENGED, counting=counting, parties=(LEAD.account,))
    assert refused(LEAD, disputed, stands) == ("had_a_part", Kind.FORBIDDEN)
    assert decide(REVIEWER, disputed, stands) == counting
    assert refused(REVIEWER, replace(disputed, counting=None), stands)[0] == "nothing_stands"
    assert refused(REVIEWER, SUBJECT, stands)[0] == "nothing_stands"


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


WRITTEN = Path(__file__).parents[3] / "docs" / "review.md"


def written_table() -> list[str]:
    """The table of states as the documentation prints it."""
    lines = ["| state | step → state |", "|---|---|"]
    for state in ItemState:
        steps = [f"{step} → `{following}`" for (origin, step), following in TRANSITIONS.items() if origin is state]
        lines.append(f"| `{state}` | {' · '.join(steps)} |")
    return lines


def test_the_documentation_prints_the_table() -> None:
    text = WRITTEN.read_text(encoding="utf-8")
    assert "\n".join(written_table()) in text, "\n".join(written_table())


def test_every_state_has_a_name_and_a_way_in_and_out() -> None:
    assert set(STATE_NAMES) == set(ItemState)
    assert {state for state, _ in TRANSITIONS} == set(ItemState)
    assert {*TRANSITIONS.values()} == set(ItemState)
    assert {ItemState.OPEN} | IN_HAND | HELD_UP | CONCLUDED == set(ItemState)
    # Whatever may be decided may turn out to need a second person.
    assert {s for s, step in TRANSITIONS if step is Step.DECIDE} == {
        s for s, step in TRANSITIONS if step is Step.PROPOSE
    }


class ReviewMachine(RuleBasedStateMachine):
    """People, deadlines and screenings do to one item whatever they can; what is kept beside it must fit its state."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ItemState.OPEN
        self.decision: str | None = None  # "one" person's, "both"
        self.objection = False

    def take(self, step: Step) -> bool:
        """Take a step if the table has it; otherwise it must be refused."""
        if (self.state, step) not in TRANSITIONS:
            with pytest.raises(Refusal) as refusal:
                after(self.state, step)
            assert refusal.value.kind is Kind.CONFLICT
            return False
        self.state = after(self.state, step)
        return True

    @rule(step=st.sampled_from([Step.CLAIM, Step.RELEASE, Step.ASK, Step.TAKE_BACK, Step.EXPLAIN, Step.EXPIRE]))
    def work(self, step: Step) -> None:
        self.take(step)

    @rule(step=st.sampled_from([Step.DECIDE, Step.SETTLE]))
    def decide(self, step: Step) -> None:
        decided_before = self.decision is not None and not self.objection
        if self.take(step):
            assert not decided_before, "decided twice"
            self.decision, self.objection = "both", False

    @rule()
    def propose(self) -> None:
        if self.take(Step.PROPOSE):
            self.decision = "one"

    @rule()
    def countersign(self) -> None:
        if self.take(Step.COUNTERSIGN):
            assert self.decision == "one"
            self.decision, self.objection = "both", False

    @rule()
    def send_back(self) -> None:
        if self.take(Step.RESUME if self.objection else Step.SEND_BACK):
            self.decision = "both" if self.objection else None

    @rule()
    def object(self) -> None:
        if self.take(Step.OBJECT):
            assert not self.objection
            self.objection = True

    @rule(stands=st.booleans(), asks=st.booleans())
    def screen(self, stands: bool, asks: bool) -> None:
        if self.decision is not None and stands:
            return
        self.decision = None
        state = without_decision(self.state, objected=self.objection)
        self.state = after_screening(state, asks=asks)

    @invariant()
    def fits(self) -> None:
        assert (self.state is ItemState.AWAITING) == (self.decision == "one")
        assert not (self.state in JUDGED and self.decision != "both")
        assert self.objection == (self.state is ItemState.CHALLENGED) or self.state is ItemState.AWAITING
        if self.state in (ItemState.OPEN, ItemState.CLAIMED, ItemState.ASKED, ItemState.EXPLAINED, ItemState.EXPIRED):
            assert self.decision is None


TestReviewMachine = ReviewMachine.TestCase


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
