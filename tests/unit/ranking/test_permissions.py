"""Who gives ratings sees no standings before they are published, whatever else they are."""

import pytest

from services.ranking.editions.rules.permissions import sees_edition
from services.ranking.scoring.model import Cluster, Member
from services.ranking.scoring.rules.permissions import sees_cycle, sees_standings
from shared.people import Actor, Grant, Role

CLUSTER = Cluster("K1", {"vi": "Cụm 1"}, "score_only", (Member("HN", {"vi": "Hà Nội"}),))
RATERS = (Role.MINISTRY_RATER, Role.BOARD_RATER)
AUDIENCES = ("board", "council", "cluster", "public")


def person(*roles: Role, council: str = "central") -> Actor:
    """Somebody with these roles; unit roles are for HN."""
    unit_roles = {Role.SIGNING_LEADER}
    grants = tuple(Grant(role, council, units=("HN",) if role in unit_roles else None) for role in roles)
    return Actor(account="a", name="A", grants=grants, session="s")


@pytest.mark.parametrize("rater", RATERS)
@pytest.mark.parametrize(
    "other", [None, Role.LEAD_REVIEWER, Role.COUNCIL_MEMBER, Role.ADMINISTRATOR, Role.SIGNING_LEADER]
)
def test_who_rates_sees_only_what_is_published(rater: Role, other: Role | None) -> None:
    actor = person(rater, *([other] if other else []))
    assert sees_cycle(actor, "central")
    assert not sees_standings(actor, "central", CLUSTER)
    assert not any(sees_edition(actor, "central", audience, False) for audience in AUDIENCES)
    assert sees_edition(actor, "central", "public", True)


@pytest.mark.parametrize("role", [Role.LEAD_REVIEWER, Role.COUNCIL_MEMBER, Role.ADMINISTRATOR, Role.SIGNING_LEADER])
def test_the_same_people_see_it_if_they_rate_elsewhere_or_not_at_all(role: Role) -> None:
    rates_elsewhere = person(Role.BOARD_RATER, council="elsewhere")
    actor = Actor(account="a", name="A", grants=(*person(role).grants, *rates_elsewhere.grants), session="s")
    for one in (actor, person(role)):
        assert sees_standings(one, "central", CLUSTER)
        assert sees_edition(one, "central", "cluster", False)
