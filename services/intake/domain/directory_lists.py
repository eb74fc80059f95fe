"""All lists of a directory at once, as a workbook or a copied cycle gives them, judged together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from services.intake.domain import directory
from services.intake.domain.directory import (
    Cluster,
    Directory,
    EntryType,
    Headship,
    Membership,
    Plan,
    Succession,
    Unit,
)
from shared.contracts.refusals import BadInput, Fault


@dataclass(frozen=True)
class Lists:
    """Rows of every kind; those that are not named stay as they are."""

    units: Sequence[Unit] = ()
    clusters: Sequence[Cluster] = ()
    memberships: Sequence[Membership] = ()
    headships: Sequence[Headship] = ()
    successions: Sequence[Succession] = ()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, kind) for kind in KINDS)


KINDS = tuple(one.name for one in fields(Lists))
_PLANS: Mapping[str, Callable[[Directory, Any], Plan]] = {
    "units": directory.plan_units,
    "clusters": directory.plan_clusters,
    "memberships": directory.plan_memberships,
    "headships": directory.plan_headships,
    "successions": directory.plan_successions,
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
