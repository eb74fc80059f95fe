"""What a screening means for steps that people have taken: the trail, and questions that fall away."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.verify.claims.model import ItemKey
from services.verify.domain.audit import AuditStep
from services.verify.domain.review import CONCLUDED, IN_HAND, ItemState
from services.verify.ports.reviews import ReviewItem
from services.verify.ports.steps import RequestRecord
from services.verify.ports.store import Transaction
from shared.contracts.events import Event
from shared.contracts.verify_v1 import REQUEST_SUBJECT

ITSELF = ("verify", "verify")  # account and name of what happens without a person
DRAIN_TASK, DRAIN_QUEUE = "intake.drain_feeds", "intake"


def follow_screening(
    transaction: Transaction, before: Mapping[ItemKey, ReviewItem], items: Mapping[ItemKey, ReviewItem]
) -> None:
    """Write down what the screening changed of reviews that had begun or ended, and withdraw what is asked in vain."""
    changed = [(old, items.get(key)) for key, old in sorted(before.items()) if _matters(old, items.get(key))]
    if not changed:
        return
    steps = [
        AuditStep(*ITSELF, _action(old, new), old.unit, old.criterion, "", _said(old, new)) for old, new in changed
    ]
    transaction.steps.write_trail(changed[0][0].cycle, steps, transaction.now)
    asked = {
        old.request
        for old, new in changed
        if old.review == ItemState.ASKED and old.request is not None and (new is None or new.review != ItemState.ASKED)
    }
    for request in transaction.steps.requests(asked, lock=True).values():
        if request.state == "requested":
            end_request(transaction, request, "withdrawn")


def _matters(old: ReviewItem, new: ReviewItem | None) -> bool:
    """Whether somebody had taken a step there, or was told a result, and it is another now."""
    if old.review not in IN_HAND and old.concluded_at is None and old.review != ItemState.AWAITING:
        return False
    if new is None or new.review != old.review:
        return True
    return (old.decision, old.basis, old.value, old.points) != (new.decision, new.basis, new.value, new.points)


def _action(old: ReviewItem, new: ReviewItem | None) -> str:
    if new is None:
        return "claim_gone"
    if new.review == ItemState.WITHDRAWN:
        return "withdrawn"
    fell = old.decision is not None and new.decision is None
    return "reopened" if fell or (old.review in CONCLUDED and new.review not in CONCLUDED) else "counted_anew"


def _said(old: ReviewItem, new: ReviewItem | None) -> dict[str, Any]:
    facts = ("review", "decision", "basis", "value", "points", "submission", "facts_sha256", "observation")
    return {
        "cause": "submission" if new is None or new.submission != old.submission else "figures",
        "before": {name: getattr(old, name) for name in facts},
        "after": None if new is None else {name: getattr(new, name) for name in facts},
    }


def end_request(
    transaction: Transaction, request: RequestRecord, state: str, reason: str = "", **answer: Any
) -> RequestRecord:
    """A request in its last state, kept and told."""
    ended = replace(
        request,
        state=state,
        version=request.version + 1,
        ended_at=transaction.now,
        ended_reason=reason,
        **answer,
    )
    tell_request(transaction, ended)
    return ended


def tell_request(transaction: Transaction, request: RequestRecord) -> None:
    """Keep a request as it stands, and say so in the feed."""
    transaction.steps.save_requests([request])
    subject = REQUEST_SUBJECT.format(
        cycle=request.cycle, unit=request.unit, criterion=request.criterion, number=request.number
    )
    data = {
        "request": str(request.id),
        "cycle": request.cycle,
        "unit": request.unit,
        "criterion": request.criterion,
        "number": request.number,
        "submission_number": request.submission_number,
        "reason": request.reason,
        "assignee_role": request.assignee_role,
        "office": request.office,
        "due_at": request.due_at.isoformat(),
        "requested_at": request.requested_at.isoformat(),
        "requested_as": request.requested_as,
        "state": request.state,
        "reminders": request.reminders,
        "ended_at": None if request.ended_at is None else request.ended_at.isoformat(),
        "ended_reason": request.ended_reason,
    }
    transaction.publish(Event("explanation_request_recorded", subject, request.version, transaction.now, data))
    transaction.ring(DRAIN_TASK, DRAIN_QUEUE)
