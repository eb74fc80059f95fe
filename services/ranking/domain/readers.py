"""Who may see and do what in ranking. Pure: decides from the actor's grants alone."""

from services.ranking.domain.cohort import Cluster
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import UNIT_ROLES, Actor, Role

# Freezes scores and issues editions.
BOARD = frozenset({Role.ADMINISTRATOR, Role.LEAD_REVIEWER})
# Reads everything of its council before anything is published.
STAFF = BOARD | {Role.REVIEWER, Role.SUPPORT_TEAM}
# Records that an edition is public.
COUNCIL = frozenset({Role.COUNCIL_MEMBER, Role.ADMINISTRATOR})
COUNCIL_READERS = STAFF | {Role.COUNCIL_MEMBER}
# May see that a cycle exists and what stands frozen in their own cluster.
EVERYBODY_INSIDE = COUNCIL_READERS | UNIT_ROLES | {Role.TELLER, Role.MINISTRY_RATER, Role.BOARD_RATER}

# Whoever gives ratings must not know where units stand: for them there is only what is published.
RATERS = frozenset({Role.MINISTRY_RATER, Role.BOARD_RATER})

_READERS = {
    "board": STAFF,
    "council": COUNCIL_READERS,
    "cluster": COUNCIL_READERS | UNIT_ROLES,
    "public": COUNCIL_READERS,
}


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


def sees_edition(actor: Actor, council: str, audience: str, published: bool) -> bool:
    """Everybody sees what the Council published; other editions are for their audience."""
    if audience == "public" and published:
        return True
    return actor.may(_READERS[audience], council=council) and not actor.may(RATERS, council=council)


def refuse_unless(allowed: bool) -> None:
    """Raise a Refusal unless the actor may do this."""
    if not allowed:
        raise Refusal("not_allowed_here", Kind.FORBIDDEN, sentence("Your roles do not include this in this council."))


def unknown_cycle() -> Refusal:
    """There is no such cycle, or the asker may not know of it."""
    return Refusal("cycle_unknown", Kind.NOT_FOUND, sentence("There is no such cycle."))


def unknown_cluster() -> Refusal:
    """The cycle has no such cluster, or the asker may not know of it."""
    return Refusal("cluster_unknown", Kind.NOT_FOUND, sentence("There is no such cluster in this cycle."))


def unknown_edition() -> Refusal:
    """There is no such edition, or the asker may not know of it."""
    return Refusal("edition_unknown", Kind.NOT_FOUND, sentence("There is no such edition."))
