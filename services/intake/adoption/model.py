"""Proposals of criteria, positions on them and confirmations: what they are."""

from dataclasses import dataclass
from datetime import datetime

COMMENT, APPROVE, DISSENT = "comment", "approve", "dissent"
KINDS = (COMMENT, APPROVE, DISSENT)
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Position:
    """What a member says of a proposal. Its newest approval or dissent counts; comments are as many as it likes."""

    unit: str
    kind: str
    text: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Confirmation:
    """The Board's act, by a document."""

    document_number: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Proposal:
    """A framework with its overlays, proposed for a cycle that is being prepared."""

    cycle: str
    number: int
    framework_sha256: str
    reason: str
    account: str
    name: str
    at: datetime
    positions: tuple[Position, ...] = ()
    confirmation: Confirmation | None = None


@dataclass(frozen=True)
class Stand:
    """Where a member stands. `counted` is false for the approval of a cluster's own head."""

    unit: str
    cluster: str
    is_head: bool
    position: Position | None

    @property
    def counted(self) -> bool:
        return self.position is not None and not (self.is_head and self.position.kind == APPROVE)


@dataclass(frozen=True)
class Tally:
    """How the members stand: approvals that count, dissents, and those who have not said."""

    stands: tuple[Stand, ...]

    @property
    def approvals(self) -> int:
        return sum(one.counted and one.position is not None and one.position.kind == APPROVE for one in self.stands)

    @property
    def dissents(self) -> int:
        return sum(one.position is not None and one.position.kind == DISSENT for one in self.stands)

    @property
    def silent(self) -> int:
        return sum(one.position is None for one in self.stands)

    def document(self) -> dict[str, int]:
        """The numbers, for history and the API."""
        return {"approvals": self.approvals, "dissents": self.dissents, "silent": self.silent}
