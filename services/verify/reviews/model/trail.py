"""The audit trail: what somebody did, as a row behind the row before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.sentences import Sentence


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


BEGINNING = "0" * 64  # what the first row names as the hash before it
