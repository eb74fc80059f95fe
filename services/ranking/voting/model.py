"""What a ballot is: the rule of a share, the snapshot it rests on, the box, what is counted and announced."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from shared.contracts.sentences import N_, Sentence


class Base(StrEnum):
    """What a share is a share of."""

    ROLL = "roll"  # everybody who may vote, the absent included
    CAST = "cast"  # the papers returned
    VALID = "valid"  # the valid papers


class Status(StrEnum):
    """How firmly a parameter stands."""

    LAW = "law"
    REGULATION = "regulation"
    ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Share:
    """`numerator/denominator` of a count; `more_than` asks for more than the share instead of at least it."""

    numerator: int
    denominator: int
    more_than: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator or self.denominator < 1:
            raise ValueError("a share lies between 0 and 1")
        if self.more_than and self.numerator == self.denominator:
            raise ValueError("nothing is more than everything")

    def needed(self, count: int) -> int:
        """The smallest whole number that is enough out of `count`: 2/3 of 9 is 6; 80 % of 7 is 6."""
        if count < 0:
            raise ValueError("a count is not negative")
        whole, rest = divmod(count * self.numerator, self.denominator)
        return whole + 1 if rest or self.more_than else whole

    def reached(self, votes: int, count: int) -> bool:
        """Whether `votes` out of `count` are enough."""
        return votes >= self.needed(count)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class Rule:
    """A share with what it is taken of, where it stands written, and how firmly. Printed on every result."""

    share: Share
    base: Base
    source: str
    status: Status


# Decree 98/2023/ND-CP says it of the Council; no text found says it of a cluster.
QUORUM = Rule(
    Share(2, 3),
    Base.ROLL,
    N_("Decree 98/2023/NĐ-CP, Article 47 (meetings of the Council), taken over for the cluster"),
    Status.ASSUMPTION,
)

# The 80 % of Decree 98/2023/ND-CP, Article 30(7), is the Council's; a cluster's own threshold was not found.
THRESHOLD = Rule(
    Share(1, 2, more_than=True),
    Base.ROLL,
    N_("Each cluster's regulation sets it; without one, more than half of all members"),
    Status.ASSUMPTION,
)

Paper = tuple[str | None, ...]  # units named, in the paper's own order; None is a line left empty


class Standing(StrEnum):
    """What came out for a place."""

    NAMED = "named"  # enough papers, nobody else has as many
    TIE = "tie"  # several have equally many: people decide, not the machine
    BELOW_THRESHOLD = "below_threshold"  # the leading unit has too few
    NOBODY = "nobody"  # no paper names anybody
    WAITS = "waits"  # an earlier place is undecided


@dataclass(frozen=True)
class Line:
    """How many papers name each unit, most first, then by code; `place` is None where a method has no places."""

    place: int | None
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Outcome:
    """What a line says: `units` are named by it, `tied` stand level for what is left."""

    place: int | None
    standing: Standing
    units: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()


class Method(Protocol):
    """A way to vote for at most `places` units."""

    @property
    def name(self) -> str:
        """Its stable name."""
        ...

    @property
    def places(self) -> int:
        """How many units a paper may name."""
        ...

    def faults(self, paper: Paper, units: Collection[str]) -> tuple[Sentence, ...]:
        """What is wrong with a paper; a paper without faults that names somebody is valid."""
        ...

    def count(self, papers: Sequence[Paper], units: Collection[str]) -> tuple[Line, ...]:
        """The counts of valid papers; every unit of the roll stands on every line."""
        ...

    def outcomes(self, lines: Sequence[Line], needed: int) -> tuple[Outcome, ...]:
        """What the counts say when `needed` papers are enough."""
        ...


VOTING_CLUSTER = "score_then_vote"

# At most two ballots for one question: Circular 01/2024/TT-TANDTC, Article 29 (courts), taken over as an assumption.
MOST_ROUNDS = 2


@dataclass(frozen=True)
class Member:
    """A unit on the roll, in the roll's order. Titles by language (`vi`, `en`)."""

    unit: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Snapshot:
    """What voting may know of a frozen cluster: which sheet, by hash, and who its members are. No score."""

    council: str
    council_title: Mapping[str, str]
    cycle: str
    cycle_title: Mapping[str, str]
    cluster: str
    cluster_title: Mapping[str, str]
    method: str
    sheet_version: int
    sheet_sha256: str
    frozen_at: datetime
    synthetic: bool
    notice: Mapping[str, str] | None
    members: tuple[Member, ...]

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The codes on the roll, in its order."""
        return tuple(member.unit for member in self.members)

    def title_of(self, unit: str, language: str) -> str:
        """A member's title in a language, else in the other, else its code."""
        title = next((member.title for member in self.members if member.unit == unit), {})
        return title.get(language) or title.get("vi") or title.get("en") or unit


@dataclass(frozen=True)
class Plan:
    """How a ballot is held. Times are aware UTC; `opens_at` inclusive, `closes_at` exclusive."""

    method: Method
    opens_at: datetime
    closes_at: datetime
    quorum: Rule
    threshold: Rule


class State(StrEnum):
    """Where a box stands."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Box:
    """One ballot of one cluster. `cast` counts the papers returned; nothing here says what is in them.

    `decided`: it was counted, and every place is named.
    """

    id: uuid.UUID
    round: int
    snapshot: Snapshot
    plan: Plan
    state: State
    opened_at: datetime
    closed_at: datetime | None
    public_key: bytes
    cast: int
    decided: bool = False

    @property
    def everybody_voted(self) -> bool:
        """Whether no unit of the roll is missing."""
        return self.cast == len(self.snapshot.members)

    def takes_papers(self, now: datetime) -> bool:
        """Whether a paper may be put in now."""
        return self.state is State.OPEN and self.plan.opens_at <= now < self.plan.closes_at


@dataclass(frozen=True)
class EarlierBox:
    """What a new box must know of the ones before it on the same cluster."""

    state: State
    decided: bool


class Withheld(StrEnum):
    """Why no counts are announced."""

    NO_QUORUM = "no_quorum"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Tally:
    """The announced result. `sent` = papers for the whole roll; `returned` = `valid` + `blank` + `unreadable`."""

    sent: int
    returned: int
    valid: int | None
    blank: int | None
    unreadable: int | None
    quorum_needed: int
    quorum_reached: bool
    threshold_needed: int | None
    withheld: Withheld | None
    lines: tuple[Line, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def decided(self) -> bool:
        """Whether every place is named."""
        return bool(self.outcomes) and all(outcome.standing is Standing.NAMED for outcome in self.outcomes)


@dataclass(frozen=True)
class RollEntry:
    """A unit on the roll and whether its paper came in; never when."""

    unit: str
    voted: bool


@dataclass(frozen=True)
class AnnouncedTally:
    """A tally as announced. `document` is its JSON form, see `rules.documents`."""

    box: uuid.UUID
    council: str
    cycle: str
    cluster: str
    round: int
    sheet_sha256: str
    announced_at: datetime
    document: dict[str, Any]


@dataclass(frozen=True)
class Opening:
    """What somebody asks for who opens a box; `opens_at` None is now."""

    cycle: str
    cluster: str
    method: Method
    opens_at: datetime | None
    closes_at: datetime
    quorum: Rule
    threshold: Rule


@dataclass(frozen=True)
class BoxView:
    """A box as one actor may see it: `own` are the votes they hold, `roll` is for those who conduct the ballot."""

    box: Box
    conducts: bool
    own: tuple[RollEntry, ...]
    roll: tuple[RollEntry, ...] | None
    tally: AnnouncedTally | None
