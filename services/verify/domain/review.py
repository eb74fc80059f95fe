"""Review items: their states, what staff may decide, and what a decision may rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.verify.domain.counting import Decided, Verdict
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.plumbing.identity import Actor, Role

REVIEWERS = (Role.REVIEWER, Role.LEAD_REVIEWER)
LONGEST_REASON = 4000


class ItemState(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    DECIDED = "decided"
    SETTLED = "settled"
    CLOSED = "closed"  # nothing is asked any more, and nobody had decided


class Step(StrEnum):
    """What can happen to a review item."""

    DECIDE = "decide"
    SETTLE = "settle"
    REOPEN = "reopen"  # a new release or submission changed what the item rests on
    WITHDRAW = "withdraw"  # a new screening asks nothing any more


TRANSITIONS: Mapping[tuple[ItemState, Step], ItemState] = {
    (ItemState.OPEN, Step.DECIDE): ItemState.DECIDED,
    (ItemState.OPEN, Step.SETTLE): ItemState.SETTLED,
    (ItemState.OPEN, Step.WITHDRAW): ItemState.CLOSED,
    (ItemState.DECIDED, Step.REOPEN): ItemState.OPEN,
    (ItemState.SETTLED, Step.REOPEN): ItemState.OPEN,
    (ItemState.CLOSED, Step.REOPEN): ItemState.OPEN,
}


def after(state: ItemState, step: Step) -> ItemState:
    """The state after a step. Refusal `wrong_state` where the table has none: no item is decided twice."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        said = sentence("This item is %(state)s; that step is not possible now.", state=Sentence(STATE_NAMES[state]))
        raise Refusal("wrong_state", Kind.CONFLICT, said) from None


STATE_NAMES: Mapping[ItemState, str] = {
    ItemState.OPEN: N_("open"),
    ItemState.DECIDED: N_("decided"),
    ItemState.SETTLED: N_("settled at the source's figure"),
    ItemState.CLOSED: N_("closed"),
}


@dataclass(frozen=True)
class Subject:
    """What a decision is about. `figure`: the `same` source's figure for this period; `outside`: beyond its tolerance.

    `maximum`: the most points the item can earn; `scored`: whether a rule gives points for a value; `waited_for`: the
    freeze waits for it.
    """

    council: str
    unit: str
    cluster: str
    criterion: str
    state: ItemState
    claimed_value: float | None
    self_points: float | None
    figure: float | None
    outside: bool
    maximum: float
    scored: bool = True
    waited_for: bool = False


@dataclass(frozen=True)
class Proposal:
    """What a reviewer wants to decide. `value` (or `points`, where nothing is scored) only with `adjust`."""

    verdict: Verdict
    reason: str
    document_number: str = ""
    value: float | None = None
    points: float | None = None


def decide(actor: Actor, subject: Subject, proposal: Proposal) -> Decided:
    """The decision, if this person may take it on this item and it rests on something.

    A decision may move a score only to a value that a `same` source or a cited document supports. Refusals:
    `own_unit`, `not_a_reviewer`, `wrong_state`, `reason_missing`, `document_missing`, `value_missing`, `out_of_range`.
    """
    settling = proposal.verdict is Verdict.SETTLE
    _check_person(actor, subject, lead=settling)
    after(subject.state, Step.SETTLE if settling else Step.DECIDE)
    _check_reason(proposal)
    decided = _settled(subject) if settling else _decided(subject, proposal)
    if not decided.on_source and not proposal.document_number.strip():
        raise _invalid("document_missing", N_("Name the document that supports this decision."))
    return decided


def _check_person(actor: Actor, subject: Subject, *, lead: bool) -> None:
    if actor.belongs_to(subject.council, subject.unit):
        raise Refusal("own_unit", Kind.FORBIDDEN, sentence("Nobody decides on an item of their own unit."))
    allowed = actor.may(
        Role.LEAD_REVIEWER if lead else REVIEWERS,
        council=subject.council,
        unit=subject.unit,
        cluster=subject.cluster,
        criterion=subject.criterion,
    )
    if not allowed:
        only = N_("Only a lead reviewer may settle items.")
        said = Sentence(only if lead else N_("Only reviewers of this unit and criterion may decide."))
        raise Refusal("not_a_reviewer", Kind.FORBIDDEN, said)


def _check_reason(proposal: Proposal) -> None:
    if not proposal.reason.strip():
        raise _invalid("reason_missing", N_("Give the reason for the decision."))
    if len(proposal.reason) > LONGEST_REASON:
        raise _invalid("reason_too_long", N_("The reason is too long."))


def _settled(subject: Subject) -> Decided:
    if subject.figure is None or not subject.waited_for:
        raise _invalid(
            "nothing_to_settle", N_("Only items that the freeze waits for can be settled at a source's figure.")
        )
    return _at(Verdict.SETTLE, subject, subject.figure, on_source=True)


def _decided(subject: Subject, proposal: Proposal) -> Decided:
    if proposal.verdict is not Verdict.ADJUST and (proposal.value is not None or proposal.points is not None):
        raise _invalid("value_not_wanted", N_("Only an adjustment names a value."))
    if proposal.verdict is Verdict.ACCEPT:
        return _accepted(subject)
    if proposal.verdict is Verdict.REJECT:
        # Not borne out: the source's figure counts where there is one, else the item earns nothing.
        if subject.figure is not None:
            return _at(Verdict.REJECT, subject, subject.figure, on_source=True)
        return Decided(Verdict.REJECT, value=None, points=0.0, on_source=False)
    return _adjusted(subject, proposal)


def _accepted(subject: Subject) -> Decided:
    if subject.figure is not None and not subject.outside:
        return _at(Verdict.ACCEPT, subject, subject.figure, on_source=True)  # tolerance is for asking, not a present
    if subject.claimed_value is not None and subject.scored:
        return Decided(Verdict.ACCEPT, value=subject.claimed_value, points=None, on_source=False)
    if subject.self_points is None:
        raise _invalid("value_missing", N_("Nothing is claimed here that could be accepted."))
    _check_points(subject, subject.self_points)
    return Decided(Verdict.ACCEPT, value=None, points=subject.self_points, on_source=False)


def _adjusted(subject: Subject, proposal: Proposal) -> Decided:
    if (proposal.value is None) == (proposal.points is None):
        raise _invalid(
            "value_missing", N_("An adjustment names either the value that counts or, without a rule, points.")
        )
    if proposal.points is not None:
        if subject.scored and subject.claimed_value is not None:
            raise _invalid("value_missing", N_("This item is scored by its value; name the value that counts."))
        _check_points(subject, proposal.points)
        on_source = not subject.scored and subject.figure is not None and _equal(proposal.points, subject.figure)
        return Decided(Verdict.ADJUST, value=None, points=proposal.points, on_source=on_source)
    if not subject.scored:
        raise _invalid("value_missing", N_("This item has no scoring rule; name the points that count."))
    assert proposal.value is not None
    on_source = subject.figure is not None and _equal(proposal.value, subject.figure)
    return Decided(Verdict.ADJUST, value=proposal.value, points=None, on_source=on_source)


def _at(verdict: Verdict, subject: Subject, figure: float, *, on_source: bool) -> Decided:
    if subject.scored:
        return Decided(verdict, value=figure, points=None, on_source=on_source)
    return Decided(verdict, value=None, points=figure, on_source=on_source)


def _check_points(subject: Subject, points: float) -> None:
    low, high = (0.0, subject.maximum) if subject.maximum >= 0 else (subject.maximum, 0.0)
    if not low <= points <= high:
        said = sentence("Points lie between %(low)s and %(high)s here.", low=low, high=high)
        raise Refusal("out_of_range", Kind.INVALID, said)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1.0)


def _invalid(code: str, text: str) -> Refusal:
    return Refusal(code, Kind.INVALID, Sentence(text))
