"""Questions of the reviewers: taken from verify's feed, answered for one item, sent as a new version of all of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from services.intake.assessments.model import Claim, Draft, GivenEvidence
from services.intake.assessments.rules import check_claims, new_evidence, subject_of
from services.intake.cycles.model import Cycle
from services.intake.files.model import Upload
from services.intake.files.rules import cleaned_label
from services.intake.notices.actions import notify
from services.intake.notices.model import (
    EXPLANATION_OVER,
    EXPLANATION_REQUESTED,
    REMINDER_EXPLANATION,
    Notice,
    Recipients,
)
from services.intake.people.actions import editor, record
from services.intake.people.model import OFFICERS, VERIFY, NotArrivedYet
from services.intake.people.rules import not_found, refuse_unless, sends
from services.intake.ports import EvidenceFiles, Store, UnitOfWork
from services.intake.questions.model import Answer, ExplanationRequest
from services.intake.questions.queries import (
    RequestView,
    find_request,
    find_unit,
    newest_version,
    prepares_answer,
    read_request,
    view_of_request,
)
from services.intake.questions.rules import answered_content, claim_of, not_open
from services.intake.submissions.model import Submission, content_sha256
from services.intake.vietnamese import one_spelling
from services.intake.working_days import last_day
from shared.contracts.events import Event
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, Role


@dataclass(frozen=True)
class GivenAnswer:
    """The item as it should be, and the explanation; its documents are attached one by one."""

    value: float | None
    self_points: float | None
    explanation: str


def record_request(uow: UnitOfWork, data: Mapping[str, Any]) -> ExplanationRequest:
    """`explanation_request_recorded`: keep the question as verify publishes it. The feed reader commits."""
    if uow.cycles.member(data["cycle"], data["unit"]) is None:
        raise NotArrivedYet(f"{data['cycle']}/{data['unit']}")
    recorded = ExplanationRequest(
        id=data["request"].hex, **{name: value for name, value in data.items() if name != "request"}
    )
    known = uow.questions.get(recorded.id, lock=True)
    kept = recorded if known is None else known.published(recorded)
    uow.questions.save(kept)
    announce_request(uow, known, kept)
    return kept


def announce_request(uow: UnitOfWork, before: ExplanationRequest | None, after: ExplanationRequest) -> None:
    """Notify whoever must know of a question: it is new (`before` None), reminded of, or over."""
    # By what it says, not by what was known: a feed that is read again from its beginning notifies nobody twice.
    kind = REMINDER_EXPLANATION if after.reminders else EXPLANATION_REQUESTED
    if after.state in ("expired", "withdrawn"):
        kind = EXPLANATION_OVER
    if after.state != "answered":
        cycle = uow.cycles.get(after.cycle)
        assert cycle is not None, "the request's unit is a member of it"
        roles = (*OFFICERS, Role.CONTRIBUTOR) if after.assignee_role == Role.CONTRIBUTOR else OFFICERS
        to = Recipients(cycle.council, roles, after.unit)
        said = sentence("%(criterion)s, until %(day)s", criterion=after.criterion, day=_day(after.due_at))
        once = f"{after.id}/{after.state}/{after.reminders}"
        notify(uow, VERIFY, Notice(kind, to, after.cycle, after.unit, said, once=once))
    if before is None:
        details = {"request": after.id, "criterion": after.criterion, "due_at": after.due_at.isoformat()}
        about = f"assessment:{after.cycle}/{after.unit}"
        record(uow, VERIFY, "explanation_requested", about, details)


def _day(due_at: datetime) -> str:
    """The last day on which an answer is in time."""
    return last_day(due_at).strftime("%d/%m/%Y")


def save_answer(
    store: Store, actor: Actor, cycle_code: str, unit: str, request: str, given: GivenAnswer, seen: int
) -> RequestView:
    """Prepare the answer; nothing is sent yet. Raises STALE if somebody else changed it since version `seen`."""

    def changed(claim: Claim) -> Claim:
        explanation = one_spelling(given.explanation).strip()
        return replace(claim, value=given.value, self_points=given.self_points, explanation=explanation)

    return _prepare(store, actor, cycle_code, unit, request, lambda uow, claim: changed(claim), seen)


def attach_to_answer(
    store: Store,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    request: str,
    given: GivenEvidence,
    stream: IO[bytes] | None,
    client_name: str | None,
) -> RequestView:
    """Add a document to the prepared answer: with its file, or by its number alone."""
    stored = None
    if stream is not None:
        # Asked before anything is written; the file is safely kept before any row names it.
        view = read_request(store, actor, cycle_code, unit, request)
        refuse_unless(view.may_edit)
        stored = files.store(stream, client_name)

    def attached(uow: UnitOfWork, claim: Claim) -> Claim:
        upload = None
        if stored is not None:
            upload = Upload(cycle_code, unit, stored, cleaned_label(client_name), actor.account, uow.now)
            uow.assessments.add_upload(upload)
        entry = new_evidence(given, upload)
        if any(known.document() == entry.document() for known in claim.evidence):
            return claim
        return replace(claim, evidence=(*claim.evidence, entry))

    return _prepare(store, actor, cycle_code, unit, request, attached, None)


def detach_from_answer(
    store: Store, actor: Actor, cycle_code: str, unit: str, request: str, evidence_id: str
) -> RequestView:
    """Take a document away from the prepared answer; what was sent keeps it."""

    def detached(uow: UnitOfWork, claim: Claim) -> Claim:
        left = tuple(entry for entry in claim.evidence if entry.id != evidence_id)
        if len(left) == len(claim.evidence):
            raise not_found()
        return replace(claim, evidence=left)

    return _prepare(store, actor, cycle_code, unit, request, detached, None)


def _prepare(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    request: str,
    change: Callable[[UnitOfWork, Claim], Claim],
    seen: int | None,
) -> RequestView:
    with store.unit_of_work() as uow:
        cycle, member, draft = find_unit(uow, actor, cycle_code, unit)
        found = find_request(uow, actor, cycle, draft, request, lock=True)
        refuse_unless(prepares_answer(actor, cycle, draft, found))
        if not found.is_open(uow.now):
            raise not_open(found, uow.now)
        before = found.prepared or claim_of(newest_version(uow, draft), found.criterion, draft)
        claim = change(uow, before)
        check_claims(uow.cycles.framework(cycle.framework_sha256), [claim])
        after = found.preparing(claim, found.version if seen is None else seen, editor(uow, actor))
        if claim != found.prepared:
            uow.questions.save(after)
            details = {"request": found.id, "version": after.version, "item": claim.figures()}
            record(uow, actor, "answer_prepared", subject_of(draft), details)
            uow.commit()
            found = after
        return view_of_request(uow, actor, cycle, member, draft, found)


def send_answer(
    store: Store, actor: Actor, cycle_code: str, unit: str, request: str, seen: int
) -> tuple[Submission, ExplanationRequest]:
    """Send the answer as seen at version `seen`: a new version of what was sent, in which only this item differs.

    Whoever may send the self-assessment may send this. Sending it again gives the version that holds it. Raises STALE
    if somebody changed the answer since, CONFLICT when the question is over, BadInput where nothing is explained.
    """
    with store.unit_of_work() as uow:
        cycle, _member, _ = find_unit(uow, actor, cycle_code, unit)
        draft = uow.assessments.draft(cycle_code, unit, lock=True)
        assert draft is not None
        found = find_request(uow, actor, cycle, draft, request, lock=True)
        refuse_unless(sends(actor, cycle.council, unit))
        if found.answer is not None:
            sent = uow.submissions.submission(cycle_code, unit, found.answer.number)
            assert sent is not None
            return sent, found
        if not found.is_open(uow.now):
            raise not_open(found, uow.now)
        if seen != found.version:
            raise found.stale() if found.edited else _version_unknown()
        base = newest_version(uow, draft)
        claim = found.prepared or claim_of(base, found.criterion, draft)
        submission = _answered(uow, actor, cycle, draft, base, claim)
        answer = Answer(submission.number, claim.explanation, actor.account, actor.name, uow.now)
        uow.assessments.save_draft(_followed(uow, actor, draft, base, claim, submission), uow.now)
        uow.submissions.add_submission(submission)
        uow.questions.add_answer(found, answer)
        details = {"number": submission.number, "content_sha256": submission.content_sha256, "request": found.id}
        record(uow, actor, "explanation_given", subject_of(draft), details)
        _tell(uow, found, submission, answer)
        uow.commit()
    return submission, replace(found, answer=answer)


def _answered(uow: UnitOfWork, actor: Actor, cycle: Cycle, draft: Draft, base: Submission, claim: Claim) -> Submission:
    member = uow.cycles.member(cycle.code, draft.unit)
    assert member is not None
    framework = uow.cycles.framework(cycle.framework_sha256)
    targets = uow.covenants.get(cycle.code, member).counting(framework)
    content = answered_content(base.content, claim, targets, framework)
    return replace(
        base,
        number=draft.submissions + 1,
        content=content,
        content_sha256=content_sha256(content),
        submitted_at=uow.now,
        account=actor.account,
        name=actor.name,
        draft_version=draft.version,
    )


def _followed(
    uow: UnitOfWork, actor: Actor, draft: Draft, base: Submission, claim: Claim, submission: Submission
) -> Draft:
    """The draft behind the new version: it takes the answer over unless somebody has changed the item since."""
    was_sent = draft.is_sent
    untouched = _said(draft.claim(claim.criterion)) == _said(claim_of(base, claim.criterion, draft))
    after = draft.with_claims({claim.criterion: claim}, editor(uow, actor)) if untouched else draft
    return replace(
        after,
        submissions=submission.number,
        sent_version=after.version if was_sent and untouched else draft.sent_version,
    )


def _said(claim: Claim) -> tuple[Any, ...]:
    """What a claim says but its target: a covenant's stands in its place when it is sent."""
    documents = [tuple(entry.document().items()) for entry in claim.evidence]
    return {name: said for name, said in claim.figures().items() if name != "target"}, documents


def _tell(uow: UnitOfWork, request: ExplanationRequest, submission: Submission, answer: Answer) -> None:
    subject = f"submission:{submission.cycle}/{submission.unit}"
    uow.publish(Event("submission_sent", subject, submission.number, uow.now, submission.event()))
    data = {
        "request": request.id,
        "cycle": submission.cycle,
        "unit": submission.unit,
        "criterion": request.criterion,
        "number": answer.number,
        "explanation": answer.explanation,
        "given_at": answer.at.isoformat(),
    }
    uow.publish(Event("explanation_given", f"explanation:{request.id}", 1, uow.now, data))
    uow.wake_up("verify.drain_feeds", "verify")


def _version_unknown() -> Refusal:
    return Refusal("version_unknown", Kind.STALE, sentence("Nobody has prepared this answer yet; please look at it."))
