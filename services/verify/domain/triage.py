"""What is looked at first, what is drawn at random, and what may be accepted together: declared formulas only.

Review priority = suspicion × weight; weight = the points the unit's total would lose × (1 + log2(1 + ranks that would
change)), doubled where a first place would change. It grows with each of them and is 0 where no point is lost.

A random draw orders items by tickets, SHA-256 of a recorded salt and the item's name: whoever knows the salt, which
nobody chooses, draws the same items again.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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


def first_year(period: str, lapses_after: int) -> int:
    """The first year whose differences still count for a cycle of this period."""
    return int(period[:4]) - lapses_after


def ticket(salt: str, *names: str) -> str:
    """A hexadecimal number that depends on the salt and the names alone."""
    return hashlib.sha256("\n".join((salt, *names)).encode()).hexdigest()


def drawn(salt: str, cycle: str, unit: str, population: Collection[str], share: float) -> tuple[str, ...]:
    """The criteria of a unit that are audited at random: the share of them, rounded up, with the smallest tickets."""
    count = math.ceil(share * len(population) - 1e-9)
    return tuple(sorted(sorted(population, key=lambda code: ticket(salt, cycle, unit, code))[:count]))


def is_set_aside(salt: str, cycle: str, unit: str, criterion: str, share: float) -> bool:
    """Whether an item is looked at by itself although it could be accepted with others; the same however one asks."""
    return int(ticket(salt, "together", cycle, unit, criterion)[:13], 16) < share * 16**13


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

    def again(self, salt: str) -> tuple[str, ...]:
        """The same draw once more."""
        return drawn(salt, self.cycle, self.unit, self.population, self.share)


def wrong_draws(salts: Mapping[str, str], draws: Sequence[Draw]) -> list[Draw]:
    """The draws that their cycle's salt does not give."""
    return [draw for draw in draws if draw.cycle not in salts or draw.again(salts[draw.cycle]) != draw.drawn]
