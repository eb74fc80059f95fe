"""Review items and what people do about them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.verify.claims.model import ItemKey
from services.verify.reviews.model.states import SETTLEABLE


@dataclass(frozen=True)
class ReviewItem:
    """One screened claim: the question it raises, what counts for it now, and the decision in force.

    `explanation` and `observation` are JSON; `asked` are the codes of findings that somebody should answer.
    `held_…`: who holds it, and until when. `concluded_at`: when what counts became final. `request`: the newest
    question to the unit; `objection`: the unit's, while it is open. What is not compared (priority, what hangs on the
    claim) moves with other items and makes no new version of this one.
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
    stake_basis: str = field(default="none", compare=False)  # from here on the fields of `screening.model.Impact`
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

    def holder(self, now: datetime) -> tuple[str, str] | None:
        """Account and name of who holds it now."""
        held = self.held_by and self.held_until is not None and self.held_until > now
        return (self.held_by, self.held_by_name) if held else None

    def held(self, account: str, name: str, until: datetime) -> "ReviewItem":
        """The item held by somebody."""
        return self.changed(held_by=account, held_by_name=name, held_until=until)

    def let_go(self) -> "ReviewItem":
        """The item held by nobody."""
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
class ItemChange:
    """What a screening changed on one item. `releases`: those that were new to it; empty if something else changed.

    `concerned`: their figures are about this very item. `reopened`: a decision is no longer in force. `before` and
    `after` are JSON (see `rules.changes.shown`).
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
