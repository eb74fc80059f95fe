"""How a cycle is reviewed: its plan, what was drawn, what was accepted together."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.verify.claims.model import ItemKey
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
            said = sentence("A class with more differences is not drawn more thinly.")
            faults.append(Fault(said, path="medium_share"))
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
