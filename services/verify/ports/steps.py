"""Where the steps of reviews are kept: rules, requests for explanations, second signatures, objections, trail."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.verify.claims.model import ItemKey
from services.verify.domain.audit import AuditStep
from services.verify.domain.review_rules import ReviewRules


@dataclass(frozen=True)
class RequestRecord:
    """A question to the unit about one item. `version` grows with every change of its state."""

    id: uuid.UUID
    cycle: str
    unit: str
    criterion: str
    number: int
    submission_number: int
    reason: str
    assignee_role: str
    office: str
    due_at: datetime
    requested_at: datetime
    requested_by: str
    requested_by_name: str
    requested_as: str
    version: int = 1
    state: str = "requested"
    reminders: int = 0
    ended_at: datetime | None = None
    ended_reason: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    answered_number: int | None = None

    @property
    def key(self) -> ItemKey:
        """Unit and criterion."""
        return self.unit, self.criterion


@dataclass(frozen=True)
class CountersignatureRecord:
    """What the second person said about a decision; `signed` False sends it back."""

    id: uuid.UUID
    decision: uuid.UUID
    signed: bool
    reason: str
    signed_at: datetime
    signed_by: str
    signed_by_name: str
    signed_as: str


@dataclass(frozen=True)
class ObjectionRecord:
    """A unit's objection to what counts; `decision`: the one it is against, None where a figure counted without."""

    id: uuid.UUID
    cycle: str
    unit: str
    criterion: str
    reason: str
    document_number: str
    decision: uuid.UUID | None
    facts_sha256: str
    objected_at: datetime
    objected_by: str
    objected_by_name: str


@dataclass(frozen=True)
class ObjectionAnswerRecord:
    """The decision that answers an objection, and whether what counted goes on counting."""

    id: uuid.UUID
    objection: uuid.UUID
    decision: uuid.UUID
    stands: bool
    answered_at: datetime


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
