"""Review items: their states, what staff may decide, and what a decision may rest on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.verify.results.model import Decided, Verdict
from services.verify.roles import HEADS, REVIEWERS
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.people import Actor, Role

LONGEST_REASON = 4000


class ItemState(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    CLAIMED = "claimed"  # a reviewer has it in hand
    ASKED = "explanation_requested"
    EXPLAINED = "explained"
    EXPIRED = "expired"  # asked, and nobody answered in time
    AWAITING = "awaiting_countersignature"  # decided; counts once a second person has signed
    DECIDED = "decided"
    COUNTERSIGNED = "countersigned"
    SETTLED = "settled"
    CHALLENGED = "challenged"  # the unit objects
    WITHDRAWN = "withdrawn"  # somebody had it in hand when its question fell away
    CLOSED = "closed"  # nothing is asked any more, and nobody had decided


class Step(StrEnum):
    """What can happen to a review item."""

    CLAIM = "claim"
    RELEASE = "release"  # the holder lets go, or has held it too long
    ASK = "ask"
    TAKE_BACK = "take_back"  # the request for an explanation is withdrawn by hand
    EXPLAIN = "explain"
    EXPIRE = "expire"
    DECIDE = "decide"
    PROPOSE = "propose"  # decide on so much that a second person must sign
    COUNTERSIGN = "countersign"
    SEND_BACK = "send_back"
    SETTLE = "settle"
    OBJECT = "object"
    RESUME = "resume"  # the answer to an objection was sent back or fell: the objection is open again
    REOPEN = "reopen"  # a new release or submission changed what the item rests on
    WITHDRAW = "withdraw"  # a new screening asks nothing any more


def _moves(state: ItemState, **steps: ItemState) -> dict[tuple[ItemState, Step], ItemState]:
    return {(state, Step[name.upper()]): following for name, following in steps.items()}


_S = ItemState
_DECIDING = {"decide": _S.DECIDED, "propose": _S.AWAITING}
_CONCLUDED = {"object": _S.CHALLENGED, "reopen": _S.OPEN}
TRANSITIONS: Mapping[tuple[ItemState, Step], ItemState] = {
    **_moves(_S.OPEN, claim=_S.CLAIMED, ask=_S.ASKED, **_DECIDING, settle=_S.SETTLED, withdraw=_S.CLOSED),
    **_moves(_S.CLAIMED, claim=_S.CLAIMED, release=_S.OPEN, ask=_S.ASKED, **_DECIDING, settle=_S.SETTLED),
    **_moves(_S.CLAIMED, withdraw=_S.WITHDRAWN),
    **_moves(_S.ASKED, explain=_S.EXPLAINED, expire=_S.EXPIRED, take_back=_S.CLAIMED, withdraw=_S.WITHDRAWN),
    **_moves(_S.EXPLAINED, claim=_S.EXPLAINED, ask=_S.ASKED, **_DECIDING, withdraw=_S.WITHDRAWN),
    **_moves(_S.EXPIRED, claim=_S.EXPIRED, ask=_S.ASKED, explain=_S.EXPLAINED, **_DECIDING, settle=_S.SETTLED),
    **_moves(_S.EXPIRED, withdraw=_S.WITHDRAWN),
    **_moves(_S.AWAITING, countersign=_S.COUNTERSIGNED, send_back=_S.OPEN, resume=_S.CHALLENGED, reopen=_S.OPEN),
    **_moves(_S.DECIDED, **_CONCLUDED),
    **_moves(_S.COUNTERSIGNED, **_CONCLUDED),
    **_moves(_S.SETTLED, **_CONCLUDED),
    **_moves(_S.WITHDRAWN, **_CONCLUDED),
    **_moves(_S.CLOSED, **_CONCLUDED),
    **_moves(_S.CHALLENGED, claim=_S.CHALLENGED, **_DECIDING),
}
# Nothing is to be done: what counts, counts, until the unit objects or something new arrives.
CONCLUDED = frozenset(state for state in ItemState if (state, Step.OBJECT) in TRANSITIONS)
# Somebody works on it, or waits for the unit's answer.
IN_HAND = frozenset({ItemState.CLAIMED, ItemState.ASKED, ItemState.EXPLAINED, ItemState.EXPIRED, ItemState.CHALLENGED})
# A person's verdict is in force.
JUDGED = frozenset({ItemState.DECIDED, ItemState.COUNTERSIGNED, ItemState.SETTLED})
# The freeze waits for the second signature, and for the answer to an objection.
HELD_UP = frozenset({ItemState.AWAITING, ItemState.CHALLENGED})


def after(state: ItemState, step: Step) -> ItemState:
    """The state after a step. Refusal `wrong_state` where the table has none: no item is decided twice."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        said = sentence("This item is %(state)s; that step is not possible now.", state=Sentence(STATE_NAMES[state]))
        raise Refusal("wrong_state", Kind.CONFLICT, said) from None


def without_decision(state: ItemState, *, objected: bool) -> ItemState:
    """Where an item stands once its decision no longer fits the facts; what nobody decided stays where it is.

    `objected`: an objection to it is open, which the decision was to answer.
    """
    if state is ItemState.AWAITING:
        return after(state, Step.RESUME if objected else Step.REOPEN)
    return after(state, Step.REOPEN) if state in JUDGED else state


def after_screening(state: ItemState, *, asks: bool) -> ItemState:
    """Where an item without a decision stands after a screening that asks something, or nothing any more.

    What a person has in hand stays there, whatever else is found, until nothing is asked; an objection until it is
    answered.
    """
    if state is ItemState.CHALLENGED:
        return state
    if state in CONCLUDED:
        return after(state, Step.REOPEN) if asks else state
    return state if asks else after(state, Step.WITHDRAW)


STATE_NAMES: Mapping[ItemState, str] = {
    ItemState.OPEN: N_("open"),
    ItemState.CLAIMED: N_("in hand"),
    ItemState.ASKED: N_("waiting for the unit's explanation"),
    ItemState.EXPLAINED: N_("explained by the unit"),
    ItemState.EXPIRED: N_("not explained in time"),
    ItemState.AWAITING: N_("waiting for a second signature"),
    ItemState.DECIDED: N_("decided"),
    ItemState.COUNTERSIGNED: N_("countersigned"),
    ItemState.SETTLED: N_("settled at the source's figure"),
    ItemState.CHALLENGED: N_("disputed by the unit"),
    ItemState.WITHDRAWN: N_("withdrawn"),
    ItemState.CLOSED: N_("closed"),
}


@dataclass(frozen=True)
class Subject:
    """What a decision is about. `figure`: the `same` source's figure for this period; `outside`: beyond its tolerance.

    `maximum`: the most points the item can earn; `scored`: whether a rule gives points for a value; `waited_for`: the
    freeze waits for it. `leading`: the units that head the cluster; `company`: all its units. `holder`: the account
    (and name) that has the item in hand now. `counting`: what counts while an objection is open, and `parties`: the
    accounts that brought that about.
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
    leading: Collection[str] = ()
    company: Collection[str] = ()
    holder: tuple[str, str] | None = None
    counting: Decided | None = None
    parties: Collection[str] = ()


@dataclass(frozen=True)
class Proposal:
    """What a reviewer wants to decide. `value` (or `points`, where nothing is scored) only with `adjust`.

    `stands`: in answer to an objection, what counts goes on counting; the verdict is then the one in force.
    """

    verdict: Verdict
    reason: str
    document_number: str = ""
    value: float | None = None
    points: float | None = None
    stands: bool = False


def decide(actor: Actor, subject: Subject, proposal: Proposal) -> Decided:
    """The decision, if this person may take it on this item and it rests on something.

    A decision may move a score only to a value that a `same` source or a cited document supports. Refusals:
    `own_unit`, `own_cluster`, `administrator`, `not_a_reviewer`, `had_a_part`, `wrong_state`, `held`,
    `reason_missing`, `document_missing`, `value_missing`, `out_of_range`.
    """
    settling = proposal.verdict is Verdict.SETTLE
    check_person(actor, subject, lead=settling)
    after(subject.state, Step.SETTLE if settling else Step.DECIDE)
    if not settling:
        check_holder(actor, subject)
    check_reason(proposal.reason)
    if proposal.stands:
        return _standing(subject)
    decided = _settled(subject) if settling else _decided(subject, proposal)
    if not decided.on_source and not proposal.document_number.strip():
        raise _invalid("document_missing", N_("Name the document that supports this decision."))
    return decided


def check_person(actor: Actor, subject: Subject, *, lead: bool = False) -> None:
    """Refuse whoever may not review this item: own people, heads of the cluster, administrators, parties of an
    objection, and everybody whose grants do not cover it."""
    if actor.belongs_to(subject.council, subject.unit):
        raise _forbidden("own_unit", N_("Nobody decides on an item of their own unit."))
    if actor.may(Role.ADMINISTRATOR, council=subject.council):
        raise _forbidden("administrator", N_("Administrators set up the work; they do not decide on scores."))
    if leads_cluster(actor, subject):
        raise _forbidden("own_cluster", N_("Whoever heads a cluster does not decide on scores of its members."))
    allowed = actor.may(
        Role.LEAD_REVIEWER if lead else REVIEWERS,
        council=subject.council,
        unit=subject.unit,
        cluster=subject.cluster,
        criterion=subject.criterion,
    )
    if not allowed:
        only = N_("Only a lead reviewer may settle items.")
        raise _forbidden(
            "not_a_reviewer", only if lead else N_("Only reviewers of this unit and criterion may decide.")
        )
    if actor.account in subject.parties:
        raise _forbidden("had_a_part", N_("Somebody who had no part in the decision answers the objection."))


def leads_cluster(actor: Actor, subject: Subject) -> bool:
    """Whether the actor heads the item's cluster, or is its deputy: by a grant, or as one of the leading unit's."""
    headships = [grant for grant in actor.grants if grant.role in HEADS and grant.council == subject.council]
    return any(actor.belongs_to(subject.council, unit) for unit in subject.leading) or any(
        subject.cluster in (grant.clusters or ()) or not set(subject.company).isdisjoint(grant.units or ())
        for grant in headships
    )


def check_holder(actor: Actor, subject: Subject) -> None:
    """Refuse while somebody else has the item in hand."""
    if subject.holder is not None and subject.holder[0] != actor.account:
        said = sentence("%(name)s has this item in hand.", name=subject.holder[1])
        raise Refusal("held", Kind.CONFLICT, said)


def check_reason(reason: str) -> None:
    """Refuse a step without its reason, or with too long a one."""
    if not reason.strip():
        raise _invalid("reason_missing", N_("Give the reason for the decision."))
    if len(reason) > LONGEST_REASON:
        raise _invalid("reason_too_long", N_("The reason is too long."))


def _standing(subject: Subject) -> Decided:
    if subject.state is not ItemState.CHALLENGED or subject.counting is None:
        raise _invalid("nothing_stands", N_("What was decided no longer fits the facts; please decide anew."))
    return subject.counting


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


def _forbidden(code: str, text: str) -> Refusal:
    return Refusal(code, Kind.FORBIDDEN, Sentence(text))
