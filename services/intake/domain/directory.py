"""The directory: who belongs where, and when. Codes name everything; validity is half-open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.model import Title

HEAD = "head"
DEPUTY = "deputy"
POSITIONS = (HEAD, DEPUTY)


@dataclass(frozen=True)
class Validity:
    """From `valid_from` (inclusive) to `valid_to` (exclusive); None: until further notice."""

    valid_from: date
    valid_to: date | None = None

    def contains(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def overlaps(self, other: "Validity") -> bool:
        """Whether both hold on some day."""
        return (self.valid_to is None or other.valid_from < self.valid_to) and (
            other.valid_to is None or self.valid_from < other.valid_to
        )

    def within(self, other: "Validity") -> bool:
        """Whether every day of this is a day of the other."""
        ends_in_time = other.valid_to is None or (self.valid_to is not None and self.valid_to <= other.valid_to)
        return other.valid_from <= self.valid_from and ends_in_time


@dataclass(frozen=True)
class Council:
    """A council that runs cycles: the Central one, or a province's own."""

    code: str
    title: Title


@dataclass(frozen=True)
class Unit:
    """A member unit: a province, ministry, commune or agency."""

    code: str
    title: Title
    validity: Validity

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class Cluster:
    """An emulation cluster or block. `method` says whether a nomination ballot follows the scores."""

    code: str
    title: Title
    method: str
    validity: Validity

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class Membership:
    """A unit belongs to a cluster for a time; to one cluster at a time."""

    unit: str
    cluster: str
    validity: Validity

    @property
    def key(self) -> tuple[str, str, date]:
        return (self.unit, self.cluster, self.validity.valid_from)


@dataclass(frozen=True)
class Headship:
    """A unit heads a cluster (one at a time) or is one of its deputies for a time."""

    cluster: str
    unit: str
    position: str
    validity: Validity
    place: int = 0  # deputies stand in this order

    @property
    def key(self) -> tuple[str, str, str, date]:
        return (self.cluster, self.unit, self.position, self.validity.valid_from)


@dataclass(frozen=True)
class Succession:
    """A unit follows upon another one from a day on, by a legal source; upon itself where it took others in."""

    unit: str
    predecessor: str
    since: date
    legal_source: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.unit, self.predecessor)

    @property
    def validity(self) -> Validity:
        return Validity(self.since)


Row = Unit | Cluster | Membership | Headship | Succession


@dataclass(frozen=True)
class Directory:
    """Everything one council has registered."""

    council: Council
    units: Sequence[Unit] = ()
    clusters: Sequence[Cluster] = ()
    memberships: Sequence[Membership] = ()
    headships: Sequence[Headship] = ()
    successions: Sequence[Succession] = ()


class _Entry(Protocol):
    @property
    def key(self) -> object: ...
    @property
    def validity(self) -> Validity: ...


EntryType = TypeVar("EntryType", Unit, Cluster, Membership, Headship, Succession)


@dataclass(frozen=True)
class Plan:
    """What a list of entries would do: rows to add, rows to change (with what they were), rows that are there."""

    added: tuple[Row, ...]
    changed: tuple[tuple[Row, Row], ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.added and not self.changed


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


RowType = TypeVar("RowType", Membership, Headship)


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
