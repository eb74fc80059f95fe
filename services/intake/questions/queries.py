"""Questions about a unit's items, as its people see them."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.assessments.model import Claim, Draft
from services.intake.assessments.rules import assigned_to
from services.intake.cycles.model import ARCHIVED, DRAFT, Cycle, Member
from services.intake.cycles.queries import find_cycle
from services.intake.people.rules import (
    fills_in,
    fills_in_everything,
    looks,
    looks_at_everything,
    not_found,
    refuse_unless,
    sends,
)
from services.intake.ports import Store, View
from services.intake.questions.model import ExplanationRequest
from services.intake.questions.rules import claim_of
from services.intake.submissions.model import Submission
from shared.criteria.model import Framework
from shared.people import Actor, Role


@dataclass(frozen=True)
class RequestView:
    """A question with what one needs to answer it. `sent`: the item as it was asked about; `claim`: as it would go."""

    cycle: Cycle
    framework: Framework
    member: Member
    request: ExplanationRequest
    sent: Claim
    claim: Claim
    is_open: bool
    may_edit: bool
    may_send: bool


@dataclass(frozen=True)
class RequestsView:
    """All questions about a unit's items that the reader may see, newest first."""

    cycle: Cycle
    framework: Framework
    member: Member
    requests: tuple[ExplanationRequest, ...]
    now: datetime


def read_requests(store: Store, actor: Actor, cycle_code: str, unit: str) -> RequestsView:
    """The questions about a unit: all for its officers and the council's administrators, their own for contributors."""
    with store.view() as view:
        cycle, member, draft = find_unit(view, actor, cycle_code, unit)
        known = view.questions.of_unit(cycle_code, unit)
        visible = tuple(one for one in known if _sees(actor, cycle, draft, one))
        framework = view.cycles.framework(cycle.framework_sha256)
        return RequestsView(cycle, framework, member, visible, view.now)


def waiting_requests(store: Store, actor: Actor, cycle: Cycle) -> list[ExplanationRequest]:
    """The questions of a cycle that wait for an answer of units the actor works for, soonest first."""
    with store.view() as view:
        waiting = view.questions.waiting(cycle.code, view.now)
        own = {one.unit for one in waiting if fills_in(actor, cycle.council, one.unit)}
        drafts = {unit: draft for unit in own if (draft := view.assessments.draft(cycle.code, unit)) is not None}
        return [one for one in waiting if one.unit in drafts and _sees(actor, cycle, drafts[one.unit], one)]


def read_request(store: Store, actor: Actor, cycle_code: str, unit: str, request: str) -> RequestView:
    """One question and the answer as it is prepared."""
    with store.view() as view:
        cycle, member, draft = find_unit(view, actor, cycle_code, unit)
        found = find_request(view, actor, cycle, draft, request)
        return view_of_request(view, actor, cycle, member, draft, found)


def find_unit(view: View, actor: Actor, cycle_code: str, unit: str) -> tuple[Cycle, Member, Draft]:
    cycle = find_cycle(view, actor, cycle_code)
    refuse_unless(looks(actor, cycle.council, unit))
    member, draft = view.cycles.member(cycle_code, unit), view.assessments.draft(cycle_code, unit)
    if member is None or draft is None or cycle.state in (DRAFT, ARCHIVED):
        raise not_found()
    return cycle, member, draft


def find_request(
    view: View, actor: Actor, cycle: Cycle, draft: Draft, request: str, *, lock: bool = False
) -> ExplanationRequest:
    found = view.questions.get(request, lock=lock)
    if found is None or (found.cycle, found.unit) != (draft.cycle, draft.unit) or not _sees(actor, cycle, draft, found):
        raise not_found()
    return found


def _sees(actor: Actor, cycle: Cycle, draft: Draft, request: ExplanationRequest) -> bool:
    return looks_at_everything(actor, cycle.council, draft.unit) or prepares_answer(actor, cycle, draft, request)


def prepares_answer(actor: Actor, cycle: Cycle, draft: Draft, request: ExplanationRequest) -> bool:
    """Officers and leaders answer; a contributor of the item where a department was asked."""
    if fills_in_everything(actor, cycle.council, draft.unit):
        return True
    asked = request.assignee_role == Role.CONTRIBUTOR
    return asked and fills_in(actor, cycle.council, draft.unit, request.criterion, assigned_to(draft, actor.account))


def newest_version(view: View, draft: Draft) -> Submission:
    """The newest version: what everything but the opened item stays as."""
    newest = view.submissions.submission(draft.cycle, draft.unit, draft.submissions)
    if newest is None:
        raise not_found()
    return newest


def view_of_request(
    view: View,
    actor: Actor,
    cycle: Cycle,
    member: Member,
    draft: Draft,
    request: ExplanationRequest,
) -> RequestView:
    asked = view.submissions.submission(draft.cycle, draft.unit, request.submission_number)
    sent = claim_of(asked or newest_version(view, draft), request.criterion, draft)
    newest = claim_of(newest_version(view, draft), request.criterion, draft)
    is_open = request.is_open(view.now)
    return RequestView(
        cycle=cycle,
        framework=view.cycles.framework(cycle.framework_sha256),
        member=member,
        request=request,
        sent=sent,
        claim=newest if request.prepared is None else request.prepared,
        is_open=is_open,
        may_edit=is_open and prepares_answer(actor, cycle, draft, request),
        may_send=is_open and sends(actor, cycle.council, draft.unit),
    )
