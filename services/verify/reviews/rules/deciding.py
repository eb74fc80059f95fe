"""Review items: their states, what staff may decide, and what a decision may rest on."""

from services.verify.results.model import Decided, Verdict
from services.verify.reviews.model import Proposal, Subject
from services.verify.reviews.rules.states import ItemState, Step, after
from services.verify.roles import HEADS, REVIEWERS
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.people import Actor, Role

LONGEST_REASON = 4000


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
