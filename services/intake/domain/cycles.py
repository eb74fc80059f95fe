"""A cycle: one council, one period, one framework, the clusters as they stood on the day it opened."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.intake.domain.directory import DEPUTY, HEAD, Directory, Headship, Succession
from services.intake.domain.vietnamese import search_key
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Title

DRAFT = "draft"
OPEN = "open"
INTAKE_CLOSED = "intake_closed"
ARCHIVED = "archived"
STATES = (DRAFT, OPEN, INTAKE_CLOSED, ARCHIVED)
NEXT = {DRAFT: OPEN, OPEN: INTAKE_CLOSED, INTAKE_CLOSED: ARCHIVED}

PERIODS = {
    "year": re.compile(r"\d{4}\Z", re.ASCII),
    "half": re.compile(r"\d{4}-H[12]\Z", re.ASCII),
    "quarter": re.compile(r"\d{4}-Q[1-4]\Z", re.ASCII),
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII),
}


@dataclass(frozen=True)
class Member:
    """A unit as the cycle froze it."""

    unit: str
    title: Title
    cluster: str
    predecessors: tuple[Succession, ...] = ()  # whom it followed upon, as registered on the day the cycle opened

    @property
    def search_key(self) -> str:
        """What a search without diacritics looks through: code and both names."""
        return search_key(f"{self.unit} {self.title.vi} {self.title.en}")


@dataclass(frozen=True)
class Quota:
    """How many Government Emulation Flags a cluster may propose in a cycle: a ceiling, with its legal source."""

    cluster: str
    flags: int
    legal_source: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class CycleCluster:
    """A cluster as the cycle froze it."""

    code: str
    title: Title
    method: str
    head: str | None
    deputies: tuple[str, ...]
    members: tuple[Member, ...]
    quota: Quota | None = None


@dataclass(frozen=True)
class Extension:
    """More time for the whole cycle (`unit` None) or for one unit, with its reason. Aware UTC."""

    unit: str | None
    deadline_at: datetime
    closes_at: datetime
    reason: str
    document: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Cycle:
    """A cycle. `deadline_at`: after it a submission is late; `closes_at`: after it none is taken. Aware UTC.

    Both are as extended for the whole cycle; a unit's own extensions count in `deadline_of` and `takes`.
    """

    code: str
    council: str
    title: Title
    period: str
    period_kind: str
    deadline_at: datetime
    closes_at: datetime
    synthetic: bool
    notice: Title | None
    framework_sha256: str
    state: str = DRAFT
    version: int = 1
    extensions: tuple[Extension, ...] = ()
    planned: tuple[datetime, datetime] | None = None  # deadline and close before any extension; None: as they stand

    def extended(self, extensions: Sequence[Extension]) -> "Cycle":
        """The cycle with these extensions; an earlier date never shortens a later one."""
        whole = [one for one in extensions if one.unit is None]
        return replace(
            self,
            deadline_at=max([self.deadline_at, *(one.deadline_at for one in whole)]),
            closes_at=max([self.closes_at, *(one.closes_at for one in whole)]),
            extensions=(*self.extensions, *extensions),
            planned=self.planned or ((self.deadline_at, self.closes_at) if whole else None),
        )

    def deadline_of(self, unit: str) -> datetime:
        """When the unit's self-assessment is due."""
        return max([self.deadline_at, *(one.deadline_at for one in self._own(unit))])

    def takes(self, unit: str, moment: datetime) -> bool:
        """Whether the unit may fill in and send now: while the cycle is open, or within the unit's own extension."""
        extended = any(one.at <= moment < one.closes_at for one in self._own(unit))
        return self.state == OPEN or (self.state == INTAKE_CLOSED and extended)

    def _own(self, unit: str) -> list[Extension]:
        return [one for one in self.extensions if one.unit == unit]

    def is_late(self, unit: str, moment: datetime) -> bool:
        """Whether something that the unit sends at that moment comes after its deadline."""
        return moment >= self.deadline_of(unit)

    def is_due(self, moment: datetime) -> bool:
        """Whether intake should be closed by now."""
        return self.state == OPEN and moment >= self.closes_at

    def moved(self, state: str) -> "Cycle":
        """The cycle in its next state; raises a Refusal (CONFLICT) for any other."""
        if NEXT.get(self.state) != state:
            raise Refusal(
                "cycle_state",
                Kind.CONFLICT,
                sentence("The cycle is %(state)s; this cannot be done now.", state=STATE_NAMES[self.state]),
            )
        return replace(self, state=state, version=self.version + 1)


STATE_NAMES = {
    DRAFT: sentence("being prepared"),
    OPEN: sentence("open for self-assessment"),
    INTAKE_CLOSED: sentence("closed for submissions"),
    ARCHIVED: sentence("archived"),
}


def check_period(period: str, period_kind: str) -> Fault | None:
    """Whether the period is written as its kind wants: 2025, 2025-H1, 2025-Q1, 2025-03."""
    if PERIODS[period_kind].match(period):
        return None
    return Fault(
        sentence("A period of this kind is written like %(example)s.", example=PERIOD_EXAMPLES[period_kind]),
        path="period",
    )


PERIOD_EXAMPLES = {"year": "2025", "half": "2025-H1", "quarter": "2025-Q1", "month": "2025-03"}


def membership_on(directory: Directory, day: date) -> tuple[CycleCluster, ...]:
    """The clusters that have members on that day, with those members and their heads; sorted by code."""
    units = {unit.code: unit for unit in directory.units}
    followed: dict[str, list[Succession]] = {}
    for link in sorted(directory.successions, key=lambda link: (link.since, link.predecessor)):
        if link.since <= day:
            followed.setdefault(link.unit, []).append(link)
    members: dict[str, list[Member]] = {}
    for row in directory.memberships:
        if row.validity.contains(day):
            member = Member(row.unit, units[row.unit].title, row.cluster, tuple(followed.get(row.unit, ())))
            members.setdefault(row.cluster, []).append(member)
    standing = [row for row in directory.headships if row.validity.contains(day)]
    return tuple(
        CycleCluster(
            code=cluster.code,
            title=cluster.title,
            method=cluster.method,
            head=next(iter(_holders(standing, cluster.code, HEAD)), None),
            deputies=_holders(standing, cluster.code, DEPUTY),
            members=tuple(sorted(members[cluster.code], key=lambda member: member.unit)),
        )
        for cluster in sorted(directory.clusters, key=lambda cluster: cluster.code)
        if cluster.code in members
    )


def _holders(headships: Sequence[Headship], cluster: str, position: str) -> tuple[str, ...]:
    held = [row for row in headships if row.cluster == cluster and row.position == position]
    return tuple(row.unit for row in sorted(held, key=lambda row: (row.place, row.unit)))


def refuse_empty(clusters: Sequence[CycleCluster], day: date) -> None:
    """A cycle without members cannot open."""
    if not clusters:
        raise Refusal(
            "no_members",
            Kind.CONFLICT,
            sentence("No cluster of this council has a member on %(day)s.", day=day.strftime("%d/%m/%Y")),
        )


def cycle_recorded(
    cycle: Cycle, council_title: Title, framework: dict[str, Any], clusters: Sequence[CycleCluster]
) -> dict[str, Any]:
    """The data of `cycle_recorded` (shared.contracts.intake_v1.CycleRecorded)."""
    return {
        "council": cycle.council,
        "council_title": title_document(council_title),
        "cycle": cycle.code,
        "title": title_document(cycle.title),
        "period": cycle.period,
        "period_kind": cycle.period_kind,
        "deadline_at": cycle.deadline_at.isoformat(),
        "state": cycle.state,
        "synthetic": cycle.synthetic,
        "notice": title_document(cycle.notice) if cycle.notice else None,
        "framework": framework,
        "framework_sha256": cycle.framework_sha256,
        "clusters": [cluster_document(cluster) for cluster in clusters],
    }


def cluster_document(cluster: CycleCluster) -> dict[str, Any]:
    """A frozen cluster as the feed and the API show it; a quota and predecessors only where there are any."""
    quota = cluster.quota
    return {
        "cluster": cluster.code,
        "title": title_document(cluster.title),
        "method": cluster.method,
        "head": cluster.head,
        "deputies": list(cluster.deputies),
        "members": [_member_document(member) for member in cluster.members],
        **({"quota": {"flags": quota.flags, "legal_source": quota.legal_source}} if quota else {}),
    }


def _member_document(member: Member) -> dict[str, Any]:
    links = [
        {"unit": link.predecessor, "since": link.since.isoformat(), "legal_source": link.legal_source}
        for link in member.predecessors
    ]
    document = {"unit": member.unit, "title": title_document(member.title)}
    return {**document, "predecessors": links} if links else document


def title_document(title: Title) -> dict[str, str]:
    """The languages a title has."""
    return {language: text for language, text in (("vi", title.vi), ("en", title.en)) if text}


def not_open(cycle: Cycle) -> Refusal:
    """Nothing can be filled in or sent unless the cycle is open."""
    said: Sentence = (
        sentence("This cycle is not open yet.")
        if cycle.state == DRAFT
        else sentence("This cycle no longer takes submissions.")
    )
    return Refusal("intake_closed" if cycle.state != DRAFT else "cycle_not_open", Kind.CONFLICT, said)
