"""A question of the reviewers opens one item of what was sent, for one reason, until one moment; the rest is locked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785

from services.intake.domain.assessment import Claim, Draft, Editor, Evidence, local_time
from services.intake.domain.submissions import Submission, differences, item_content
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework

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
    """A question as verify last told it, with the answer that the unit prepares.

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

    def told(self, newer: "ExplanationRequest") -> "ExplanationRequest":
        """The request as verify tells it now; what the unit has prepared or sent stays."""
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


def not_open(request: ExplanationRequest, now: datetime) -> Refusal:
    """Why the item is locked."""
    if request.answer is not None or request.state == ANSWERED:
        said = sentence("This question was answered already.")
    elif request.state == WITHDRAWN:
        said = sentence("The reviewers have taken this question back.")
    else:
        last = request.due_at - timedelta(minutes=1)  # 23:59 is how people write the midnight that follows
        said = sentence("The time for an answer was over at %(time)s.", time=local_time(last))
    return Refusal("request_over", Kind.CONFLICT, said)


def claim_of(submission: Submission, criterion: str, draft: Draft) -> Claim:
    """What a version says of an item; a document keeps the name and label it has in the draft, if it stands there."""
    said = next((item for item in submission.content["items"] if item["criterion"] == criterion), None)
    if said is None:
        return Claim(criterion)
    known = {_named(entry.document()): entry for entry in draft.claim(criterion).evidence}
    return Claim(
        criterion=criterion,
        value=said["value"],
        self_points=said["self_points"],
        target=said["target"],
        note=said["note"],
        explanation=said.get("explanation", ""),
        evidence=tuple(known.get(_named(document)) or _entry(document) for document in said["evidence"]),
    )


def _entry(document: Mapping[str, Any]) -> Evidence:
    issued_on = document["issued_on"]
    return Evidence(
        **{**document, "id": _named(document), "issued_on": date.fromisoformat(issued_on) if issued_on else None}
    )


def _named(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()[:32]


def answered_content(
    base: Mapping[str, Any], claim: Claim, targets: Mapping[str, float], framework: Framework
) -> dict[str, Any]:
    """The content of a version in which this one item is as claimed, and everything else as it was sent.

    Raises BadInput where nothing is explained, or nothing is said that was not said before.
    """
    if not claim.explanation.strip():
        raise BadInput([Fault(sentence("Write the explanation that was asked for."), path="explanation")])
    items = {item["criterion"]: item for item in base["items"]} | {claim.criterion: item_content(claim, targets)}
    after = {**base, "items": [items[item.code] for item in framework.items if item.code in items]}
    changed = {difference.criterion for difference in differences(base, after, framework)}
    if changed != {claim.criterion}:
        said = sentence("This says what was sent already: correct the figures, or explain them.")
        raise BadInput([Fault(said, path="explanation")])
    return after
