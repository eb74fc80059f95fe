"""Who acts and what they may do: roles, grants, actors. Pure; knows no framework and no service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person is in a council's cycle. A role says nothing by itself; only a grant does."""

    CONTRIBUTOR = "contributor"
    PROVINCE_OFFICER = "province_officer"
    SIGNING_LEADER = "signing_leader"
    REVIEWER = "reviewer"
    LEAD_REVIEWER = "lead_reviewer"
    SUPPORT_TEAM = "support_team"
    CLUSTER_HEAD = "cluster_head"
    CLUSTER_DEPUTY = "cluster_deputy"
    TELLER = "teller"
    MINISTRY_RATER = "ministry_rater"
    BOARD_RATER = "board_rater"
    COUNCIL_MEMBER = "council_member"
    ADMINISTRATOR = "administrator"


# Whoever holds one of these acts *for* the units named in the grant, and so belongs to them.
UNIT_ROLES = frozenset(
    {Role.CONTRIBUTOR, Role.PROVINCE_OFFICER, Role.SIGNING_LEADER, Role.CLUSTER_HEAD, Role.CLUSTER_DEPUTY}
)


class ActorKind(StrEnum):
    """How the actor came in: a person in a browser, another service, an API client, or nobody in particular."""

    PERSON = "person"
    SERVICE = "service"
    CLIENT = "client"
    ANONYMOUS = "anonymous"


def _narrowing(name: str, codes: Iterable[str] | None) -> tuple[str, ...] | None:
    if codes is None:
        return None
    if isinstance(codes, str):
        raise ValueError(f"{name} is a list of codes, not one text")
    narrowed = tuple(sorted(set(codes)))
    if not narrowed or not all(isinstance(code, str) and code for code in narrowed):
        raise ValueError(f"{name} must name at least one code, or be absent for all")
    return narrowed


@dataclass(frozen=True)
class Grant:
    """A role in one council. `None` means not narrowed; codes are kept sorted and once each.

    Roles that act for a unit must name units: "province officer of everybody" is a mistake, never a wish.
    """

    role: Role
    council: str
    units: tuple[str, ...] | None = None
    clusters: tuple[str, ...] | None = None
    criteria: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", Role(self.role))
        if not isinstance(self.council, str) or not self.council:
            raise ValueError("a grant names its council")
        for name in ("units", "clusters", "criteria"):
            object.__setattr__(self, name, _narrowing(name, getattr(self, name)))
        if self.role in UNIT_ROLES and self.units is None:
            raise ValueError(f"{self.role} acts for a unit; the grant must name units")

    def covers(self, council: str | None, unit: str | None, cluster: str | None, criterion: str | None) -> bool:
        """Whether the thing described lies within this grant; a `None` was not asked about."""
        return (
            (council is None or council == self.council)
            and _within(unit, self.units)
            and _within(cluster, self.clusters)
            and _within(criterion, self.criteria)
        )

    def to_claim(self) -> list[Any]:
        """`[role, council, units, clusters, criteria]` without trailing nulls."""
        claim: list[Any] = [str(self.role), self.council]
        claim += [None if codes is None else list(codes) for codes in (self.units, self.clusters, self.criteria)]
        while claim[-1] is None:
            claim.pop()
        return claim

    @classmethod
    def from_claim(cls, claim: Sequence[Any]) -> "Grant":
        """The reverse of `to_claim`; raises ValueError for anything else."""
        if not isinstance(claim, list | tuple) or not 2 <= len(claim) <= 5:
            raise ValueError("a grant is [role, council, units, clusters, criteria]")
        role, council, *narrowings = claim
        if not isinstance(role, str) or not all(codes is None or isinstance(codes, list) for codes in narrowings):
            raise ValueError("a grant is [role, council, units, clusters, criteria]")
        return cls(Role(role), council, *narrowings)


def _within(asked: str | None, allowed: tuple[str, ...] | None) -> bool:
    return asked is None or allowed is None or asked in allowed


@dataclass(frozen=True)
class Actor:
    """Who is asking. `account` is the account's identifier, or the name of a service; empty for nobody.

    `home_units` are the (council, unit) pairs the person works in, whatever their role elsewhere.
    `issued_at` is when the token that proves all this was signed, aware UTC; None where no token is involved.
    """

    account: str
    name: str
    home_units: tuple[tuple[str, str], ...] = ()
    grants: tuple[Grant, ...] = ()
    session: str | None = None
    kind: ActorKind = ActorKind.PERSON
    issued_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Whether the actor proved who they are."""
        return self.kind is not ActorKind.ANONYMOUS

    def may(
        self,
        role: Role | Iterable[Role],
        *,
        council: str | None = None,
        unit: str | None = None,
        cluster: str | None = None,
        criterion: str | None = None,
    ) -> bool:
        """Whether one single grant gives (one of) the role(s) over the thing described.

        A dimension left out is not asked about, so name every dimension the thing has: asking only for the role
        answers "anywhere at all?", which is right for showing a menu and wrong for opening a file.
        """
        wanted = frozenset({role}) if isinstance(role, Role) else frozenset(role)
        return any(grant.role in wanted and grant.covers(council, unit, cluster, criterion) for grant in self.grants)

    def belongs_to(self, council: str, unit: str) -> bool:
        """Whether the unit is the actor's own: a home unit, or one that a grant lets them act for."""
        if (council, unit) in self.home_units:
            return True
        return any(
            grant.role in UNIT_ROLES and grant.council == council and unit in (grant.units or ())
            for grant in self.grants
        )

    def units_for(self, role: Role | Iterable[Role], council: str) -> tuple[str, ...]:
        """The units named by the actor's grants of the role(s) in the council, sorted, once each."""
        wanted = frozenset({role}) if isinstance(role, Role) else frozenset(role)
        named = {
            unit
            for grant in self.grants
            if grant.role in wanted and grant.council == council
            for unit in grant.units or ()
        }
        return tuple(sorted(named))

    def to_claims(self) -> dict[str, Any]:
        """What a token says about the actor: `sub`, `knd` and, where there is any, `name`, `hom`, `gra`, `sid`."""
        claims: dict[str, Any] = {"sub": self.account, "knd": str(self.kind)}
        if self.name:
            claims["name"] = self.name
        if self.home_units:
            claims["hom"] = [list(pair) for pair in self.home_units]
        if self.grants:
            claims["gra"] = [grant.to_claim() for grant in self.grants]
        if self.session is not None:
            claims["sid"] = self.session
        return claims

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any], issued_at: datetime | None = None) -> "Actor":
        """The reverse of `to_claims`; raises ValueError for claims that are not of this shape."""
        account, name, session = claims.get("sub"), claims.get("name", ""), claims.get("sid")
        if not isinstance(account, str) or not account or not isinstance(name, str):
            raise ValueError("sub and name are texts")
        if session is not None and not isinstance(session, str):
            raise ValueError("sid is a text")
        homes, grants = claims.get("hom", []), claims.get("gra", [])
        if not isinstance(homes, list) or not isinstance(grants, list):
            raise ValueError("hom and gra are lists")
        return cls(
            account=account,
            name=name,
            home_units=tuple(_pair(home) for home in homes),
            grants=tuple(Grant.from_claim(grant) for grant in grants),
            session=session,
            kind=ActorKind(str(claims.get("knd"))),
            issued_at=issued_at,
        )


def _pair(value: Any) -> tuple[str, str]:
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(part, str) and part for part in value):
        return value[0], value[1]
    raise ValueError("a home unit is [council, unit]")


ANONYMOUS = Actor(account="", name="", kind=ActorKind.ANONYMOUS)
