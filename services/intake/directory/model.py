"""Councils, units, clusters, memberships, headships and successions, each with its days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Protocol, TypeVar

from shared.contracts.sentences import N_
from shared.criteria.model import Title


def title_document(title: Title) -> dict[str, str]:
    """The languages a title has."""
    return {language: text for language, text in (("vi", title.vi), ("en", title.en)) if text}


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


RowType = TypeVar("RowType", Membership, Headship)


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


def title_of(document: Mapping[str, str] | None) -> Title:
    """A title from its JSON column."""
    return Title(**(document or {}))


def title_column(title: Title) -> dict[str, str]:
    """A title as its JSON column."""
    return title_document(title)


METHOD_NAMES = {"score_only": N_("scores alone"), "score_then_vote": N_("scores, then a ballot")}
POSITION_NAMES = {"head": N_("head"), "deputy": N_("deputy")}
