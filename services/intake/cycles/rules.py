"""What periods, members and roll-ups of a cycle may be, and what its event says. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.intake.cycles.model import (
    DRAFT,
    LAST,
    MONTHS,
    PERIOD_EXAMPLES,
    PERIODS,
    RULES,
    SUM,
    Cycle,
    CycleCluster,
    Member,
    Rolled,
    RollUp,
)
from services.intake.directory.model import DEPUTY, HEAD, Directory, Headship, Succession, title_document
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.loader import load_document
from shared.criteria.model import Framework, Title


def check_period(period: str, period_kind: str) -> Fault | None:
    """Whether the period is written as its kind wants: 2025, 2025-H1, 2025-Q1, 2025-03."""
    if PERIODS[period_kind].match(period):
        return None
    return Fault(
        sentence("A period of this kind is written like %(example)s.", example=PERIOD_EXAMPLES[period_kind]),
        path="period",
    )


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


def not_open(cycle: Cycle) -> Refusal:
    """Nothing can be filled in or sent unless the cycle is open."""
    said: Sentence = (
        sentence("This cycle is not open yet.")
        if cycle.state == DRAFT
        else sentence("This cycle no longer takes submissions.")
    )
    return Refusal("intake_closed" if cycle.state != DRAFT else "cycle_not_open", Kind.CONFLICT, said)


def joined(values: Sequence[float | None], rule: str) -> float | None:
    """The values by the rule; None where one that the rule needs is missing."""
    if rule == LAST:
        return values[-1] if values else None
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    total = math.fsum(known)
    return total if rule == SUM else total / len(known)


def months_of(period: str, period_kind: str) -> tuple[int, int]:
    """The first month of a period and the one after its last, counted from year 0."""
    year, _, rest = period.partition("-")
    number = int(rest.lstrip("HQ")) if rest else 1
    first = int(year) * 12 + (number - 1) * MONTHS[period_kind]
    return first, first + MONTHS[period_kind]


def in_order(whole: Cycle, parts: Sequence[Cycle]) -> list[Cycle]:
    """The parts by their periods; raises BadInput for one that does not lie inside the whole, or overlaps another."""
    begin, end = months_of(whole.period, whole.period_kind)
    faults: list[Fault] = []
    ordered = sorted(parts, key=lambda part: months_of(part.period, part.period_kind))
    reached = begin
    for part in ordered:
        first, after = months_of(part.period, part.period_kind)
        said = None
        if part.council != whole.council or MONTHS[part.period_kind] >= MONTHS[whole.period_kind]:
            said = sentence("%(cycle)s is no shorter cycle of this council.", cycle=part.code)
        elif first < begin or after > end:
            said = sentence(
                "%(cycle)s does not lie within the period %(period)s.", cycle=part.code, period=whole.period
            )
        elif first < reached:
            said = sentence("%(cycle)s covers months that another one covers already.", cycle=part.code)
        if said is not None:
            faults.append(Fault(said, path=f"parts.{[one.code for one in parts].index(part.code)}"))
        reached = max(reached, after)
    if faults:
        raise BadInput(faults)
    return ordered


def check_rules(framework: Framework, rule: str, rules: Mapping[str, str]) -> None:
    """Refuse unknown rules, and rules of criteria that the framework does not have."""
    known = {one.code for one in framework.criteria}
    faults = [
        Fault(sentence("The framework has no criterion %(criterion)s.", criterion=code), path=f"rules.{code}")
        for code in rules
        if code not in known
    ]
    if not {rule, *rules.values()} <= set(RULES):
        faults.append(Fault(sentence("Choose one of the list."), path="rule"))
    if faults:
        raise BadInput(faults)


def rolled_up(
    roll_up: RollUp, framework: Framework, values: Mapping[str, Mapping[str, float]], verified: frozenset[str]
) -> dict[str, Rolled]:
    """By criterion, where any part says a value. `values`: by cycle and criterion; `verified`: cycles that are."""
    found: dict[str, Rolled] = {}
    for criterion in framework.criteria:
        code = criterion.code
        parts = tuple((part, values.get(part, {}).get(code)) for part in roll_up.parts)
        if all(value is None for _part, value in parts):
            continue
        rule = roll_up.rule_of(code)
        whole = joined([value for _part, value in parts], rule)
        found[code] = Rolled(code, rule, whole, parts, verified.issuperset(roll_up.parts))
    return found


def load_framework(document: Mapping[str, Any]) -> Framework:
    """A framework document, its faults located under `framework`; raises BadInput."""
    try:
        return load_document(document)
    except BadInput as bad:
        raise BadInput(
            [replace(fault, path=f"framework.{fault.path}" if fault.path else "framework") for fault in bad.faults]
        ) from None
