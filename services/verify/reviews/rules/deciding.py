"""What staff may decide, and what a decision may rest on."""

from services.verify.results.model import Decided, Verdict
from services.verify.reviews.model.states import ItemState, Step
from services.verify.reviews.model.steps import Proposal, Subject
from services.verify.reviews.rules.permissions import check_step
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.people import Actor

LONGEST_REASON = 4000


def decide(actor: Actor, subject: Subject, proposal: Proposal) -> Decided:
    """The decision, if this person may take it on this item and it rests on something.

    A decision may move a score only to a value that a `same` source or a cited document supports. Refusals:
    `own_unit`, `own_cluster`, `administrator`, `not_a_reviewer`, `had_a_part`, `wrong_state`, `held`,
    `reason_missing`, `document_missing`, `value_missing`, `out_of_range`.
    """
    settling = proposal.verdict is Verdict.SETTLE
    check_step(actor, subject, Step.SETTLE if settling else Step.DECIDE)
    check_reason(proposal.reason)
    if proposal.stands:
        return _standing(subject)
    decided = _settled(subject) if settling else _decided(subject, proposal)
    if not decided.on_source and not proposal.document_number.strip():
        raise _invalid("document_missing", N_("Name the document that supports this decision."))
    return decided


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
        message = sentence("Points lie between %(low)s and %(high)s here.", low=low, high=high)
        raise Refusal("out_of_range", Kind.INVALID, message)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1.0)


def _invalid(code: str, text: str) -> Refusal:
    return Refusal(code, Kind.INVALID, Sentence(text))
