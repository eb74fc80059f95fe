"""What was sent, and the steps that the staff take with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from services.intake.cycles.model import Member
from shared.contracts.sentences import Sentence, sentence

PUBLIC = "public"
SUBMITTED = "submitted"
RECEIVED = "received"
ACCEPTED = "accepted"
RETURNED = "returned"
STEPS = (RECEIVED, ACCEPTED, RETURNED)
LONGEST_REASON = 2000


# What may follow what; accepted and returned end the story of a version.
FOLLOWING = {SUBMITTED: STEPS, RECEIVED: (ACCEPTED, RETURNED), ACCEPTED: (), RETURNED: ()}


@dataclass(frozen=True)
class Reception:
    """One step: who, when, and why."""

    cycle: str
    unit: str
    number: int
    state: str
    reason: str
    account: str
    name: str
    at: datetime


STATE_NAMES: dict[str, Sentence] = {
    SUBMITTED: sentence("sent"),
    RECEIVED: sentence("received"),
    ACCEPTED: sentence("accepted"),
    RETURNED: sentence("returned"),
}


def content_sha256(content: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of the RFC 8785 form."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()


@dataclass(frozen=True)
class Submission:
    """One version of one unit's self-assessment. `content` is what `content_sha256` is the hash of."""

    cycle: str
    unit: str
    cluster: str
    number: int
    content: Mapping[str, Any]
    content_sha256: str
    submitted_at: datetime
    late: bool
    account: str
    name: str
    draft_version: int

    @property
    def framework_sha256(self) -> str:
        return str(self.content["framework_sha256"])

    @property
    def synthetic(self) -> bool:
        """Whether its cycle only shows or tries: what is claimed is made up."""
        return bool(self.content.get("synthetic", False))

    def event(self) -> dict[str, Any]:
        """The data of `submission_sent` (shared.contracts.intake_v1.SubmissionSent)."""
        return {
            "cycle": self.cycle,
            "unit": self.unit,
            "cluster": self.cluster,
            "number": self.number,
            "content_sha256": self.content_sha256,
            "framework_sha256": self.framework_sha256,
            "submitted_at": self.submitted_at.isoformat(),
            "late": self.late,
            "synthetic": self.synthetic,
            "items": self.content["items"],
            "dossier": self.content.get("dossier"),
        }


@dataclass(frozen=True)
class Difference:
    """What one item (or, with no criterion, the dossier) said in an earlier version and says in a later one."""

    criterion: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts differ."""
        names = (*(self.before or {}), *(name for name in self.after or {} if name not in (self.before or {})))
        return tuple(name for name in names if (self.before or {}).get(name) != (self.after or {}).get(name))


@dataclass(frozen=True)
class Standing:
    """Where a unit stands in a cycle, for overviews."""

    member: Member
    version: int
    edited_at: datetime | None
    submissions: int
    submitted_at: datetime | None
    late: bool
    is_sent: bool
    reception: str = SUBMITTED
