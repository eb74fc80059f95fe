"""Who may open a box, put in a paper, close and look. Pure: decides from the actor's grants alone."""

from services.ranking.people.model import BALLOT_READERS, TELLERS, VOTER
from services.ranking.voting.model import Box, Snapshot
from shared.people import UNIT_ROLES, Actor


def conducts(actor: Actor, snapshot: Snapshot) -> bool:
    """Whether the actor opens and closes boxes of this cluster."""
    return actor.may(TELLERS, council=snapshot.council, cluster=snapshot.cluster)


def sees(actor: Actor, box: Box) -> bool:
    """Whether the actor may know of the box: who conducts it, the Council, and whoever acts for a member unit."""
    snapshot = box.snapshot
    if actor.may(BALLOT_READERS, council=snapshot.council, cluster=snapshot.cluster):
        return True
    return any(actor.may(UNIT_ROLES, council=snapshot.council, unit=unit) for unit in snapshot.units)


def votes_of(actor: Actor, box: Box) -> tuple[str, ...]:
    """The units on the roll whose vote the actor holds, in the roll's order."""
    held = frozenset(actor.units_for(VOTER, box.snapshot.council))
    return tuple(unit for unit in box.snapshot.units if unit in held)
