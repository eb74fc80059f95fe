"""What is taken over from last year's cycle, and what changed in the directory since. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.intake.administration.model import MOST_CODE, Change, Copy, Heads
from services.intake.cycles.model import Cycle, CycleCluster, Member
from services.intake.cycles.rules import membership_on
from services.intake.directory.model import (
    DEPUTY,
    HEAD,
    Directory,
    Headship,
    Lists,
    Membership,
    Succession,
    Unit,
    Validity,
)
from services.intake.working_days import a_year_later, next_working_day
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Title


def copy_of(
    source: Cycle, then: Sequence[CycleCluster], directory: Directory, today: date, *, rotate: bool = False
) -> Copy:
    """The proposal. `rotate`: the first deputy of each cluster becomes its head."""
    deadline_at, closes_at = source.planned or (source.deadline_at, source.closes_at)
    last = (deadline_at - timedelta(seconds=1)).astimezone(VIETNAM).date()
    moved_on = a_year_later(last)
    year = source.period[:4]
    now = membership_on(directory, today)
    return Copy(
        source=source,
        code=_next_code(source.code, year),
        title=Title(vi=_next_year(source.title.vi, year), en=_next_year(source.title.en, year)),
        period=_next_year(source.period, year),
        deadline_on=next_working_day(moved_on),
        moved_on=moved_on,
        late_days=(closes_at - deadline_at).days,
        clusters=now,
        then=tuple(then),
        heads=tuple(_proposed(one, then, rotate) for one in now),
        changes=tuple(_changes(then, now, directory, today)) if then else (),
        renewable=tuple(_renewable(then, now, directory, today)),
    )


def _next_year(text: str, year: str) -> str:
    """The text with the year, where it stands alone, grown by one."""
    return re.sub(rf"(?<!\d){year}(?!\d)", str(int(year) + 1), text)


def _next_code(code: str, year: str) -> str:
    found = _next_year(code, year)
    ending = f"-{int(year) + 1}"
    return found if found != code else code[: MOST_CODE - len(ending)] + ending


def _proposed(cluster: CycleCluster, then: Sequence[CycleCluster], rotate: bool) -> Heads:
    """Who stands in the directory; where nobody does, last year's, as far as they are still members."""
    head, deputies = cluster.head, cluster.deputies
    if head is None and not deputies:
        earlier = next((one for one in then if one.code == cluster.code), None)
        members = {member.unit for member in cluster.members}
        if earlier is not None:
            head = earlier.head if earlier.head in members else None
            deputies = tuple(unit for unit in earlier.deputies if unit in members)
    if rotate and deputies:
        head, deputies = deputies[0], deputies[1:]
    return Heads(cluster.code, head, deputies)


def _members(clusters: Iterable[CycleCluster]) -> dict[str, Member]:
    return {member.unit: member for cluster in clusters for member in cluster.members}


def _changes(
    then: Sequence[CycleCluster], now: Sequence[CycleCluster], directory: Directory, today: date
) -> Iterable[Change]:
    before, after = _members(then), _members(now)
    units = {unit.code: unit for unit in directory.units}
    for code in sorted({*before, *after}):
        yield from _unit_changes(before.get(code), after.get(code), units.get(code), directory.successions, today)
    yield from _cluster_changes({one.code: one for one in then}, {one.code: one for one in now})


def _unit_changes(
    then: Member | None, now: Member | None, unit: Unit | None, links: Sequence[Succession], today: date
) -> Iterable[Change]:
    if now is None:
        assert then is not None
        yield Change(then.unit, _gone(then, unit, links, today))
        return
    if then is None:
        yield Change(now.unit, sentence("%(unit)s is new in cluster %(cluster)s.", unit=now.unit, cluster=now.cluster))
    elif then.cluster != now.cluster:
        moved = {"unit": now.unit, "before": then.cluster, "after": now.cluster}
        yield Change(now.unit, sentence("%(unit)s moved from cluster %(before)s to %(after)s.", **moved))
    known = {link.key for link in then.predecessors} if then else set()
    joined = [link for link in now.predecessors if link.key not in known]
    if joined:
        said = sentence(
            "%(unit)s follows upon %(predecessors)s from %(day)s (%(source)s); its history begins afresh.",
            unit=now.unit,
            predecessors=", ".join(link.predecessor for link in joined),
            day=joined[0].since.strftime("%d/%m/%Y"),
            source=joined[0].legal_source,
        )
        yield Change(now.unit, said)
    if then is not None and then.title != now.title:
        renamed = {"unit": now.unit, "before": then.title.in_language("vi"), "after": now.title.in_language("vi")}
        yield Change(now.unit, sentence("%(unit)s was called %(before)s and is called %(after)s now.", **renamed))


def _gone(then: Member, unit: Unit | None, links: Sequence[Succession], today: date) -> Sentence:
    merged = [link for link in links if link.predecessor == then.unit and link.unit != then.unit]
    if merged:
        return sentence(
            "%(unit)s merged into %(successor)s on %(day)s (%(source)s).",
            unit=then.unit,
            successor=", ".join(sorted(link.unit for link in merged)),
            day=merged[0].since.strftime("%d/%m/%Y"),
            source=merged[0].legal_source,
        )
    ended = unit.validity.valid_to if unit else None
    if ended is not None and ended <= today:
        return sentence("%(unit)s was dissolved on %(day)s.", unit=then.unit, day=ended.strftime("%d/%m/%Y"))
    return sentence("%(unit)s no longer belongs to cluster %(cluster)s.", unit=then.unit, cluster=then.cluster)


def _cluster_changes(then: Mapping[str, CycleCluster], now: Mapping[str, CycleCluster]) -> Iterable[Change]:
    for code in sorted({*then, *now}):
        if code not in now:
            yield Change(code, sentence("Cluster %(cluster)s has no members any more.", cluster=code))
        elif code not in then:
            yield Change(code, sentence("Cluster %(cluster)s is new.", cluster=code))
        elif then[code].method != now[code].method:
            yield Change(code, sentence("Cluster %(cluster)s nominates in another way now.", cluster=code))


def _renewable(
    then: Sequence[CycleCluster], now: Sequence[CycleCluster], directory: Directory, today: date
) -> Iterable[Membership]:
    """Memberships of the earlier cycle that ended although both unit and cluster exist today and the unit is free."""
    after = _members(now)
    units = {unit.code: unit for unit in directory.units}
    clusters = {cluster.code: cluster for cluster in directory.clusters}
    for member in _members(then).values():
        unit, cluster = units.get(member.unit), clusters.get(member.cluster)
        if member.unit in after or unit is None or cluster is None:
            continue
        if unit.validity.contains(today) and cluster.validity.contains(today):
            ends = [one.validity.valid_to for one in (unit, cluster) if one.validity.valid_to is not None]
            yield Membership(member.unit, member.cluster, Validity(today, min(ends, default=None)))


def heads_as_lists(directory: Directory, wanted: Sequence[Heads], since: date) -> Lists:
    """The headships to write so that these stand from that day on. Raises BadInput, located by `heads.INDEX`."""
    rows: list[Headship] = []
    faults: list[Fault] = []
    for index, heads in enumerate(wanted):
        positions = {heads.head: (HEAD, 0)} if heads.head else {}
        for place, unit in enumerate(heads.deputies, start=1):
            if unit in positions:
                said = sentence("%(unit)s is named twice in cluster %(cluster)s.", unit=unit, cluster=heads.cluster)
                faults.append(Fault(said, path=f"heads.{index}"))
            positions[unit] = (DEPUTY, place)
        standing = [row for row in directory.headships if row.cluster == heads.cluster and row.validity.contains(since)]
        for row in standing:
            if positions.get(row.unit, ("", 0))[0] == row.position:
                rows.append(replace(row, place=positions.pop(row.unit)[1]))
            elif row.validity.valid_from == since:
                said = sentence(
                    "%(unit)s holds its position in cluster %(cluster)s only from this very day; choose a later one.",
                    unit=row.unit,
                    cluster=heads.cluster,
                )
                faults.append(Fault(said, path=f"heads.{index}"))
            else:
                rows.append(replace(row, validity=Validity(row.validity.valid_from, since)))
        rows += [
            Headship(heads.cluster, unit, position, Validity(since), place)
            for unit, (position, place) in positions.items()
        ]
    if faults:
        raise BadInput(faults)
    return Lists(headships=rows)
