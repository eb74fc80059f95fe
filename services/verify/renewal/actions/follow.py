"""What a screening means for steps that people have taken: the trail, and questions that fall away."""

from collections.abc import Mapping
from typing import Any

from services.verify.claims.model import ItemKey
from services.verify.ports import UnitOfWork
from services.verify.reviews.actions.requests import ITSELF, end_request
from services.verify.reviews.model.item import ReviewItem
from services.verify.reviews.model.states import CONCLUDED, IN_HAND, ItemState
from services.verify.reviews.model.trail import AuditStep


def follow_screening(
    uow: UnitOfWork, before: Mapping[ItemKey, ReviewItem], items: Mapping[ItemKey, ReviewItem]
) -> None:
    """Write down what the screening changed of reviews that had begun or ended, and withdraw what is asked in vain."""
    changed = [(old, items.get(key)) for key, old in sorted(before.items()) if _matters(old, items.get(key))]
    if not changed:
        return
    steps = [
        AuditStep(*ITSELF, _action(old, new), old.unit, old.criterion, "", _said(old, new)) for old, new in changed
    ]
    uow.trail.write(changed[0][0].cycle, steps, uow.now)
    asked = {
        old.request
        for old, new in changed
        if old.review == ItemState.ASKED and old.request is not None and (new is None or new.review != ItemState.ASKED)
    }
    for request in uow.steps.requests(asked, lock=True).values():
        if request.state == "requested":
            end_request(uow, request, "withdrawn")


def _matters(old: ReviewItem, new: ReviewItem | None) -> bool:
    """Whether somebody had taken a step there, or was shown a result, and it is another now."""
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
