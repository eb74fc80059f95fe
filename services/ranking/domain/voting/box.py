"""A ballot box: opened on frozen scores only, one paper per member unit, closed once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from services.ranking.domain.voting.fractions import Rule
from services.ranking.domain.voting.methods import Method, Paper
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence

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


def check_opening(snapshot: Snapshot, plan: Plan, earlier: Sequence[EarlierBox], now: datetime) -> None:
    """Raises a Refusal unless a box may be opened on this snapshot now."""
    if snapshot.method != VOTING_CLUSTER:
        raise Refusal(
            "cluster_does_not_vote",
            Kind.CONFLICT,
            sentence("This cluster decides by its scores alone; no nomination vote is held in it."),
        )
    if not plan.opens_at < plan.closes_at or plan.closes_at <= now:
        raise Refusal(
            "bad_voting_time",
            Kind.INVALID,
            sentence("The ballot must close in the future and after it opens."),
            [Fault(sentence("The ballot must close in the future and after it opens."), path="closes_at")],
        )
    if plan.method.places > len(snapshot.members):
        raise Refusal(
            "too_many_places",
            Kind.INVALID,
            sentence(
                "A paper cannot have more lines than the cluster has members (%(members)s).",
                members=len(snapshot.members),
            ),
            [Fault(sentence("Fewer places are needed."), path="places")],
        )
    if any(box.state is State.OPEN for box in earlier):
        raise Refusal("box_already_open", Kind.CONFLICT, sentence("A ballot of this cluster is already open."))
    if any(box.decided for box in earlier):
        raise Refusal(
            "vote_already_decided", Kind.CONFLICT, sentence("The nomination vote of this cluster has its result.")
        )
    if len(earlier) >= MOST_ROUNDS:
        raise Refusal(
            "no_more_rounds",
            Kind.CONFLICT,
            sentence(
                "At most %(rounds)s ballots are held on one nomination; people must decide now.", rounds=MOST_ROUNDS
            ),
        )


def check_casting(box: Box, paper: Paper, now: datetime) -> None:
    """Raises a Refusal unless this paper may be put in now."""
    if box.state is State.CLOSED or now >= box.plan.closes_at:
        raise Refusal("box_closed", Kind.CONFLICT, sentence("This ballot is closed; no more papers are taken."))
    if now < box.plan.opens_at:
        raise Refusal("box_not_open_yet", Kind.CONFLICT, sentence("This ballot has not opened yet."))
    faults = box.plan.method.faults(paper, box.snapshot.units)
    if faults:
        raise Refusal(
            "invalid_paper",
            Kind.INVALID,
            sentence("The paper is not filled in validly; it was not put in, and you may correct it."),
            [Fault(said, path="names") for said in faults],
        )


def check_closing(box: Box, now: datetime) -> None:
    """Raises a Refusal unless the box may be closed: its time is over, or everybody has voted."""
    if box.state is State.CLOSED:
        raise Refusal("box_already_closed", Kind.CONFLICT, sentence("This ballot was closed before."))
    if now < box.plan.closes_at and not box.everybody_voted:
        raise Refusal(
            "voting_goes_on",
            Kind.CONFLICT,
            sentence(
                "Voting goes on: %(cast)s of %(members)s units have voted and the closing time has not come.",
                cast=box.cast,
                members=len(box.snapshot.members),
            ),
        )


def unknown_box() -> Refusal:
    """Nobody knows such a box, or the asker may not know of it."""
    return Refusal("box_unknown", Kind.NOT_FOUND, sentence("There is no such ballot."))
