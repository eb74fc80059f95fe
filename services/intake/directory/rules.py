"""The directory: who belongs where, and when. Codes name everything; validity is half-open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.intake.directory.model import (
    HEAD,
    KINDS,
    Cluster,
    Directory,
    EntryType,
    Headship,
    Lists,
    Membership,
    Plan,
    RowType,
    Succession,
    Unit,
    _Entry,
)
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, sentence


def plan_units(directory: Directory, given: Sequence[Unit]) -> Plan:
    """Units by code; a membership must stay inside its unit's validity. Raises BadInput."""

    def shortened(unit: Unit) -> Sentence | None:
        outside = [m for m in directory.memberships if m.unit == unit.code and not m.validity.within(unit.validity)]
        if outside:
            return sentence("Unit %(unit)s has a membership outside these dates; close that first.", unit=unit.code)
        return None

    return _plan("units", directory.units, given, shortened)


def plan_clusters(directory: Directory, given: Sequence[Cluster]) -> Plan:
    """Clusters by code; memberships must stay inside their cluster's validity. Raises BadInput."""

    def shortened(cluster: Cluster) -> Sentence | None:
        rows: list[Membership | Headship] = [*directory.memberships, *directory.headships]
        if any(row.cluster == cluster.code and not row.validity.within(cluster.validity) for row in rows):
            return sentence(
                "Cluster %(cluster)s has members or a head outside these dates; close those first.",
                cluster=cluster.code,
            )
        return None

    return _plan("clusters", directory.clusters, given, shortened)


def plan_memberships(directory: Directory, given: Sequence[Membership]) -> Plan:
    """Memberships by unit, cluster and first day; a unit is in one cluster at a time. Raises BadInput."""
    inside = _inside(directory)
    plan = _plan("memberships", directory.memberships, given, inside)

    def clash(one: Membership, other: Membership) -> Sentence | None:
        if not one.validity.overlaps(other.validity):
            return None
        return sentence(
            "Unit %(unit)s already belongs to cluster %(cluster)s in part of this time (from %(from)s).",
            **{"unit": one.unit, "cluster": other.cluster, "from": other.validity.valid_from.isoformat()},
        )

    _refuse_clashes("memberships", directory.memberships, given, lambda row: row.unit, clash)
    return plan


def plan_headships(directory: Directory, given: Sequence[Headship]) -> Plan:
    """Headships by cluster, unit, position and first day; one head at a time, no unit twice. Raises BadInput."""
    inside = _inside(directory)
    plan = _plan("headships", directory.headships, given, inside)

    def clash(one: Headship, other: Headship) -> Sentence | None:
        if not one.validity.overlaps(other.validity):
            return None
        params = {"cluster": one.cluster, "unit": other.unit, "from": other.validity.valid_from.isoformat()}
        if one.unit == other.unit:
            return sentence(
                "Unit %(unit)s already has a position in cluster %(cluster)s in part of this time (from %(from)s).",
                **params,
            )
        if one.position == HEAD and other.position == HEAD:
            return sentence(
                "Cluster %(cluster)s already has a head in part of this time: %(unit)s (from %(from)s).", **params
            )
        return None

    _refuse_clashes("headships", directory.headships, given, lambda row: row.cluster, clash)
    return plan


def plan_successions(directory: Directory, given: Sequence[Succession]) -> Plan:
    """Which unit follows upon which, from when, by what law. Raises BadInput."""
    units = {unit.code: unit for unit in directory.units}

    def check(row: Succession) -> Sentence | None:
        for code in (row.unit, row.predecessor):
            if code not in units:
                return sentence("There is no unit %(unit)s in this council.", unit=code)
        day = row.since.strftime("%d/%m/%Y")
        if not units[row.unit].validity.contains(row.since):
            return sentence("Unit %(unit)s does not exist on %(day)s.", unit=row.unit, day=day)
        if not units[row.predecessor].validity.contains(row.since - timedelta(days=1)):
            said = N_("Unit %(unit)s did not exist on the day before %(day)s, so nothing can follow upon it.")
            return Sentence(said, {"unit": row.predecessor, "day": day})
        if not row.legal_source:
            return sentence("Give the legal source.")
        return None

    return _plan("successions", directory.successions, given, check)


def _inside(directory: Directory) -> Callable[[Membership | Headship], Sentence | None]:
    """A check that a row's unit and cluster are known and exist all that time."""
    units: Mapping[str, Unit] = {unit.code: unit for unit in directory.units}
    clusters: Mapping[str, Cluster] = {cluster.code: cluster for cluster in directory.clusters}

    def check(row: Membership | Headship) -> Sentence | None:
        unit, cluster = units.get(row.unit), clusters.get(row.cluster)
        if unit is None:
            return sentence("There is no unit %(unit)s in this council.", unit=row.unit)
        if cluster is None:
            return sentence("There is no cluster %(cluster)s in this council.", cluster=row.cluster)
        if not row.validity.within(unit.validity):
            return sentence("Unit %(unit)s does not exist all that time.", unit=row.unit)
        if not row.validity.within(cluster.validity):
            return sentence("Cluster %(cluster)s does not exist all that time.", cluster=row.cluster)
        return None

    return check


def _plan(
    kind: str,
    existing: Sequence[EntryType],
    given: Sequence[EntryType],
    check: Callable[[EntryType], Sentence | None],
) -> Plan:
    known = {row.key: row for row in existing}
    faults: list[Fault] = []
    seen: dict[object, int] = {}
    added: list[EntryType] = []
    changed: list[tuple[EntryType, EntryType]] = []
    unchanged = 0
    for index, row in enumerate(given):
        place = f"{kind}.{index}"
        said = _own_fault(row, seen.get(row.key)) or check(row)
        seen.setdefault(row.key, index)
        if said is not None:
            faults.append(Fault(said, path=place))
        elif row.key not in known:
            added.append(row)
        elif known[row.key] != row:
            changed.append((known[row.key], row))
        else:
            unchanged += 1
    if faults:
        raise BadInput(faults)
    return Plan(tuple(added), tuple(changed), unchanged)


def _own_fault(row: _Entry, earlier: int | None) -> Sentence | None:
    if earlier is not None:
        return sentence("This entry is given twice; it is already entry %(number)s.", number=earlier + 1)
    if row.validity.valid_to is not None and row.validity.valid_to <= row.validity.valid_from:
        return sentence("The last day lies before the first day; valid_to is the day after the last.")
    return None


def _refuse_clashes(
    kind: str,
    existing: Sequence[RowType],
    given: Sequence[RowType],
    scope: Callable[[RowType], str],
    clash: Callable[[RowType, RowType], Sentence | None],
) -> None:
    """Compare every given row with the others of its scope as they would stand afterwards."""
    replaced = {row.key for row in given}
    after: dict[str, list[RowType]] = {}
    for row in existing:
        if row.key not in replaced:
            after.setdefault(scope(row), []).append(row)
    faults: list[Fault] = []
    for index, row in enumerate(given):
        others = after.setdefault(scope(row), [])
        said = next((said for other in others if (said := clash(row, other)) is not None), None)
        if said is not None:
            faults.append(Fault(said, path=f"{kind}.{index}"))
        others.append(row)
    if faults:
        raise BadInput(faults)


_PLANS: Mapping[str, Callable[[Directory, Any], Plan]] = {
    "units": plan_units,
    "clusters": plan_clusters,
    "memberships": plan_memberships,
    "headships": plan_headships,
    "successions": plan_successions,
}


def plan_lists(known: Directory, lists: Lists) -> Plan:
    """What all lists together would do; raises BadInput with every fault at `KIND.INDEX`.

    Each list is judged beside the others as they would stand afterwards, so that one file may shorten a unit together
    with its membership.
    """
    after = afterwards(known, lists)
    faults: list[Fault] = []
    plans: list[Plan] = []
    for kind in KINDS:
        beside = replace(after, **{kind: getattr(known, kind)})
        try:
            plans.append(_PLANS[kind](beside, getattr(lists, kind)))
        except BadInput as bad:
            faults += bad.faults
    if faults:
        raise BadInput(faults)
    return Plan(
        added=tuple(row for plan in plans for row in plan.added),
        changed=tuple(pair for plan in plans for pair in plan.changed),
        unchanged=sum(plan.unchanged for plan in plans),
    )


def afterwards(known: Directory, lists: Lists) -> Directory:
    """The directory with the lists' rows in place of those of the same key."""
    return replace(
        known,
        units=_joined(known.units, lists.units),
        clusters=_joined(known.clusters, lists.clusters),
        memberships=_joined(known.memberships, lists.memberships),
        headships=_joined(known.headships, lists.headships),
        successions=_joined(known.successions, lists.successions),
    )


def _joined(existing: Sequence[EntryType], given: Sequence[EntryType]) -> list[EntryType]:
    rows: dict[object, EntryType] = {row.key: row for row in existing}
    rows.update({row.key: row for row in given})
    return list(rows.values())
