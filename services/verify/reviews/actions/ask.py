"""Questions to the unit: one item, one reason, one office, one deadline; reminders, answers, and silence."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.verify.claims.actions.receive import NotArrivedYet
from services.verify.ports import Store, UnitOfWork
from services.verify.reviews.actions.cluster_review import open_cluster_review, role_of, step_row, step_to
from services.verify.reviews.actions.requests import ITSELF, end_request, tell_request
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.states import ItemState, Step
from services.verify.reviews.model.steps import RequestRecord
from services.verify.reviews.model.trail import AuditStep
from services.verify.reviews.queries.item import no_such_item
from services.verify.reviews.rules.permissions import check_person
from services.verify.reviews.rules.states import after
from shared.clock import VIETNAM, end_of_day
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.contracts.verify_v1 import ASSIGNEE_ROLES
from shared.people import Actor

LONGEST_OFFICE = 200
LATEST_DAYS = 180


@dataclass(frozen=True)
class Question:
    """What is asked: why, of whom, and by when (the end of that day; None: the declared number of days)."""

    reason: str
    assignee_role: str = ASSIGNEE_ROLES[0]
    office: str = ""
    due_on: date | None = None


def request_explanation(store: Store, actor: Actor, name: ItemName, question: Question, version: int) -> ReviewItem:
    """Ask the unit to explain one item: it may correct that one, and nothing else, until the deadline.

    Refusals: those of `rules.permissions.check_step`, `stale`; BadInput with every fault.
    """
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name)
        review = step_to(
            actor, review_of_cluster.subject(item), item, Step.ASK, version, outrun=("wrong_state", "held")
        )
        review_of_cluster.check_seen(item)
        due_at = _due_at(question, uow.now, review_of_cluster.rules.explanation_days)
        request = RequestRecord(
            id=uuid.uuid4(),
            cycle=item.cycle,
            unit=item.unit,
            criterion=item.criterion,
            number=uow.steps.requests_made(item.cycle, item.key) + 1,
            submission_number=review_of_cluster.material.given.sent[item.unit].number,
            reason=question.reason.strip(),
            assignee_role=question.assignee_role,
            office=question.office.strip(),
            due_at=due_at,
            requested_at=uow.now,
            requested_by=actor.account,
            requested_by_name=actor.name,
            requested_as=role_of(actor, review_of_cluster.cycle.council, item),
        )
        tell_request(uow, request)
        asked = replace(item.held(actor.account, actor.name, due_at), review=review, request=request.id)
        data = {"request": request.id, "number": request.number, "due_at": due_at, "office": request.office}
        row = step_row(actor, "explanation_requested", item, request.reason, data)
        uow.trail.write(item.cycle, [row], uow.now)
        kept = review_of_cluster.put({item.key: asked})[item.key]
        uow.commit()
    return kept


def _due_at(question: Question, now: datetime, days: int) -> datetime:
    faults = []
    if not question.reason.strip():
        faults.append(Fault(sentence("Say what the unit should explain."), path="reason"))
    if question.assignee_role not in ASSIGNEE_ROLES:
        faults.append(Fault(sentence("Choose who in the unit should answer."), path="assignee_role"))
    if len(question.office) > LONGEST_OFFICE:
        faults.append(Fault(sentence("At most %(most)s characters.", most=LONGEST_OFFICE), path="office"))
    today = now.astimezone(VIETNAM).date()
    due_on = question.due_on or today + timedelta(days=days)
    if not today < due_on <= today + timedelta(days=LATEST_DAYS):
        message = sentence("The deadline is a day after today, and at most %(most)s days away.", most=LATEST_DAYS)
        faults.append(Fault(message, path="due_on"))
    if faults:
        raise BadInput(faults)
    return end_of_day(due_on)


def withdraw_request(store: Store, actor: Actor, name: ItemName, number: int, reason: str, version: int) -> ReviewItem:
    """Take a question back, with a reason; who asked holds the item."""
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name)
        subject = review_of_cluster.subject(item)
        check_person(actor, subject)
        request = _current(uow, item, number)
        if not reason.strip():
            raise BadInput([Fault(sentence("Say why the question is taken back."), path="reason")])
        review = step_to(actor, subject, item, Step.TAKE_BACK, version)
        end_request(uow, request, "withdrawn", reason.strip())
        row = step_row(actor, "request_withdrawn", item, reason.strip(), {"request": request.id})
        uow.trail.write(item.cycle, [row], uow.now)
        until = uow.now + timedelta(days=review_of_cluster.rules.claim_days)
        held = item.held(actor.account, actor.name, until)
        kept = review_of_cluster.put({item.key: replace(held, review=review)})[item.key]
        uow.commit()
    return kept


def _current(uow: UnitOfWork, item: ReviewItem, number: int) -> RequestRecord:
    found = uow.steps.requests({item.request} if item.request else set(), lock=True)
    request = next(iter(found.values()), None)
    if request is None or request.number != number:
        raise no_such_item()
    if request.state != "requested":
        message = sentence("This question is answered or over already.")
        raise Refusal("request_over", Kind.CONFLICT, message)
    return request


def record_answer(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`explanation_given`: the unit has answered. What was lost in a restore of verify is not asked any more."""
    uow.cycles.take_turns()
    uow.cycles.lock([data["cycle"]])
    request = uow.steps.requests({data["request"]}, lock=True).get(data["request"])
    if request is None or request.state == "answered":
        return
    if uow.cycles.sent_number(request.cycle, request.unit) < data["number"]:
        raise NotArrivedYet(f"{request.cycle}/{request.unit} version {data['number']}")
    end_request(
        uow,
        request,
        "answered",
        answer=data["explanation"],
        answered_at=data["given_at"],
        answered_number=data["number"],
    )
    row = {"request": request.id, "number": data["number"], "given_at": data["given_at"], "was": request.state}
    _move(uow, request, Step.EXPLAIN, "explained", data["explanation"], row)


def watch_requests(store: Store) -> Mapping[str, int]:
    """Remind the units of questions that are soon due, and end those that nobody answered; how many of each."""
    done = {"reminded": 0, "expired": 0}
    with store.unit_of_work() as uow:
        running = uow.steps.running_requests()
        days = {cycle: _reminder_days(uow, cycle) for cycle in {request.cycle for request in running}}
        now = uow.now
    due = [request for request in running if request.due_at <= now]
    soon = [
        request
        for request in running
        if not request.reminders and now < request.due_at <= now + timedelta(days=days[request.cycle])
    ]
    for action, name, requests in ((_expire, "expired", due), (_remind, "reminded", soon)):
        for request in requests:
            done[name] += _alone(store, request, action)
    return done


def _reminder_days(uow: UnitOfWork, name: str) -> int:
    cycle = uow.cycles.find(name)
    assert cycle is not None
    return uow.steps.rules(cycle.council, name).reminder_days


def _alone(store: Store, seen: RequestRecord, action: Callable[[UnitOfWork, RequestRecord], None]) -> bool:
    """Do it in a transaction of its own, unless somebody has changed the request meanwhile."""
    with store.unit_of_work() as uow:
        uow.cycles.lock([seen.cycle])
        request = uow.steps.requests({seen.id}, lock=True)[seen.id]
        if request != seen:
            return False
        action(uow, request)
        uow.commit()
    return True


def _remind(uow: UnitOfWork, request: RequestRecord) -> None:
    tell_request(uow, replace(request, reminders=request.reminders + 1, version=request.version + 1))
    row = AuditStep(*ITSELF, "reminded", *request.key, "", {"request": request.id, "due_at": request.due_at})
    uow.trail.write(request.cycle, [row], uow.now)


def _expire(uow: UnitOfWork, request: RequestRecord) -> None:
    end_request(uow, request, "expired")
    _move(uow, request, Step.EXPIRE, "expired", "", {"request": request.id, "due_at": request.due_at})


def _move(
    uow: UnitOfWork,
    request: RequestRecord,
    taken: Step,
    action: str,
    reason: str,
    data: Mapping[str, Any],
) -> None:
    """Move the item if it still waits for this request; the step is written down in any case."""
    item = uow.reviews.items(request.cycle, [request.unit]).get(request.key)
    row = AuditStep(*ITSELF, action, *request.key, reason, data)
    uow.trail.write(request.cycle, [row], uow.now)
    if item is None or item.request != request.id or item.review not in (ItemState.ASKED, ItemState.EXPIRED):
        return
    cycle = uow.cycles.find(request.cycle)
    assert cycle is not None
    days = uow.steps.rules(cycle.council, cycle.cycle).claim_days
    moved = replace(
        item,
        review=after(ItemState(item.review), taken),
        held_until=uow.now.astimezone(UTC) + timedelta(days=days),
        version=item.version + 1,
    )
    uow.reviews.save_items([moved], uow.now)
