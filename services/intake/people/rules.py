"""Who may do what here. The same functions stand behind the JSON API and the pages."""

from collections.abc import Collection

from services.intake.people.model import CHECKERS, FOLLOWING_STAFF, HEADS, MEMBERS, OFFICERS, SIGNERS, WRITERS
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, ActorKind, Role


def is_service(actor: Actor) -> bool:
    """Whether another service of the suite is asking."""
    return actor.kind is ActorKind.SERVICE


def administers(actor: Actor, council: str) -> bool:
    """Whether the actor sets up this council's cycles."""
    return actor.may(Role.ADMINISTRATOR, council=council)


def takes_part(actor: Actor, council: str) -> bool:
    """Whether the actor has any role in the council (or is a service): may see directory and cycles."""
    return is_service(actor) or actor.may(tuple(Role), council=council)


def fills_in(
    actor: Actor, council: str, unit: str, criterion: str | None = None, assigned: Collection[str] = ()
) -> bool:
    """Whether the actor may change the unit's draft.

    A contributor only the criteria that the grant names, and those `assigned` by the unit's officers.
    """
    if criterion is None:
        return actor.may(WRITERS, council=council, unit=unit)
    if actor.may(OFFICERS, council=council, unit=unit, criterion=criterion):
        return True
    own = [one for one in actor.grants if one.role is Role.CONTRIBUTOR and one.covers(council, unit, None, None)]
    return any(criterion in assigned or criterion in (one.criteria or ()) for one in own)


def fills_in_everything(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor is an officer of the unit whom no grant narrows to some criteria."""
    return any(
        grant.role in OFFICERS and grant.criteria is None and grant.covers(council, unit, None, None)
        for grant in actor.grants
    )


def sends(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor may send the unit's self-assessment."""
    return actor.may(SIGNERS, council=council, unit=unit)


def looks(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor may open the unit's draft: its own people and the council's administrators."""
    return fills_in(actor, council, unit) or administers(actor, council)


def looks_at_everything(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor sees every item of the draft; a contributor sees the criteria of the grant."""
    return fills_in_everything(actor, council, unit) or administers(actor, council)


def checks(actor: Actor, council: str, unit: str, cluster: str | None) -> bool:
    """Whether the actor verifies what the unit sent; services do so in the name of those who may."""
    return is_service(actor) or actor.may(CHECKERS, council=council, unit=unit, cluster=cluster)


def reads_submissions(actor: Actor, council: str, unit: str, cluster: str | None) -> bool:
    """Whether the actor may read what was sent: whoever sees the whole draft, and those who check it."""
    return looks_at_everything(actor, council, unit) or checks(actor, council, unit, cluster)


def receives(actor: Actor, council: str, unit: str, cluster: str | None) -> bool:
    """Whether the actor takes in, accepts or returns what the unit sent: the council's staff, never its own people."""
    may = administers(actor, council) or actor.may(CHECKERS, council=council, unit=unit, cluster=cluster)
    return may and not actor.belongs_to(council, unit)


def watches(actor: Actor, council: str) -> bool:
    """Whether the actor looks after who still owes what: administrators, and those who receive submissions."""
    return administers(actor, council) or actor.may(CHECKERS, council=council)


def proposes(actor: Actor, council: str) -> bool:
    """Whether the actor may propose criteria: administrators, and the heads and deputies of clusters."""
    return administers(actor, council) or actor.may(HEADS, council=council)


def speaks_for(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor approves or dissents in the unit's name."""
    return fills_in_everything(actor, council, unit)


def member_units(actor: Actor, council: str, cluster: str, units: Collection[str]) -> tuple[str, ...]:
    """Those of a cluster's units whose officers, signers, head's or deputy's people the actor belongs to."""
    own = [one for one in actor.grants if one.role in MEMBERS and one.criteria is None]
    return tuple(unit for unit in units if any(one.covers(council, unit, cluster, None) for one in own))


def follows_round(actor: Actor, council: str, cluster: str, units: Collection[str]) -> bool:
    """Whether the actor sees what a cluster does in its round: its members, those who check, council, services."""
    staff = actor.may(FOLLOWING_STAFF, council=council, cluster=cluster)
    return is_service(actor) or staff or bool(member_units(actor, council, cluster, units))


def records_meeting(actor: Actor, council: str, cluster: str, head: str | None, deputies: Collection[str]) -> bool:
    """Whether the actor keeps the record of the cluster's meetings: head, deputies, administrators."""
    leads = [(Role.CLUSTER_HEAD, head)] if head else []
    leads += [(Role.CLUSTER_DEPUTY, unit) for unit in deputies]
    return administers(actor, council) or any(
        actor.may(role, council=council, unit=unit, cluster=cluster) for role, unit in leads
    )


def refuse_unless(allowed: bool) -> None:
    """Raise the one refusal for everything that a role does not allow."""
    if not allowed:
        raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not allow this."))


def not_found() -> Refusal:
    """The one answer for what does not exist and for what the actor must not know to exist."""
    return Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
