"""Questions to the units, as they are kept and published."""

from dataclasses import replace
from typing import Any

from services.verify.ports import UnitOfWork
from services.verify.reviews.model.steps import RequestRecord
from shared.contracts.events import Event
from shared.contracts.verify_v1 import REQUEST_SUBJECT

ITSELF = ("verify", "verify")  # account and name of what happens without a person


DRAIN_TASK, DRAIN_QUEUE = "intake.drain_feeds", "intake"


def end_request(uow: UnitOfWork, request: RequestRecord, state: str, reason: str = "", **answer: Any) -> RequestRecord:
    """A request in its last state, kept and published."""
    ended = replace(
        request,
        state=state,
        version=request.version + 1,
        ended_at=uow.now,
        ended_reason=reason,
        **answer,
    )
    tell_request(uow, ended)
    return ended


def tell_request(uow: UnitOfWork, request: RequestRecord) -> None:
    """Keep a request as it stands, and say so in the feed."""
    uow.steps.save_requests([request])
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
    uow.publish(Event("explanation_request_recorded", subject, request.version, uow.now, data))
    uow.wake_up(DRAIN_TASK, DRAIN_QUEUE)
