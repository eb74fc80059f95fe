"""What counts for an item, and the decisions it rests on."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.verify.claims.model import ItemKey


class Verdict(StrEnum):
    """What a person decided. `settle` takes the source's figure for a whole cluster in one decision."""

    ACCEPT = "accept"
    ADJUST = "adjust"
    REJECT = "reject"
    SETTLE = "settle"


@dataclass(frozen=True)
class Decided:
    """A decision in force on one item: the value that counts, or points where there is no value to score.

    `on_source`: it rests on the figure of a `same` source, not only on a document.
    """

    verdict: Verdict
    value: float | None
    points: float | None
    on_source: bool


@dataclass(frozen=True)
class Counted:
    """What counts for one item; the words are those of `shared.contracts.verify_v1`."""

    unit: str
    cluster: str
    criterion: str
    state: str  # verified, provisional, documented, unverifiable, contested
    basis: str  # source, decision, settled, none
    blocks_freeze: bool
    left_out: bool
    value: float | None
    points: float | None
    target: float | None
    claimed_value: float | None
    self_points: float | None
    observed_row: int | None  # where the independent figure stands in the observations given


@dataclass(frozen=True)
class DecisionRecord:
    """What a person decided, on what they saw."""

    id: uuid.UUID
    cycle: str
    unit: str
    criterion: str
    verdict: str
    value: float | None
    points: float | None
    reason: str
    document_number: str
    on_source: bool
    settlement: uuid.UUID | None
    submission: int
    facts_sha256: str
    asked: tuple[str, ...]
    decided_at: datetime
    decided_by: str
    decided_by_name: str
    decided_as: str = ""


@dataclass(frozen=True)
class SettlementRecord:
    """One decision of a lead reviewer over all items of a cluster that lie outside their tolerance."""

    id: uuid.UUID
    cycle: str
    cluster: str
    reason: str
    document_number: str
    items: int
    settled_at: datetime
    settled_by: str
    settled_by_name: str


@dataclass(frozen=True)
class Published:
    """What verify's feed last said of a unit."""

    unit: str
    subject_version: int
    data_sha256: str
    submission: int
    cohort: bool
    findings: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Reviewed:
    """Where the reviews of a cohort's items stand, as far as counting looks at it.

    `asked`: items without a decision that somebody should answer for; `compared`: screened with their cluster, so that
    who is ahead is known.
    """

    in_force: Mapping[ItemKey, uuid.UUID]
    asked: Collection[ItemKey]
    held_up: Collection[ItemKey]
    compared: bool


@dataclass(frozen=True)
class Tally:
    """What counts for the units of a cohort, with the decisions it rests on; who could still come first, by cluster."""

    counted: Sequence[Counted]
    decisions: Mapping[uuid.UUID, DecisionRecord]
    contenders: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class FeedPage:
    """A page of verify's feed: which feed, its events as they are sent, and the position to go on from."""

    feed: Any
    events: Sequence[Mapping[str, Any]]
    next: int
