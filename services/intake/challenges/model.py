"""A challenge: a member asks about an item of another member of its cluster, with a document. One answer; no change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.assessments.model import Evidence
from shared.contracts.sentences import N_, Sentence, sentence

OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Answer:
    """What the challenged unit says, once; the document may be left out."""

    text: str
    document: Evidence | None
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Withdrawal:
    """The challenger takes the challenge back; what was said stays on record."""

    reason: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Challenge:
    """One of possibly several about an item, counted from 1. `submission`: the version it is about."""

    cycle: str
    cluster: str
    unit: str
    criterion: str
    number: int
    by_unit: str
    submission: int
    content_sha256: str
    reason: str
    document: Evidence
    account: str
    name: str
    at: datetime
    answer: Answer | None = None
    withdrawal: Withdrawal | None = None

    @property
    def state(self) -> str:
        """Where it stands; a withdrawn one asks nothing any more, answered or not."""
        if self.withdrawal is not None:
            return WITHDRAWN
        return OPEN if self.answer is None else ANSWERED

    @property
    def feed_version(self) -> int:
        """Grows with every step."""
        return 1 + (self.answer is not None) + (self.withdrawal is not None)

    @property
    def subject(self) -> str:
        """How feed and history name it."""
        return f"challenge:{self.cycle}/{self.unit}/{self.criterion}/{self.number}"

    @property
    def documents(self) -> tuple[Evidence, ...]:
        """Everything brought for it."""
        answered = self.answer.document if self.answer is not None else None
        return (self.document,) if answered is None else (self.document, answered)

    def event(self, *, synthetic: bool) -> dict[str, Any]:
        """The data of `challenge_recorded` (shared.contracts.intake_v1.ChallengeRecorded)."""
        return {
            "cycle": self.cycle,
            "cluster": self.cluster,
            "unit": self.unit,
            "criterion": self.criterion,
            "number": self.number,
            "by_unit": self.by_unit,
            "submission": self.submission,
            "content_sha256": self.content_sha256,
            "synthetic": synthetic,
            "state": self.state,
            "reason": self.reason,
            "document": self.document.document(),
            "challenged_at": self.at.isoformat(),
            "answer": None
            if self.answer is None
            else {
                "text": self.answer.text,
                "document": self.answer.document.document() if self.answer.document else None,
                "answered_at": self.answer.at.isoformat(),
            },
            "withdrawal": None
            if self.withdrawal is None
            else {"reason": self.withdrawal.reason, "withdrawn_at": self.withdrawal.at.isoformat()},
        }


NEEDED: tuple[tuple[str, Sentence], ...] = (
    ("document_number", sentence("Give the document's number.")),
    ("issued_on", sentence("Give the document's date.")),
    ("issuer", sentence("Say who issued the document.")),
    ("signer", sentence("Say who signed the document.")),
)
CHALLENGE_BADGES = {
    "open": (N_("not answered yet"), "attention"),
    "answered": (N_("answered"), "info"),
    "withdrawn": (N_("withdrawn"), "neutral"),
}
