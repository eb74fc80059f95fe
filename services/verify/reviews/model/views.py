"""Review items and what surrounds them, as people and machines look at them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.verify.claims.model import ClaimVersion, Evidence, ShownChallenge
from services.verify.results.model import DecisionRecord
from services.verify.reviews.model.item import ReviewItem
from services.verify.reviews.model.steps import CountersignatureRecord, ObjectionRecord, RequestRecord
from services.verify.sources.model import SourcedFigure, Touch
from shared.contracts.sentences import Sentence
from shared.criteria.model import SourceReference


@dataclass(frozen=True, kw_only=True)
class ShownItem(ReviewItem):
    """An item with its unit's title; `synthetic`: its cycle's claims are made up."""

    unit_title: Mapping[str, str]
    synthetic: bool
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ItemWithClaim(ShownItem):
    """An item with what its unit's self-assessment says of it."""

    cluster_title: Mapping[str, str]
    submission_number: int
    submission_sha256: str
    submitted_at: datetime
    late: bool
    calculation: str
    note: str
    unit_explanation: str
    counting_target: float | None
    revised_target: float | None
    revised_by: str | None
    revision_recognised: bool | None


@dataclass(frozen=True)
class ShownFinding:
    """What a check says (`said` is JSON); without `criterion` it is about the unit as a whole."""

    id: uuid.UUID
    criterion: str
    code: str
    severity: str
    inconclusive: bool
    numbers: Mapping[str, float]
    said: Mapping[str, Any]
    found_at: datetime


@dataclass(frozen=True)
class Peer:
    """The same criterion at a member of the cluster."""

    unit: str
    claimed_value: float | None
    self_points: float | None
    independent_points: float | None
    gap: float | None
    cohort: bool
    unit_title: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ShownDecision(DecisionRecord):
    """A decision, whether it is in force, and what the second person said of it."""

    in_force: bool
    countersignature: CountersignatureRecord | None


@dataclass(frozen=True, kw_only=True)
class ShownObjection(ObjectionRecord):
    """An objection with its answer, while there is one."""

    stands: bool | None
    answered_at: datetime | None
    answer: str | None
    answered_as: str | None


@dataclass(frozen=True)
class TrailRow:
    """A row of the trail; `sha256` is that of its content, which holds the hash of the row before."""

    number: int
    sha256: str
    previous_sha256: str
    at: str
    actor: str
    actor_name: str
    action: str
    unit: str
    criterion: str
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class NewRelease:
    """A release that was new to a screening."""

    release: uuid.UUID
    source: str
    title: Mapping[str, str]
    file_name: str
    published_on: date


@dataclass(frozen=True)
class ShownChange:
    """What a screening changed on an item: `before` and `after` are JSON (see `rules.changes.shown`)."""

    concerned: bool
    reopened: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed_at: datetime
    releases: Sequence[NewRelease]


@dataclass(frozen=True)
class ReleaseChange:
    """What a release changed on an item."""

    id: int
    cycle: str
    unit: str
    criterion: str
    concerned: bool
    reopened: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed_at: datetime
    unit_title: Mapping[str, str]


@dataclass(frozen=True)
class ChangeCounts:
    """How many items a release changed; `verified`: they were provisional; `reopened`: a decision fell away."""

    changed: int
    concerned: int
    verified: int
    reopened: int


@dataclass(frozen=True)
class ReleaseEffect:
    """What a release concerns and what it changed; `next`: where the next page begins."""

    touched: Sequence[Touch]
    counts: ChangeCounts
    changes: Sequence[ReleaseChange]
    next: int | None


@dataclass(frozen=True)
class WaitingStep:
    """How many items wait in a state."""

    review: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ItemDetail(ItemWithClaim):
    """Everything about an item. `may`: the steps that somebody may take now."""

    criterion_title: Mapping[str, str]
    measure: str
    scored: bool
    maximum: float
    references: Sequence[SourceReference]
    evidence: Sequence[Evidence]
    challenges: Sequence[ShownChallenge]
    findings: Sequence[ShownFinding]  # type: ignore[assignment]  # themselves, not their identifiers
    figures: Sequence[SourcedFigure]
    peers: Sequence[Peer]
    decisions: Sequence[ShownDecision]
    changes: Sequence[ShownChange]
    may_decide: bool
    may: Sequence[str]
    requests: Sequence[RequestRecord]
    objections: Sequence[ShownObjection]
    versions: Sequence[ClaimVersion]
    trail: Sequence[TrailRow]


@dataclass(frozen=True)
class KeptScore:
    """What counts for an item of a unit, the decision it rests on, and the unit's objection to it."""

    criterion: str
    claimed_value: float | None
    self_points: float | None
    value: float | None
    points: float | None
    basis: str
    state: str
    review: str
    observation: Mapping[str, Any] | None
    concluded_at: datetime | None
    version: int
    left_out: bool
    target: float | None
    verdict: str | None
    reason: str | None
    document_number: str | None
    decided_at: datetime | None
    decided_as: str | None
    signed_as: str | None
    objection: uuid.UUID | None
    objection_reason: str | None
    objection_document: str | None
    objected_at: datetime | None
    objection_stands: bool | None
    answered_at: datetime | None


@dataclass(frozen=True)
class ScoreObjection:
    """The unit's objection to a score, and how it was answered."""

    reason: str
    document_number: str
    objected_at: datetime
    stands: bool | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Score:
    """A verified score as its unit sees it: what counts, why, and who decided by role."""

    criterion: str
    criterion_title: Mapping[str, str]
    claimed_value: float | None
    self_points: float | None
    target: float | None
    value: float | None
    points: float | None
    maximum: float
    state: str
    basis: str
    review: str
    left_out: bool
    figure: Mapping[str, Any] | None
    verdict: str | None
    reason: str | None
    document_number: str | None
    decided_at: datetime | None
    decided_as: str | None
    signed_as: str | None
    concluded_at: datetime | None
    objections_until: datetime | None
    may_object: bool
    objection: ScoreObjection | None
    version: int


@dataclass(frozen=True)
class UnitScores:
    """What is final of a unit's items. `found`: the cycle and the unit in it."""

    found: Any
    cycle: str
    unit: str
    unit_title: Mapping[str, str]
    scores: Sequence[Score]


@dataclass(frozen=True)
class ShownFault:
    """The first row of a trail that does not hold, and why; `number` None: a record that stands in no row."""

    number: int | None
    sentence: Sentence
    said: Mapping[str, str]


@dataclass(frozen=True)
class ShownTrail:
    """A cycle's trail as it was recomputed, and its last rows, newest first."""

    cycle: str
    rows: int
    head_sha256: str
    fault: ShownFault | None
    steps: Sequence[TrailRow]
    next: int | None
