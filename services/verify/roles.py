"""Which roles may do what, in one place; and where an actor has them."""

from collections.abc import Collection

from shared.people import Actor, Role

LOOKERS = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER, Role.SUPPORT_TEAM, Role.ADMINISTRATOR})


def councils_of(actor: Actor, roles: Collection[Role]) -> tuple[str, ...]:
    """The councils in which the actor has one of these roles."""
    return tuple(sorted({grant.council for grant in actor.grants if grant.role in roles}))


def own_units(actor: Actor, council: str) -> tuple[str, ...]:
    """The units of a council that the actor belongs to: nobody reviews those."""
    homes = {unit for home, unit in actor.home_units if home == council}
    named = {unit for grant in actor.grants if grant.council == council for unit in grant.units or ()}
    return tuple(sorted(homes | {unit for unit in named if actor.belongs_to(council, unit)}))


STAFF = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER, Role.SUPPORT_TEAM, Role.ADMINISTRATOR})


UPLOADERS = frozenset({Role.MINISTRY_RATER, Role.BOARD_RATER, Role.ADMINISTRATOR})


RATERS = frozenset({Role.MINISTRY_RATER, Role.BOARD_RATER})


SPEAKERS = frozenset({Role.PROVINCE_OFFICER, Role.SIGNING_LEADER})


AUDITORS = frozenset({Role.LEAD_REVIEWER, Role.ADMINISTRATOR})


DRAWERS = frozenset({Role.ADMINISTRATOR, Role.LEAD_REVIEWER})


REVIEWERS = (Role.REVIEWER, Role.LEAD_REVIEWER)


HEADS = (Role.CLUSTER_HEAD, Role.CLUSTER_DEPUTY)


LOOKERS_AT_SOURCES = LOOKERS | UPLOADERS
