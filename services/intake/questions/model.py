"""A question of the reviewers: it opens one item of what was sent, for one reason, until one moment."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.assessments.model import Claim
from services.intake.people.model import Editor, local_time
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence

REQUESTED, ANSWERED, EXPIRED, WITHDRAWN = "requested", "answered", "expired", "withdrawn"
LONGEST_EXPLANATION = 4000


@dataclass(frozen=True)
class Answer:
    """What was sent in answer: the version of the self-assessment that holds it, who sent it, and when."""

    number: int
    explanation: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class ExplanationRequest:
    """A question as verify last published it, with the answer that the unit prepares.

    `prepared` is the item as it would be sent; its `explanation` is the answer in words. `version` grows with every
    change of it; `edited`: by whom and when. `answer`: once it was sent.
    """

    id: str
    cycle: str
    unit: str
    criterion: str
    number: int
    submission_number: int
    reason: str
    assignee_role: str
    office: str
    due_at: datetime
    requested_at: datetime
    requested_as: str
    state: str
    reminders: int = 0
    ended_at: datetime | None = None
    ended_reason: str = ""
    prepared: Claim | None = None
    version: int = 0
    edited: Editor | None = None
    answer: Answer | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the item may still be corrected and explained."""
        return self.state == REQUESTED and self.answer is None and now < self.due_at

    def published(self, newer: "ExplanationRequest") -> "ExplanationRequest":
        """The request as verify publishes it now; what the unit has prepared or sent stays."""
        own = {name: getattr(self, name) for name in ("prepared", "version", "edited", "answer")}
        return replace(newer, **own)

    def preparing(self, claim: Claim, seen: int, editor: Editor) -> "ExplanationRequest":
        """The next version of the prepared answer; refuses (STALE) what would overwrite somebody's work unseen."""
        if seen != self.version:
            raise self.stale()
        return replace(self, prepared=claim, version=self.version + 1, edited=editor)

    def stale(self) -> Refusal:
        """Somebody else has worked on the answer meanwhile."""
        assert self.edited is not None
        said = sentence("%(name)s changed this answer at %(time)s; please look at it again.",
                        name=self.edited.name, time=local_time(self.edited.at))  # fmt: skip
        return Refusal("answer_changed", Kind.STALE, said)
