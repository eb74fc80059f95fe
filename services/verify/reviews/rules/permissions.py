"""Which steps of a review are open to whom: the page, the API and every action ask the same function."""

from services.verify.reviews.model.states import ItemState, Step
from services.verify.reviews.model.steps import Subject
from services.verify.reviews.rules.states import after
from services.verify.roles import HEADS, REVIEWERS
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.people import Actor, Role

# What people do about an item, in the order in which it is offered.
OFFERED = (Step.CLAIM, Step.RELEASE, Step.ASK, Step.TAKE_BACK, Step.DECIDE, Step.COUNTERSIGN)
# A lead reviewer may also take these where somebody else holds the item.
OVER_OTHERS = (Step.RELEASE, Step.TAKE_BACK)
BY_A_SECOND_PERSON = (Step.COUNTERSIGN, Step.SEND_BACK, Step.RESUME)


def open_steps(actor: Actor, subject: Subject) -> tuple[Step, ...]:
    """The steps that somebody may take on an item now."""
    return tuple(step for step in OFFERED if _is_open(actor, subject, step))


def _is_open(actor: Actor, subject: Subject, step: Step) -> bool:
    try:
        check_step(actor, subject, step)
    except Refusal:
        return False
    return True


def check_step(actor: Actor, subject: Subject, step: Step) -> ItemState:
    """Where a step leads, if this person may take it on this item now.

    Refusals: `own_unit`, `own_cluster`, `administrator`, `not_a_reviewer`, `had_a_part`, `wrong_state`, `not_held`,
    `first_person`, `held`.
    """
    check_person(actor, subject, lead=step is Step.SETTLE)
    if step is Step.RELEASE and subject.holder is None:
        raise Refusal("not_held", Kind.CONFLICT, sentence("Nobody has this item in hand."))
    following = after(subject.state, step)
    if step is Step.SETTLE:
        return following  # for a whole cluster, whoever holds one of its items
    if step in BY_A_SECOND_PERSON and subject.decided_by == actor.account:
        raise forbidden("first_person", N_("You took this decision; somebody else signs it."))
    if not (step in OVER_OTHERS and leads(actor, subject)):
        _check_holder(actor, subject)
    return following


def check_person(actor: Actor, subject: Subject, *, lead: bool = False) -> None:
    """Refuse whoever may not review this item: own people, heads of the cluster, administrators, parties of an
    objection, and everybody whose grants do not cover it."""
    if actor.belongs_to(subject.council, subject.unit):
        raise forbidden("own_unit", N_("Nobody decides on an item of their own unit."))
    if actor.may(Role.ADMINISTRATOR, council=subject.council):
        raise forbidden("administrator", N_("Administrators set up the work; they do not decide on scores."))
    if leads_cluster(actor, subject):
        raise forbidden("own_cluster", N_("Whoever heads a cluster does not decide on scores of its members."))
    allowed = actor.may(
        Role.LEAD_REVIEWER if lead else REVIEWERS,
        council=subject.council,
        unit=subject.unit,
        cluster=subject.cluster,
        criterion=subject.criterion,
    )
    if not allowed:
        only = N_("Only a lead reviewer may settle items.")
        raise forbidden("not_a_reviewer", only if lead else N_("Only reviewers of this unit and criterion may decide."))
    if actor.account in subject.parties:
        raise forbidden("had_a_part", N_("Somebody who had no part in the decision answers the objection."))


def leads_cluster(actor: Actor, subject: Subject) -> bool:
    """Whether the actor heads the item's cluster, or is its deputy: by a grant, or as one of the leading unit's."""
    headships = [grant for grant in actor.grants if grant.role in HEADS and grant.council == subject.council]
    return any(actor.belongs_to(subject.council, unit) for unit in subject.leading) or any(
        subject.cluster in (grant.clusters or ()) or not set(subject.members).isdisjoint(grant.units or ())
        for grant in headships
    )


def _check_holder(actor: Actor, subject: Subject) -> None:
    """Refuse while somebody else holds the item."""
    if subject.holder is not None and subject.holder[0] != actor.account:
        message = sentence("%(name)s has this item in hand.", name=subject.holder[1])
        raise Refusal("held", Kind.CONFLICT, message)


def leads(actor: Actor, subject: Subject) -> bool:
    """Whether the actor is a lead reviewer of this item."""
    return actor.may(
        Role.LEAD_REVIEWER,
        council=subject.council,
        unit=subject.unit,
        cluster=subject.cluster,
        criterion=subject.criterion,
    )


def forbidden(code: str, text: str) -> Refusal:
    """The refusal of a person."""
    return Refusal(code, Kind.FORBIDDEN, Sentence(text))
