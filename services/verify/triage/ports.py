"""What actions and queries need of what is looked at first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.verify.claims.model import ItemKey
from services.verify.reviews.model.views import ShownItem
from services.verify.triage.model import (
    AuditOutcome,
    ClusterProgress,
    DecidedYear,
    Draw,
    JointAcceptance,
    Line,
    LinesBeside,
    Plan,
    PlanReason,
    Precision,
    QueueFilter,
    Undrawn,
)
from shared.people import Actor


class Queue(Protocol):
    """The review queue."""

    def page(
        self, actor: Actor, cycle: str, council: str, wanted: QueueFilter, after: str | None, limit: int
    ) -> tuple[Sequence[ShownItem], str | None]:
        """Items by review priority, and the cursor of the next page (None at the end). Raises BadCursor."""

    def largest_gaps(self, actor: Actor, cycle: str, council: str, count: int) -> Sequence[ShownItem]:
        """The items with the largest differences between self-score and independent points: reasons to ask."""


class Triage(Protocol):
    """Review plans, draws and joint acceptances, and what decisions tell of the screening."""

    def plan(self, cycle: str) -> tuple[int, Plan]:
        """The newest plan and its version; the declared defaults are version 0."""

    def save_plan(self, cycle: str, plan: Plan, reason: str, now: datetime, account: str, name: str) -> int:
        """Keep a plan as the newest one; its version."""

    def salt(self, cycle: str) -> str | None:
        """The cycle's salt, if it was drawn."""

    def keep_salt(self, cycle: str, salt: str, now: datetime) -> None:
        """Keep the cycle's one salt for good."""

    def due(self) -> Sequence[str]:
        """Living cycles with a declared plan whose intake is closed and of some unit of which nothing was drawn yet."""

    def undrawn(self, cycle: str) -> Sequence[Undrawn]:
        """The units that were compared with their cluster and of which nothing was drawn yet, by code."""

    def differences(self, cycles: Collection[str]) -> Sequence[tuple[str, str, int]]:
        """(Unit, cycle, number): how many differences were confirmed in these cycles."""

    def draws(self, cycles: Collection[str] | None = None) -> Sequence[Draw]:
        """What was drawn (in these cycles), by cycle and unit."""

    def salts(self) -> Mapping[str, str]:
        """Cycle → its salt."""

    def add_draws(self, draws: Sequence[Draw], now: datetime) -> None:
        """Append what was drawn."""

    def audit(self, cycle: str, keys: Collection[ItemKey], now: datetime) -> None:
        """Mark items as drawn at random; closed ones are opened."""

    def add_acceptance(self, acceptance: JointAcceptance) -> None:
        """Append a joint acceptance."""

    def progress(self, actor: Actor, cycle: str, council: str) -> Sequence[ClusterProgress]:
        """Per cluster: members, received, screened, items, and what is still open; clusters in the cycle's order."""

    def hidden_items(self, actor: Actor, cycle: str, council: str) -> int:
        """How many items are kept from somebody because they are of their own unit."""

    def looked_at(self, cycle: str) -> int:
        """How many decisions were taken one by one."""

    def open_audits(self, actor: Actor, cycle: str, council: str) -> tuple[int, float]:
        """How many open items were drawn at random; how many flags by comparison, of all items, may be honest."""

    def line(self, actor: Actor, cycle: str, council: str, place: int) -> Line | None:
        """The open item at a place of the queue, counted from 0; what was drawn at random is not counted."""

    def beside(self, actor: Actor, cycle: str, council: str, line: Line | None) -> LinesBeside:
        """How many open items stand before a place of the queue, and from it on."""

    def plan_reason(self, cycle: str, version: int) -> PlanReason:
        """Who set a version of the plan, and why; the declared defaults were set by nobody."""

    def precision(self, cycle: str, *, by_source: bool) -> Sequence[Precision]:
        """Of items asked about and decided one by one: how many were lowered, by check or by source."""

    def audit_outcomes(self, cycle: str) -> Mapping[str, AuditOutcome]:
        """By class: of the items drawn at random, how many were decided, and how many of these confirm a difference."""

    def decided_years(self, cycle: str, cycles: Collection[str], units: Sequence[str]) -> Sequence[DecidedYear]:
        """Per unit and cycle of these what was decided, how often less counted than was claimed, and by how much."""

    def units_seen(self, actor: Actor, cycle: str, council: str) -> Sequence[str]:
        """The units of which somebody may look at items, by code."""
