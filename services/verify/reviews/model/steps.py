"""What people do about review items, and what is declared about it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.verify.claims.model import ItemKey
from services.verify.results.model import Decided, Verdict
from services.verify.reviews.model.states import ItemState


@dataclass(frozen=True)
class Subject:
    """What a decision is about. `figure`: the `same` source's figure for this period; `outside`: beyond its tolerance.

    `maximum`: the most points the item can earn; `scored`: whether a rule gives points for a value; `waited_for`: the
    freeze waits for it. `leading`: the units that head the cluster; `members`: all its units. `holder`: the account
    (and name) that holds the item now; `decided_by`: who took the newest decision.
    `counting`: what counts while an objection is open, and `parties`: the accounts that brought that about.
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
    members: Collection[str] = ()
    holder: tuple[str, str] | None = None
    decided_by: str = ""
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
