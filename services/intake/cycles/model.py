"""A cycle: one council, one period, one framework, the clusters as they stood on the day it opened."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.intake.directory.model import Succession
from services.intake.vietnamese import search_key
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.model import Title

DRAFT = "draft"
OPEN = "open"
INTAKE_CLOSED = "intake_closed"
ARCHIVED = "archived"
STATES = (DRAFT, OPEN, INTAKE_CLOSED, ARCHIVED)
NEXT = {DRAFT: OPEN, OPEN: INTAKE_CLOSED, INTAKE_CLOSED: ARCHIVED}
PERIODS = {
    "year": re.compile(r"\d{4}\Z", re.ASCII),
    "half": re.compile(r"\d{4}-H[12]\Z", re.ASCII),
    "quarter": re.compile(r"\d{4}-Q[1-4]\Z", re.ASCII),
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII),
}


@dataclass(frozen=True)
class Member:
    """A unit as the cycle froze it."""

    unit: str
    title: Title
    cluster: str
    predecessors: tuple[Succession, ...] = ()  # whom it followed upon, as registered on the day the cycle opened

    @property
    def search_key(self) -> str:
        """What a search without diacritics looks through: code and both names."""
        return search_key(f"{self.unit} {self.title.vi} {self.title.en}")


@dataclass(frozen=True)
class Quota:
    """How many Government Emulation Flags a cluster may propose in a cycle: a ceiling, with its legal source."""

    cluster: str
    flags: int
    legal_source: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class CycleCluster:
    """A cluster as the cycle froze it."""

    code: str
    title: Title
    method: str
    head: str | None
    deputies: tuple[str, ...]
    members: tuple[Member, ...]
    quota: Quota | None = None


@dataclass(frozen=True)
class Extension:
    """More time for the whole cycle (`unit` None) or for one unit, with its reason. Aware UTC."""

    unit: str | None
    deadline_at: datetime
    closes_at: datetime
    reason: str
    document: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Cycle:
    """A cycle. `deadline_at`: after it a submission is late; `closes_at`: after it none is taken. Aware UTC.

    Both are as extended for the whole cycle; a unit's own extensions count in `deadline_of` and `takes`.
    """

    code: str
    council: str
    title: Title
    period: str
    period_kind: str
    deadline_at: datetime
    closes_at: datetime
    synthetic: bool
    notice: Title | None
    framework_sha256: str
    state: str = DRAFT
    version: int = 1
    extensions: tuple[Extension, ...] = ()
    planned: tuple[datetime, datetime] | None = None  # deadline and close before any extension; None: as they stand

    def extended(self, extensions: Sequence[Extension]) -> "Cycle":
        """The cycle with these extensions; an earlier date never shortens a later one."""
        whole = [one for one in extensions if one.unit is None]
        return replace(
            self,
            deadline_at=max([self.deadline_at, *(one.deadline_at for one in whole)]),
            closes_at=max([self.closes_at, *(one.closes_at for one in whole)]),
            extensions=(*self.extensions, *extensions),
            planned=self.planned or ((self.deadline_at, self.closes_at) if whole else None),
        )

    def deadline_of(self, unit: str) -> datetime:
        """When the unit's self-assessment is due."""
        return max([self.deadline_at, *(one.deadline_at for one in self._own(unit))])

    def takes(self, unit: str, moment: datetime) -> bool:
        """Whether the unit may fill in and send now: while the cycle is open, or within the unit's own extension."""
        extended = any(one.at <= moment < one.closes_at for one in self._own(unit))
        return self.state == OPEN or (self.state == INTAKE_CLOSED and extended)

    def _own(self, unit: str) -> list[Extension]:
        return [one for one in self.extensions if one.unit == unit]

    def is_late(self, unit: str, moment: datetime) -> bool:
        """Whether something that the unit sends at that moment comes after its deadline."""
        return moment >= self.deadline_of(unit)

    def is_due(self, moment: datetime) -> bool:
        """Whether intake should be closed by now."""
        return self.state == OPEN and moment >= self.closes_at

    def moved(self, state: str) -> "Cycle":
        """The cycle in its next state; raises a Refusal (CONFLICT) for any other."""
        if NEXT.get(self.state) != state:
            raise Refusal(
                "cycle_state",
                Kind.CONFLICT,
                sentence("The cycle is %(state)s; this cannot be done now.", state=STATE_NAMES[self.state]),
            )
        return replace(self, state=state, version=self.version + 1)


STATE_NAMES = {
    DRAFT: sentence("being prepared"),
    OPEN: sentence("open for self-assessment"),
    INTAKE_CLOSED: sentence("closed for submissions"),
    ARCHIVED: sentence("archived"),
}
PERIOD_EXAMPLES = {"year": "2025", "half": "2025-H1", "quarter": "2025-Q1", "month": "2025-03"}
SUM, MEAN, LAST = "sum", "mean", "last"
RULES = (SUM, MEAN, LAST)
MOST_PARTS = 12
RULE_NAMES: Mapping[str, Sentence] = {
    SUM: sentence("their sum"),
    MEAN: sentence("their mean"),
    LAST: sentence("the last one"),
}


# How many months each kind of period has; a longer one rolls shorter ones up.
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class RollUp:
    """The shorter cycles in the order of their periods, and the rule: of all criteria, or of single ones."""

    parts: tuple[str, ...]
    rule: str
    rules: Mapping[str, str] = field(default_factory=dict)

    def rule_of(self, criterion: str) -> str:
        """How the values of one criterion are joined."""
        return self.rules.get(criterion, self.rule)

    def document(self) -> dict[str, Any]:
        return {"parts": list(self.parts), "rule": self.rule, "rules": dict(self.rules)}


@dataclass(frozen=True)
class Rolled:
    """What the shorter cycles come to for one criterion. `value` None: a part is missing."""

    criterion: str
    rule: str
    value: float | None
    parts: tuple[tuple[str, float | None], ...]  # cycle, value
    is_verified: bool  # every part's value was verified

    def differs(self, value: float | None) -> bool:
        """Whether a value is another one, beyond what floats cannot say."""
        if value is None or self.value is None:
            return False
        return not math.isclose(value, self.value, rel_tol=1e-9, abs_tol=1e-9)


MOST_DAYS = 366
PERIOD_NAMES: Mapping[str, str] = {
    "year": N_("a year"),
    "half": N_("half a year"),
    "quarter": N_("a quarter"),
    "month": N_("a month"),
}
