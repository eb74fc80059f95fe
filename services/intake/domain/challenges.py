"""A challenge: a member asks about an item of another member of its cluster, with a document. One answer; no change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.domain.assessment import Evidence, evidence_fault
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Item

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


def document_faults(document: Evidence, item: Item, *, whole: bool) -> list[Fault]:
    """What a document lacks, by field. `whole`: everything is needed that gives a document legal value."""
    faults: list[Fault] = []
    for name, said in NEEDED if whole else NEEDED[:1]:
        if not getattr(document, name):
            faults.append(Fault(said, path=f"document.{name}"))
    classified = evidence_fault(item, document)
    if document.sha256 is not None and classified is not None:
        faults.append(Fault(classified, path="document.sha256"))
    if whole and document.sha256 is None and not document.reference_only:
        said = sentence("Attach the document, or say that only its number may be given.")
        faults.append(Fault(said, path="document.sha256"))
    return faults


NEEDED: tuple[tuple[str, Sentence], ...] = (
    ("document_number", sentence("Give the document's number.")),
    ("issued_on", sentence("Give the document's date.")),
    ("issuer", sentence("Say who issued the document.")),
    ("signer", sentence("Say who signed the document.")),
)


def check_challenge(item: Item, reason: str, document: Evidence) -> None:
    """A challenge has a reason and a complete document; raises BadInput, located by field."""
    faults = document_faults(document, item, whole=True)
    if not reason:
        faults.insert(0, Fault(sentence("Say what you ask about and why."), path="reason"))
    if faults:
        raise BadInput(faults)


def check_answer(challenge: Challenge, item: Item, text: str, document: Evidence | None) -> None:
    """An answer is given once, to a challenge that stands; raises CONFLICT or BadInput."""
    refuse_withdrawn(challenge)
    if challenge.answer is not None:
        said = sentence("This challenge was answered before; an answer is given once.")
        raise Refusal("challenge_answered", Kind.CONFLICT, said)
    faults = [] if document is None else document_faults(document, item, whole=False)
    if not text:
        faults.insert(0, Fault(sentence("Answer in words."), path="text"))
    if faults:
        raise BadInput(faults)


def refuse_withdrawn(challenge: Challenge) -> None:
    """Nothing follows a withdrawal."""
    if challenge.withdrawal is not None:
        raise Refusal("challenge_withdrawn", Kind.CONFLICT, sentence("This challenge was withdrawn."))


def refuse_second(known: Sequence[Challenge], by_unit: str) -> None:
    """A member has one standing challenge on an item at a time."""
    if any(one.by_unit == by_unit and one.withdrawal is None for one in known):
        said = sentence("Your unit has challenged this item already; withdraw that challenge to enter another.")
        raise Refusal("challenge_stands", Kind.CONFLICT, said)
