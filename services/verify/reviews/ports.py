"""What actions and queries need of the reviews."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.verify.claims.model import ItemKey
from services.verify.reviews.model.item import FindingRecord, ItemChange, ReviewItem
from services.verify.reviews.model.steps import (
    CountersignatureRecord,
    ObjectionAnswerRecord,
    ObjectionRecord,
    RequestRecord,
    ReviewRules,
)
from services.verify.reviews.model.trail import AuditReport, AuditStep
from services.verify.reviews.model.views import (
    ChangeCounts,
    ItemWithClaim,
    KeptScore,
    Peer,
    ReleaseChange,
    ShownChange,
    ShownFinding,
    ShownItem,
    ShownObjection,
    TrailRow,
    WaitingStep,
)
from shared.people import Actor


class Reviews(Protocol):
    """Review items and what was found about them."""

    def items(self, cycle: str, units: Collection[str]) -> Mapping[ItemKey, ReviewItem]:
        """The items of these units."""

    def save_items(self, items: Sequence[ReviewItem], now: datetime) -> None:
        """Add or replace items."""

    def drop_items(self, cycle: str, keys: Collection[ItemKey]) -> None:
        """Remove items whose claim is gone."""

    def drop_others(self, cycle: str, units: Collection[str]) -> None:
        """Remove the items of all units but these."""

    def kept_findings(self, cycle: str, units: Collection[str]) -> Mapping[str, uuid.UUID]:
        """The findings that items and units refer to now: hash of the content → identifier."""

    def add_findings(self, cycle: str, screening: uuid.UUID, findings: Sequence[FindingRecord], now: datetime) -> None:
        """Append findings."""

    def shown(self, actor: Actor, cycle: str, council: str, unit: str, criterion: str) -> ItemWithClaim | None:
        """An item with its unit, cluster and self-assessment; None if there is none this person may look at."""

    def next_open(self, actor: Actor, cycle: str, council: str) -> ShownItem | None:
        """The open item of the highest priority that somebody may look at."""

    def findings(self, cycle: str, unit: str, findings: Collection[uuid.UUID]) -> Sequence[ShownFinding]:
        """An item's findings, then those on its unit as a whole."""

    def peers(self, cycle: str, cluster: str, criterion: str) -> Sequence[Peer]:
        """The same criterion at every member of the cluster, by unit: self-score, independent points, difference."""

    def to_settle(self, actor: Actor, cycle: str, council: str, cluster: str) -> Sequence[ShownItem]:
        """What one settlement of the cluster covers (see `ReviewItem.settleable`), by unit and criterion."""


class Steps(Protocol):
    """The steps of reviews: rules, requests for explanations, second signatures, objections."""

    def rules(self, council: str, cycle: str) -> ReviewRules:
        """What is declared for a cycle, else for its council, else the defaults."""

    def declare(
        self, council: str, cycle: str | None, rules: ReviewRules, reason: str, now: datetime, by: tuple[str, str]
    ) -> None:
        """Add rules."""

    def requests(self, identities: Collection[uuid.UUID], *, lock: bool = False) -> Mapping[uuid.UUID, RequestRecord]:
        """Requests by identifier."""

    def requests_made(self, cycle: str, key: ItemKey) -> int:
        """How many were ever made about an item."""

    def save_requests(self, requests: Sequence[RequestRecord]) -> None:
        """Add or replace."""

    def running_requests(self) -> Sequence[RequestRecord]:
        """Those that are neither answered nor over, of cycles that live, by cycle and unit."""

    def add_countersignature(self, countersignature: CountersignatureRecord) -> None:
        """Append."""

    def countersignatures(self, decisions: Collection[uuid.UUID]) -> Mapping[uuid.UUID, CountersignatureRecord]:
        """By decision."""

    def add_objection(self, objection: ObjectionRecord) -> bool:
        """Append; False if the unit objected to the same facts before."""

    def objection(self, identity: uuid.UUID) -> ObjectionRecord:
        """One that is kept."""

    def answer_objections(self, answers: Sequence[ObjectionAnswerRecord]) -> None:
        """Append."""

    def lapsed(self, now: datetime) -> Sequence[tuple[str, str]]:
        """(cycle, unit) of items that somebody has held for too long, in cycles that live."""

    def requests_about(self, cycle: str, unit: str, criterion: str) -> Sequence[RequestRecord]:
        """All questions ever asked about an item, newest first."""

    def objections_about(self, cycle: str, unit: str, criterion: str) -> Sequence[ShownObjection]:
        """The unit's objections to an item with their answers, newest first."""

    def waiting(self, actor: Actor, cycle: str, council: str) -> Sequence[WaitingStep]:
        """How many items wait in each state between open and final, as far as the actor may look at them."""

    def scores(self, cycle: str, unit: str) -> Sequence[KeptScore]:
        """What is final, or disputed, of a unit's items, in the framework's order; never what is only being asked."""


class Trail(Protocol):
    """The audit trail of every step."""

    def write(self, cycle: str, steps: Sequence[AuditStep], now: datetime) -> None:
        """Add steps at the end of a cycle's trail; the first row seals what was decided before there was a trail."""

    def check(self, cycle: str) -> AuditReport:
        """Recompute a cycle's trail."""

    def cycles(self) -> list[str]:
        """The cycles that have a trail, or records that must have one."""

    def kept_rows(self, cycle: str) -> dict[tuple[str, str], str]:
        """SHA-256 of every record of a cycle that the trail seals, as it stands now."""

    def about(self, cycle: str, unit: str, criterion: str) -> Sequence[TrailRow]:
        """What was done about one item, oldest first."""

    def newest(self, cycle: str, before: int | None, limit: int) -> Sequence[TrailRow]:
        """The last rows of a trail (before a number), newest first."""


class Changes(Protocol):
    """What screenings changed on items."""

    def add(self, cycle: str, screening: uuid.UUID, changes: Sequence[ItemChange], now: datetime) -> None:
        """Append changes."""

    def counts(self, actor: Actor, council: str, release: uuid.UUID) -> ChangeCounts:
        """How many items a release changed, of those that the actor may look at, each counted once.

        `concerned`: its figures are about them; `verified`: they were provisional and are confirmed now; `reopened`: a
        decision is no longer in force.
        """

    def of_release(
        self, actor: Actor, council: str, release: uuid.UUID, after: int, limit: int
    ) -> tuple[Sequence[ReleaseChange], int | None]:
        """The changes in the order in which they came, and where the next page begins (None at the end)."""

    def of_item(self, cycle: str, unit: str, criterion: str) -> Sequence[ShownChange]:
        """The newest changes of an item, the newest first, each with the releases that were new to it."""
