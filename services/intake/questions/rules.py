"""What an answer changes in what was sent. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785

from services.intake.assessments.model import Claim, Draft, Evidence, said_in
from services.intake.people.model import local_time
from services.intake.questions.model import ANSWERED, WITHDRAWN, ExplanationRequest
from services.intake.submissions.model import Submission
from services.intake.submissions.rules import differences, item_content
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework


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
        criterion,
        **said_in(said),
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
