"""Review items and what people do about them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.verify.claims.model import ItemKey
from services.verify.results.model import Decided, Verdict
from services.verify.reviews.rules.states import TRANSITIONS, ItemState, Step
from shared.contracts.sentences import Sentence


@dataclass(frozen=True)
class Subject:
    """What a decision is about. `figure`: the `same` source's figure for this period; `outside`: beyond its tolerance.

    `maximum`: the most points the item can earn; `scored`: whether a rule gives points for a value; `waited_for`: the
    freeze waits for it. `leading`: the units that head the cluster; `company`: all its units. `holder`: the account
    (and name) that has the item in hand now. `counting`: what counts while an objection is open, and `parties`: the
    accounts that brought that about.
    """

    council: str
    unit: str
    cluster: str
    criterion: str
    state: ItemState
    claimed_value: float | None
    self_points: float | None
    figure: float | None
    outside: bool
    maximum: float
    scored: bool = True
    waited_for: bool = False
    leading: Collection[str] = ()
    company: Collection[str] = ()
    holder: tuple[str, str] | None = None
    counting: Decided | None = None
    parties: Collection[str] = ()


@dataclass(frozen=True)
class Proposal:
    """What a reviewer wants to decide. `value` (or `points`, where nothing is scored) only with `adjust`.

    `stands`: in answer to an objection, what counts goes on counting; the verdict is then the one in force.
    """

    verdict: Verdict
    reason: str
    document_number: str = ""
    value: float | None = None
    points: float | None = None
    stands: bool = False


@dataclass(frozen=True)
class ReviewRules:
    """`countersign_share`: of the item's maximum; a decision that moves as much needs a second person, and so does
    one that changes who comes first (`countersign_first`). The others count days."""

    countersign_share: float = 0.1
    countersign_first: bool = True
    claim_days: int = 3
    explanation_days: int = 7
    reminder_days: int = 2
    objection_days: int = 7


@dataclass(frozen=True)
class AuditStep:
    """What somebody did. `sealed`: rows of other tables that belong to it, as (table, identifier, SHA-256)."""

    actor: str
    actor_name: str
    action: str
    unit: str
    criterion: str
    reason: str
    data: Mapping[str, Any]
    sealed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class AuditRow:
    """A step in its place. `content` is the RFC 8785 text of all of it, `sha256` that text's hash."""

    cycle: str
    number: int
    unit: str
    criterion: str
    content: str
    previous_sha256: str
    sha256: str


@dataclass(frozen=True)
class AuditFault:
    """The first thing that is wrong with a trail. `number`: of the row; None where a record stands in no row."""

    cycle: str
    number: int | None
    said: Sentence


@dataclass(frozen=True)
class AuditReport:
    """A trail as it was recomputed: how many rows hold, the hash of the last one, and the first fault."""

    cycle: str
    rows: int
    head_sha256: str
    fault: AuditFault | None


SETTLEABLE = tuple(state for state in ItemState if (state, Step.SETTLE) in TRANSITIONS)


@dataclass(frozen=True)
class ReviewItem:
    """One screened claim: the question it raises, what counts for it now, and the decision in force.

    `explanation` and `observation` are JSON; `asked` are the codes of findings that somebody should answer.
    `held_…`: who has it in hand. `concluded_at`: when what counts became final. `request`: the newest question to the
    unit; `objection`: the unit's, while it is open. What is not compared (priority, what hangs on the claim) moves with
    other items and makes no new version of this one.
    """

    cycle: str
    unit: str
    criterion: str
    cluster: str
    place: int
    submission: int
    cohort: bool
    claimed_value: float | None
    self_points: float | None
    target: float | None
    independent_points: float | None
    gap: float | None
    points_at_stake: float | None
    suspicion: float
    flagged: bool
    priority: float = field(compare=False)
    findings: tuple[uuid.UUID, ...]
    codes: tuple[str, ...]
    asked: tuple[str, ...]
    inconclusive: bool
    explanation: Sequence[Mapping[str, Any]]
    facts_sha256: str
    observation: Mapping[str, Any] | None
    review: str
    decision: uuid.UUID | None
    state: str
    basis: str
    blocks_freeze: bool
    left_out: bool
    value: float | None
    points: float | None
    version: int = 1
    held_by: str = ""
    held_by_name: str = ""
    held_until: datetime | None = None
    concluded_at: datetime | None = None
    request: uuid.UUID | None = None
    objection: uuid.UUID | None = None
    audit: bool = False  # drawn at random
    contender: bool = field(default=False, compare=False)  # its unit could still come first
    counted_points: float | None = field(default=None, compare=False)  # by the decision in force
    stake_basis: str = field(default="none", compare=False)  # from here on the fields of `domain.triage.Stake`
    awaited: bool = field(default=False, compare=False)
    falls_to: float | None = field(default=None, compare=False)
    points_lost: float | None = field(default=None, compare=False)
    rank_before: int | None = field(default=None, compare=False)
    rank_after: int | None = field(default=None, compare=False)
    ranks_changed: int | None = field(default=None, compare=False)
    others_moved: float | None = field(default=None, compare=False)
    first_changes: bool = field(default=False, compare=False)

    @property
    def key(self) -> ItemKey:
        """Unit and criterion."""
        return self.unit, self.criterion

    @property
    def settleable(self) -> bool:
        """Whether the freeze waits for it and a `same` source has the figure at which it can be settled."""
        has_figure = self.basis == "source" or self.state == "contested"
        return self.review in SETTLEABLE and self.blocks_freeze and has_figure

    def held(self, account: str, name: str, until: datetime) -> "ReviewItem":
        """The item in somebody's hand."""
        return self.changed(held_by=account, held_by_name=name, held_until=until)

    def let_go(self) -> "ReviewItem":
        """The item in nobody's hand."""
        return self.changed(held_by="", held_by_name="", held_until=None) if self.held_by else self

    def changed(self, **fields: Any) -> "ReviewItem":
        """The item with other values in these fields: what `dataclasses.replace` does, fast enough for millions."""
        if not fields.keys() <= self.__dict__.keys():
            raise TypeError(f"no such field: {sorted(fields.keys() - self.__dict__.keys())}")
        other = object.__new__(ReviewItem)
        other.__dict__.update(self.__dict__, **fields)
        return other


@dataclass(frozen=True)
class FindingRecord:
    """A finding as it is kept; `criterion` is empty for one on the unit as a whole."""

    id: uuid.UUID
    unit: str
    criterion: str
    place: int
    code: str
    severity: str
    inconclusive: bool
    numbers: Mapping[str, float]
    said: Mapping[str, Any]
    content_sha256: str


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


@dataclass(frozen=True)
class ItemChange:
    """What a screening changed on one item. `releases`: those that were new to it; empty if something else changed.

    `concerned`: their figures are about this very item. `reopened`: a decision is no longer in force. `before` and
    `after` are JSON (see `usecases.changes.shown`).
    """

    unit: str
    criterion: str
    releases: tuple[uuid.UUID, ...]
    concerned: bool
    reopened: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class ItemName:
    """Which item."""

    cycle: str
    unit: str
    criterion: str
