"""Send a self-assessment: a version nobody changes any more, a receipt, an event."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.intake.domain import permissions
from services.intake.domain.assessment import Draft
from services.intake.domain.cluster_round import shown_to_members
from services.intake.domain.cycles import Cycle, Member
from services.intake.domain.notices import SUBMISSION_SENT, SUBMISSION_TO_RECEIVE, Notice, the_staff, the_unit
from services.intake.domain.reception import Reception, is_taken, state_of
from services.intake.domain.submissions import (
    Difference,
    Submission,
    content_of,
    content_sha256,
    differences,
    refuse_nothing,
)
from services.intake.ports import Intake, UnitOfWork, View
from services.intake.usecases.cluster_round import reads_as_member
from services.intake.usecases.dossiers import GivenDossier, dossier_from
from services.intake.usecases.drafts import GivenClaim, changes, claims_from, subject_of
from services.intake.usecases.notices import notify
from services.intake.usecases.recording import editor, find_cycle, find_open_draft, record
from shared.contracts.events import Event
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class SubmissionsView:
    """What a unit sent in a cycle, newest first."""

    cycle: Cycle
    framework: Framework
    member: Member
    submissions: Sequence[Submission]
    steps: Sequence[Reception] = ()
    may_receive: bool = False
    has_round: bool = False  # the days of a cluster round are declared
    as_member: bool = False  # read by another member of the cluster, on the days of the cluster round

    def steps_of(self, number: int) -> list[Reception]:
        """What staff did with a version, oldest first."""
        return [step for step in self.steps if step.number == number]

    def state_of(self, number: int) -> str:
        """Where a version stands: submitted, received, accepted or returned."""
        return state_of(self.steps_of(number))


def submit(
    intake: Intake,
    actor: Actor,
    cycle_code: str,
    unit: str,
    *,
    seen: int | None,
    given: Sequence[GivenClaim] | None = None,
    dossier: GivenDossier | None = None,
) -> tuple[Submission, bool]:
    """Send the draft as seen at version `seen`, or a whole content at once; False if exactly this was sent before.

    With a whole content may come its dossier; without one the draft's stays. It needs `seen` only where a draft has
    been begun. Raises STALE when the draft is another by now, CONFLICT when intake is closed, BadInput for a content
    with faults.
    """
    with intake.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        permissions.refuse_unless(permissions.sends(actor, cycle.council, unit))
        after = _as_seen(draft, seen) if given is None else _replaced(uow, actor, cycle, draft, given, dossier, seen)
        if after.is_sent:
            sent = uow.submissions.submission(cycle_code, unit, after.submissions)
            assert sent is not None
            return sent, False
        submission = _submission(uow, actor, cycle, after)
        uow.assessments.save_draft(replace(after, submissions=submission.number, sent_version=after.version), uow.now)
        uow.submissions.add_submission(submission)
        details = {"number": submission.number, "content_sha256": submission.content_sha256, "late": submission.late}
        if after is not draft and draft.claims:
            # What a whole content replaced; what it says stands in the submission itself.
            details |= changes(draft, after)
        record(uow, actor, "submission_sent", subject_of(after), details)
        subject = f"submission:{cycle_code}/{unit}"
        uow.publish(Event("submission_sent", subject, submission.number, uow.now, submission.event()))
        uow.ring("verify.drain_feeds", "verify")
        _tell(uow, actor, cycle, submission)
        uow.commit()
    return submission, True


def _tell(uow: UnitOfWork, actor: Actor, cycle: Cycle, sent: Submission) -> None:
    unit, version = sent.unit, sentence("Version %(number)s", number=sent.number)
    staff = the_staff(cycle.council, unit, sent.cluster)
    notify(
        uow,
        actor,
        Notice(SUBMISSION_TO_RECEIVE, staff, cycle.code, unit, version),
        Notice(SUBMISSION_SENT, the_unit(cycle.council, unit), cycle.code, unit, version),
    )


def _as_seen(draft: Draft, seen: int | None) -> Draft:
    if seen is None:
        raise _version_missing()
    if seen != draft.version:
        raise draft.stale(code for code, edit in draft.edits.items() if edit.version > seen)
    return draft


def _replaced(
    uow: UnitOfWork,
    actor: Actor,
    cycle: Cycle,
    draft: Draft,
    given: Sequence[GivenClaim],
    dossier: GivenDossier | None,
    seen: int | None,
) -> Draft:
    claims = claims_from(uow, cycle, draft, given)
    version = draft.version if seen is None else seen
    after = draft.replaced(claims, version, editor(uow, actor))
    if dossier is not None:
        after = after.with_dossier(dossier_from(uow, draft, dossier), version, editor(uow, actor))
    if seen is None and draft.version > 0 and after is not draft:
        raise _version_missing()
    return after


def _version_missing() -> Refusal:
    return Refusal(
        "version_missing",
        Kind.CONFLICT,
        sentence("A draft exists. Say in the header If-Match which version of it you have seen."),
    )


def _submission(uow: UnitOfWork, actor: Actor, cycle: Cycle, draft: Draft) -> Submission:
    member = uow.cycles.member(cycle.code, draft.unit)
    assert member is not None
    framework = uow.cycles.framework(cycle.framework_sha256)
    targets = uow.covenants.get(cycle.code, member).counting(framework)
    content = content_of(draft, framework, targets, synthetic=cycle.synthetic)
    refuse_nothing(content)
    return Submission(
        cycle=draft.cycle,
        unit=draft.unit,
        cluster=draft.cluster,
        number=draft.submissions + 1,
        content=content,
        content_sha256=content_sha256(content),
        submitted_at=uow.now,
        late=cycle.is_late(draft.unit, uow.now),
        account=actor.account,
        name=actor.name,
        draft_version=draft.version,
    )


def read_submissions(intake: Intake, actor: Actor, cycle_code: str, unit: str) -> SubmissionsView:
    """Everything a unit sent, newest first."""
    with intake.view() as view:
        found = find_readable(view, actor, cycle_code, unit)
        return _view(view, actor, found, view.submissions.submissions(cycle_code, unit))


def read_submission(intake: Intake, actor: Actor, cycle_code: str, unit: str, number: int) -> SubmissionsView:
    """One version of what a unit sent."""
    with intake.view() as view:
        found = find_readable(view, actor, cycle_code, unit)
        submission = view.submissions.submission(cycle_code, unit, number)
        read = _view(view, actor, found, [] if submission is None else [submission])
        if not read.submissions:
            raise permissions.not_found()
        return read


def compare_submissions(
    intake: Intake, actor: Actor, cycle_code: str, unit: str, number: int, since: int | None = None
) -> tuple[SubmissionsView, tuple[Difference, ...]]:
    """What version `number` says differently from version `since` (by default the one before); both in the view."""
    with intake.view() as view:
        found = find_readable(view, actor, cycle_code, unit)
        after = view.submissions.submission(cycle_code, unit, number)
        before = view.submissions.submission(cycle_code, unit, number - 1 if since is None else since)
        read = _view(view, actor, found, [one for one in (after, before) if one is not None])
        if len(read.submissions) < 2:
            raise permissions.not_found()
        after, before = read.submissions
        return read, differences(before.content, after.content, read.framework)


@dataclass(frozen=True)
class Readable:
    """A member whose submissions somebody may read: as its own people and the staff do, or as another member does."""

    cycle: Cycle
    member: Member
    as_member: bool


def _view(view: View, actor: Actor, found: Readable, submissions: Sequence[Submission]) -> SubmissionsView:
    cycle, member = found.cycle, found.member
    framework = view.cycles.framework(cycle.framework_sha256)
    steps = view.submissions.receptions(cycle.code, member.unit)
    if found.as_member:
        taken = {one.number for one in submissions if is_taken([step for step in steps if step.number == one.number])}
        submissions = [shown_to_members(one, framework) for one in submissions if one.number in taken]
        steps = [step for step in steps if step.number in taken]
    return SubmissionsView(
        cycle=cycle,
        framework=framework,
        member=member,
        submissions=submissions,
        steps=steps,
        may_receive=permissions.receives(actor, cycle.council, member.unit, member.cluster),
        has_round=bool(view.rounds.declarations(cycle.code)),
        as_member=found.as_member,
    )


def find_readable(view: View, actor: Actor, cycle_code: str, unit: str) -> Readable:
    """The cycle and member whose submissions the actor may read."""
    cycle = find_cycle(view, actor, cycle_code)
    member = view.cycles.member(cycle_code, unit)
    cluster = member.cluster if member else None
    allowed = permissions.reads_submissions(actor, cycle.council, unit, cluster)
    as_member = not allowed and cluster is not None and reads_as_member(view, actor, cycle, cluster)
    permissions.refuse_unless(allowed or as_member)
    if member is None:
        raise permissions.not_found()
    return Readable(cycle, member, as_member)
