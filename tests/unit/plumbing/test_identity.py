"""Roles, grants and actors: who may do what, and who belongs where."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.people import ANONYMOUS, UNIT_ROLES, Actor, ActorKind, Grant, Role


def actor(*grants: Grant, homes: tuple[tuple[str, str], ...] = ()) -> Actor:
    return Actor("a-1", "Nguyễn Thị Hoa", homes, grants, "s-1")


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
def test_a_role_that_acts_for_a_unit_must_name_units(role: Role) -> None:
    with pytest.raises(ValueError, match="must name units"):
        Grant(role, "central")
    assert Grant(role, "central", units=("HN",)).units == ("HN",)


@pytest.mark.parametrize("role", sorted(set(Role) - UNIT_ROLES))
def test_other_roles_may_cover_the_whole_council(role: Role) -> None:
    assert actor(Grant(role, "central")).may(role, council="central", unit="HN", cluster="C1", criterion="I.1")


@pytest.mark.parametrize("wrong", [(), ("",), "HN"])
def test_an_empty_or_shapeless_narrowing_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="units"):
        Grant(Role.REVIEWER, "central", units=wrong)  # type: ignore[arg-type]


def test_a_grant_without_council_is_refused() -> None:
    with pytest.raises(ValueError, match="council"):
        Grant(Role.ADMINISTRATOR, "")


def test_a_grant_reaches_only_its_council_units_clusters_and_criteria() -> None:
    contributor = actor(Grant(Role.CONTRIBUTOR, "central", units=("HN", "HP"), criteria=("I.1",)))
    assert contributor.may(Role.CONTRIBUTOR, council="central", unit="HP", criterion="I.1")
    assert not contributor.may(Role.CONTRIBUTOR, council="central", unit="HP", criterion="I.2")
    assert not contributor.may(Role.CONTRIBUTOR, council="central", unit="DN", criterion="I.1")
    assert not contributor.may(Role.CONTRIBUTOR, council="ha-noi", unit="HN", criterion="I.1")
    assert not contributor.may(Role.PROVINCE_OFFICER, council="central", unit="HN")
    reviewer = actor(Grant(Role.REVIEWER, "central", clusters=("C1",)))
    assert reviewer.may(Role.REVIEWER, council="central", cluster="C1", unit="HN")
    assert not reviewer.may(Role.REVIEWER, council="central", cluster="C2", unit="HN")


def test_two_grants_are_never_mixed_into_a_third() -> None:
    """Officer of HN in one council and of DN in another is not officer of DN in the first."""
    twice = actor(
        Grant(Role.PROVINCE_OFFICER, "central", units=("HN",)), Grant(Role.PROVINCE_OFFICER, "youth", units=("DN",))
    )
    assert not twice.may(Role.PROVINCE_OFFICER, council="central", unit="DN")
    narrowed = actor(
        Grant(Role.CONTRIBUTOR, "central", units=("HN",), criteria=("I.1",)),
        Grant(Role.CONTRIBUTOR, "central", units=("DN",), criteria=("I.2",)),
    )
    assert not narrowed.may(Role.CONTRIBUTOR, council="central", unit="HN", criterion="I.2")


def test_one_of_several_roles_is_enough() -> None:
    lead = actor(Grant(Role.LEAD_REVIEWER, "central"))
    assert lead.may((Role.REVIEWER, Role.LEAD_REVIEWER), council="central")
    assert not lead.may((Role.REVIEWER, Role.TELLER), council="central")


def test_a_person_belongs_to_home_units_and_to_units_they_act_for() -> None:
    someone = actor(
        Grant(Role.CLUSTER_HEAD, "central", units=("HP",)),
        Grant(Role.REVIEWER, "central", units=("DN",)),
        homes=(("central", "HN"),),
    )
    assert someone.belongs_to("central", "HN")
    assert someone.belongs_to("central", "HP")
    assert not someone.belongs_to("youth", "HN")
    # Being allowed to review a unit does not make it one's own.
    assert not someone.belongs_to("central", "DN")


def test_nobody_may_do_nothing() -> None:
    assert not ANONYMOUS.is_known
    assert not any(ANONYMOUS.may(role) for role in Role)


def test_units_for_lists_units_of_one_council() -> None:
    officer = actor(
        Grant(Role.PROVINCE_OFFICER, "central", units=("HP", "HN")), Grant(Role.PROVINCE_OFFICER, "youth", units=("X",))
    )
    assert officer.units_for(Role.PROVINCE_OFFICER, "central") == ("HN", "HP")


codes = st.text("ABCabc.-_ĐđỨ123", min_size=1, max_size=8)
narrowings = st.none() | st.lists(codes, min_size=1, max_size=4).map(tuple)
grants = st.builds(
    lambda role, council, units, clusters, criteria: Grant(
        role, council, units or (("U",) if role in UNIT_ROLES else None), clusters, criteria
    ),
    st.sampled_from(Role),
    codes,
    narrowings,
    narrowings,
    narrowings,
)
actors = st.builds(
    Actor,
    account=codes,
    name=st.text(max_size=20),
    home_units=st.lists(st.tuples(codes, codes), max_size=3).map(tuple),
    grants=st.lists(grants, max_size=4).map(tuple),
    session=st.none() | codes,
    kind=st.sampled_from(ActorKind),
)


@given(actors)
def test_claims_survive_the_round_trip_through_json(someone: Actor) -> None:
    assert Actor.from_claims(json.loads(json.dumps(someone.to_claims()))) == someone


def test_claims_leave_out_what_is_empty() -> None:
    assert Actor("a", "", kind=ActorKind.SERVICE).to_claims() == {"sub": "a", "knd": "service"}
    assert Grant(Role.REVIEWER, "central").to_claim() == ["reviewer", "central"]
    assert Grant(Role.REVIEWER, "central", clusters=("C",)).to_claim() == ["reviewer", "central", None, ["C"]]


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": ""},
        {"sub": 5, "knd": "person"},
        {"sub": "a"},
        {"sub": "a", "knd": "emperor"},
        {"sub": "a", "knd": "person", "gra": {"role": "administrator"}},
        {"sub": "a", "knd": "person", "gra": [["administrator"]]},
        {"sub": "a", "knd": "person", "gra": [["king", "central"]]},
        {"sub": "a", "knd": "person", "gra": [["province_officer", "central"]]},
        {"sub": "a", "knd": "person", "gra": [["reviewer", "central", "HN"]]},
        {"sub": "a", "knd": "person", "gra": [["reviewer", "central", [1]]]},
        {"sub": "a", "knd": "person", "hom": [["central"]]},
        {"sub": "a", "knd": "person", "hom": "central"},
        {"sub": "a", "knd": "person", "sid": 7},
    ],
)
def test_misshapen_claims_are_refused(claims: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Actor.from_claims(claims)
