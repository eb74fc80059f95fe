"""Who may see cycles and standings. Pure: decides from the actor's grants alone."""

from services.ranking.people.model import COUNCIL_READERS, EVERYBODY_INSIDE, RATERS
from services.ranking.scoring.model import Cluster
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import UNIT_ROLES, Actor


def sees_cycle(actor: Actor, council: str) -> bool:
    """Whether somebody has any business in this council's cycles."""
    return actor.may(EVERYBODY_INSIDE, council=council)


def sees_standings(actor: Actor, council: str, cluster: Cluster) -> bool:
    """Staff and Council see every cluster; whoever acts for a unit sees the unit's own cluster, once it is frozen.

    Whoever also rates sees none, whatever else they are.
    """
    if actor.may(RATERS, council=council):
        return False
    if actor.may(COUNCIL_READERS, council=council, cluster=cluster.cluster):
        return True
    return any(actor.may(UNIT_ROLES, council=council, unit=member.unit) for member in cluster.members)


def unknown_cycle() -> Refusal:
    """There is no such cycle, or the asker may not know of it."""
    return Refusal("cycle_unknown", Kind.NOT_FOUND, sentence("There is no such cycle."))


def unknown_cluster() -> Refusal:
    """The cycle has no such cluster, or the asker may not know of it."""
    return Refusal("cluster_unknown", Kind.NOT_FOUND, sentence("There is no such cluster in this cycle."))
