"""What actions and queries need of the reviews."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from services.verify.claims.model import EvidenceDocument, ItemKey
from services.verify.renewal.model import EarlierCycle
from services.verify.results.model import DecisionRecord, Published, SettlementRecord
from services.verify.reviews.model import (
    AuditStep,
    CountersignatureRecord,
    FindingRecord,
    ItemChange,
    ObjectionAnswerRecord,
    ObjectionRecord,
    RequestRecord,
    ReviewItem,
    ReviewRules,
)
from services.verify.screening.rules.material import Given
from services.verify.sources.model import ReleasedRow, ReleaseFacts


class Reviews(Protocol):
    """Claims, items, findings, decisions."""

    def given(self, council: str, cycle: str, sources: Collection[str], units: Collection[str]) -> Given:
        """What these units claim now, and what these sources of the council say about them."""
        ...

    def earlier_cycles(self, cycle: str, units: Collection[str]) -> Sequence[EarlierCycle]:
        """What verify stored of the last cycles before this one, oldest first."""
        ...

    def earlier_documents(self, cycle: str, units: Collection[str]) -> Mapping[str, Sequence[EvidenceDocument]]:
        """What supported these units' claims in the cycle before this one."""
        ...

    def items(self, cycle: str, units: Collection[str]) -> Mapping[ItemKey, ReviewItem]:
        """The items of these units."""
        ...

    def save_items(self, items: Sequence[ReviewItem], now: datetime) -> None:
        """Add or replace items."""
        ...

    def drop_items(self, cycle: str, keys: Collection[ItemKey]) -> None:
        """Remove items whose claim is gone."""
        ...

    def kept_findings(self, cycle: str, units: Collection[str]) -> Mapping[str, uuid.UUID]:
        """The findings that items and units refer to now: hash of the content → identifier."""
        ...

    def add_findings(self, cycle: str, screening: uuid.UUID, findings: Sequence[FindingRecord], now: datetime) -> None:
        """Append findings."""
        ...

    def decisions(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, DecisionRecord]:
        """Decisions by identifier."""
        ...

    def add_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        """Append decisions."""
        ...

    def add_settlement(self, settlement: SettlementRecord) -> None:
        """Append a settlement."""
        ...

    def release_facts(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, ReleaseFacts]:
        """Releases by identifier."""
        ...

    def published(self, cycle: str, units: Collection[str]) -> Mapping[str, Published]:
        """What the feed last said of these units."""
        ...

    def save_published(self, cycle: str, published: Sequence[Published], now: datetime) -> None:
        """Remember what the feed says now."""
        ...

    def save_cohort_notes(
        self,
        cycle: str,
        screening: uuid.UUID,
        notes: Sequence[Mapping[str, Any]],
        expected_false: float,
        now: datetime,
    ) -> None:
        """Keep what the newest cohort screening says of the whole, and how many of its flags may be honest."""
        ...


class Steps(Protocol):
    """The steps of reviews."""

    def rules(self, council: str, cycle: str) -> ReviewRules:
        """What is declared for a cycle, else for its council, else the defaults."""
        ...

    def declare(
        self, council: str, cycle: str | None, rules: ReviewRules, reason: str, now: datetime, by: tuple[str, str]
    ) -> None:
        """Add rules; `by`: account and name."""
        ...

    def requests(self, identities: Collection[uuid.UUID], *, lock: bool = False) -> Mapping[uuid.UUID, RequestRecord]:
        """Requests by identifier."""
        ...

    def requests_made(self, cycle: str, key: ItemKey) -> int:
        """How many were ever made about an item."""
        ...

    def save_requests(self, requests: Sequence[RequestRecord]) -> None:
        """Add or replace."""
        ...

    def running_requests(self) -> Sequence[RequestRecord]:
        """Those that are neither answered nor over, of cycles that live, by cycle and unit."""
        ...

    def add_countersignature(self, countersignature: CountersignatureRecord) -> None:
        """Append."""
        ...

    def countersignatures(self, decisions: Collection[uuid.UUID]) -> Mapping[uuid.UUID, CountersignatureRecord]:
        """By decision."""
        ...

    def add_objection(self, objection: ObjectionRecord) -> bool:
        """Append; False if the unit objected to the same facts before."""
        ...

    def objection(self, identity: uuid.UUID) -> ObjectionRecord:
        """One that is kept."""
        ...

    def answer_objections(self, answers: Sequence[ObjectionAnswerRecord]) -> None:
        """Append."""
        ...

    def lapsed(self, now: datetime) -> Sequence[tuple[str, str]]:
        """(cycle, unit) of items that somebody has had in hand for too long, in cycles that live."""
        ...

    def write_trail(self, cycle: str, steps: Sequence[AuditStep], now: datetime) -> None:
        """Append steps to the cycle's trail, each behind the one before; others wait until the end of this."""
        ...


class Changes(Protocol):
    """Which releases concern what, and what came of it."""

    def touch(self, release: uuid.UUID, cycle: str, units: int, items: int, now: datetime) -> None:
        """Note how many units and items of a cycle a release concerns."""
        ...

    def unseen(self, cycle: str) -> Sequence[uuid.UUID]:
        """The releases about a cycle that no screening of its cohort has seen."""
        ...

    def see(self, cycle: str, screening: uuid.UUID) -> None:
        """Note that this screening of the cohort has seen them."""
        ...

    def rows(self, releases: Collection[uuid.UUID], units: Collection[str]) -> Sequence[ReleasedRow]:
        """The rows of releases about some units."""
        ...

    def add(self, cycle: str, screening: uuid.UUID, changes: Sequence[ItemChange], now: datetime) -> None:
        """Append changes."""
        ...
