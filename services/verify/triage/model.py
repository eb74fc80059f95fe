"""How a cycle is reviewed: its plan, what was drawn, what was accepted together."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.verify.claims.model import CycleOfMember, ItemKey, ListedCycle
from services.verify.renewal.model import ScreeningCounts
from services.verify.reviews.model.views import ShownItem
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence


class RiskClass(StrEnum):
    """How many of a unit's unflagged items are drawn, by its history of confirmed differences."""

    LIGHT = "light"
    MEDIUM = "medium"
    FULL = "full"


@dataclass(frozen=True)
class Plan:
    """The declared parameters of a cycle's review. `materiality` is in points of a unit's total; None: a thousandth."""

    items_per_day: int = 20  # that one reviewer looks through
    reviewer_days: int = 10  # of all reviewers together
    materiality: float | None = None
    set_aside: float = 0.10  # of what is accepted together, drawn into individual audit
    light_share: float = 0.20
    medium_share: float = 0.60
    full_share: float = 1.0
    medium_from: int = 2  # confirmed differences
    full_from: int = 5
    lapses_after: int = 3  # years after which a difference is forgotten

    @property
    def capacity(self) -> int:
        """Items that can be looked through."""
        return self.items_per_day * self.reviewer_days

    def limit(self, total: float) -> float:
        """The materiality limit in a framework worth `total` points."""
        return total / 1000 if self.materiality is None else self.materiality

    def risk_class(self, differences: int) -> RiskClass:
        """The class of a unit with so many confirmed differences that have not lapsed."""
        if differences >= self.full_from:
            return RiskClass.FULL
        return RiskClass.MEDIUM if differences >= self.medium_from else RiskClass.LIGHT

    def share(self, risk_class: RiskClass) -> float:
        """The share of unflagged items that is drawn in that class."""
        shares = {RiskClass.LIGHT: self.light_share, RiskClass.MEDIUM: self.medium_share}
        return shares.get(risk_class, self.full_share)

    def check(self) -> None:
        """Refuse a plan that contradicts itself."""
        faults = [
            Fault(sentence("Expected a share from 0 to 1."), path=name)
            for name in ("set_aside", "light_share", "medium_share", "full_share")
            if not 0.0 <= getattr(self, name) <= 1.0
        ]
        if not self.light_share <= self.medium_share <= self.full_share:
            message = sentence("A class with more differences is not drawn more thinly.")
            faults.append(Fault(message, path="medium_share"))
        if not 1 <= self.medium_from <= self.full_from:
            faults.append(Fault(sentence("Expected at least 1, and no more than for all items."), path="medium_from"))
        if faults:
            raise BadInput(faults, "plan_contradicts_itself")


@dataclass(frozen=True)
class Draw:
    """What was drawn of one unit, from what, and by which class; enough to draw it again."""

    cycle: str
    unit: str
    submission: int
    plan_version: int  # 0: the declared defaults
    risk_class: RiskClass
    differences: int
    share: float
    population: tuple[str, ...]
    drawn: tuple[str, ...]


@dataclass(frozen=True)
class Undrawn:
    """A unit of which nothing was drawn yet: its self-assessment, and the items about which nothing is asked."""

    unit: str
    submission: int
    population: tuple[str, ...]


@dataclass(frozen=True)
class JointAcceptance:
    """Items of a cluster that one decision accepted, and those that were set aside for individual audit."""

    id: uuid.UUID
    cycle: str
    cluster: str
    reason: str
    document_number: str
    plan_version: int
    materiality: float
    largest_loss: float
    decisions: tuple[uuid.UUID, ...]
    set_aside: tuple[ItemKey, ...]
    accepted_at: datetime
    accepted_by: str
    accepted_by_name: str


@dataclass(frozen=True)
class QueueFilter:
    """What to list. `state` is a word of either kind: where the review stands, or what counts.

    `code`: one that a check gave; `risk_class`: of the unit's draw; `below`: only what would cost its unit at most so
    many points and change no place.
    """

    cluster: str | None = None
    unit: str | None = None
    criterion: str | None = None
    state: str | None = None
    flagged: bool | None = None
    code: str | None = None
    risk_class: str | None = None
    contender: bool | None = None
    audit: bool | None = None
    below: float | None = None


class BadCursor(ValueError):
    """`after` is not what an earlier page gave."""


@dataclass(frozen=True)
class ClusterProgress:
    """How far a cluster is; `compared` units were screened with their complete cluster."""

    cluster: str
    title: Mapping[str, str]
    expected: int
    received: int
    screened: int
    compared: int
    items: int
    open: int
    decided: int
    flagged: int
    blocking: int
    inconclusive: int


@dataclass(frozen=True)
class Totals:
    """The same counts of a whole cycle."""

    expected: int
    received: int
    screened: int
    compared: int
    items: int
    open: int
    decided: int
    flagged: int
    blocking: int
    inconclusive: int


@dataclass(frozen=True)
class Line:
    """A place in the queue."""

    priority: float
    unit: str
    criterion: str


@dataclass(frozen=True)
class LinesBeside:
    """Open items before a place of the queue and from it on; `doubt`: how many flags before it may be honest."""

    above: int
    below: int
    must_be_decided_below: int
    doubt: float


@dataclass(frozen=True)
class Capacity:
    """How far the staff's time reaches in the queue: `line` is the first open item beyond it (None: all fit)."""

    capacity: int
    looked_at: int
    audits: int
    remaining: int
    above: int
    below: int
    must_be_decided_below: int
    expected_false: float | None
    line: Line | None


@dataclass(frozen=True, kw_only=True)
class CycleWithWork(ListedCycle):
    """A cycle and how its screenings stand."""

    screenings: ScreeningCounts


@dataclass(frozen=True, kw_only=True)
class CycleProgress(CycleWithWork):
    """A cycle cluster by cluster, its totals, where capacity ends, and its largest differences."""

    clusters: Sequence[ClusterProgress]
    totals: Totals
    own_unit_items: int
    capacity: Capacity
    gaps: Sequence[ShownItem]


@dataclass(frozen=True)
class PlanReason:
    """Who set a plan, when and why."""

    reason: str
    set_at: datetime | None
    set_by_name: str


@dataclass(frozen=True)
class ShownPlan:
    """A plan with its version, who set it and why; the declared defaults are version 0."""

    plan: Plan
    version: int
    reason: str
    set_at: datetime | None
    set_by_name: str


@dataclass(frozen=True)
class Precision:
    """Of items that a check asked about, or that a source has a figure of: decided one by one, and lowered."""

    name: str
    decided: int
    lowered: int


@dataclass(frozen=True)
class EstimatedPrecision(Precision):
    """The share that was lowered, with the bounds of its interval."""

    best: float | None
    low: float
    high: float


@dataclass(frozen=True)
class AuditOutcome:
    """Of the items of one class that were drawn at random: decided, and claimed too high."""

    risk_class: str
    decided: int
    found: int


@dataclass(frozen=True)
class AuditedClass:
    """The random audits of the units of one class."""

    risk_class: str
    units: int
    population: int
    drawn: int
    decided: int
    found: int


@dataclass(frozen=True)
class DecidedYear:
    """What an earlier cycle says of one unit: decisions, how often less counted than was claimed, by how much."""

    unit: str
    unit_title: Mapping[str, str]
    cycle: str
    decided: int
    differences: int
    points: float


@dataclass(frozen=True)
class Year(DecidedYear):
    """The same with the cycle's period."""

    period: str


@dataclass(frozen=True)
class Estimate:
    """An estimate between its bounds; None where nothing was looked at."""

    best: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Quality:
    """What the screening of a cycle was worth, as far as decisions tell."""

    by_code: Sequence[EstimatedPrecision]
    by_source: Sequence[EstimatedPrecision]
    classes: Sequence[AuditedClass]
    unflagged: int
    missed: Estimate | None
    history: Sequence[Year]
    history_left_out: int


@dataclass(frozen=True)
class UnitRecord:
    """A unit's history of differences in earlier cycles, oldest first; what is older than `since` has lapsed."""

    cycle: CycleOfMember
    unit: str
    unit_title: Mapping[str, str]
    since: int
    years: Sequence[Year]
