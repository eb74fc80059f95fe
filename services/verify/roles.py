"""Which roles may do what, in one place; and where an actor has them."""

from collections.abc import Collection, Mapping

from shared.people import Actor, Role

# Who looks after a council's cycles.
LOOKERS = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER, Role.SUPPORT_TEAM, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
REVIEWERS = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER})
LEAD_REVIEWERS = frozenset({Role.LEAD_REVIEWER})
AUDITORS = frozenset({Role.LEAD_REVIEWER, Role.ADMINISTRATOR})
DRAWERS = frozenset({Role.LEAD_REVIEWER, Role.ADMINISTRATOR})
SCREENERS = frozenset({Role.LEAD_REVIEWER, Role.ADMINISTRATOR})
HEADS = frozenset({Role.CLUSTER_HEAD, Role.CLUSTER_DEPUTY})
# Who brings figures, and who of them rates.
UPLOADERS = frozenset({Role.MINISTRY_RATER, Role.BOARD_RATER, Role.ADMINISTRATOR})
RATERS = frozenset({Role.MINISTRY_RATER, Role.BOARD_RATER})
LOOKERS_AT_SOURCES = LOOKERS | UPLOADERS
# Who speaks for a unit.
SPEAKERS = frozenset({Role.PROVINCE_OFFICER, Role.SIGNING_LEADER})
# Whom the feed is open to beside services.
FEED_READERS = frozenset({Role.COUNCIL_MEMBER, Role.ADMINISTRATOR})


def councils_of(actor: Actor, roles: Collection[Role]) -> tuple[str, ...]:
    """The councils in which the actor has one of these roles."""
    return tuple(sorted({grant.council for grant in actor.grants if grant.role in roles}))


def own_units(actor: Actor, council: str) -> tuple[str, ...]:
    """The units of a council that the actor belongs to: nobody reviews those."""
    homes = {unit for home, unit in actor.home_units if home == council}
    named = {unit for grant in actor.grants if grant.council == council for unit in grant.units or ()}
    return tuple(sorted(homes | {unit for unit in named if actor.belongs_to(council, unit)}))


def speaks_for(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor speaks for the whole unit: an officer or the signing leader whom no grant narrows."""
    return any(
        grant.role in SPEAKERS and grant.criteria is None and grant.covers(council, unit, None, None)
        for grant in actor.grants
    )


def units_spoken_for(actor: Actor) -> Mapping[str, tuple[str, ...]]:
    """Council → the units somebody speaks for."""
    spoken = {
        council: tuple(unit for unit in actor.units_for(SPEAKERS, council) if speaks_for(actor, council, unit))
        for council in councils_of(actor, SPEAKERS)
    }
    return {council: units for council, units in spoken.items() if units}
