"""The legal dossier of a self-assessment: its document's data and the signed file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import IO

from services.intake.assessments.actions import changes, claims_from, keep, upload_evidence
from services.intake.assessments.model import Dossier, Draft, GivenClaim
from services.intake.assessments.queries import find_open_draft
from services.intake.assessments.rules import refuse_other_file, subject_of
from services.intake.cycles.actions import GivenExtension, add_extension
from services.intake.cycles.model import Cycle
from services.intake.cycles.queries import find_cycle
from services.intake.files.model import Upload
from services.intake.notices.actions import notify
from services.intake.notices.model import (
    SUBMISSION_ACCEPTED,
    SUBMISSION_RECEIVED,
    SUBMISSION_RETURNED,
    SUBMISSION_SENT,
    SUBMISSION_TO_RECEIVE,
    Notice,
)
from services.intake.notices.rules import the_staff, the_unit
from services.intake.people.actions import editor, record
from services.intake.people.rules import administers, fills_in_everything, not_found, receives, refuse_unless, sends
from services.intake.ports import EvidenceFiles, Store, UnitOfWork
from services.intake.submissions.model import ACCEPTED, RECEIVED, RETURNED, Reception, Submission, content_sha256
from services.intake.submissions.rules import check_step, content_of, refuse_nothing, state_of
from services.intake.vietnamese import one_spelling
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


@dataclass(frozen=True)
class GivenDossier:
    """A dossier as a person gives it; `sha256` names a PDF that the unit brought before."""

    document_number: str = ""
    issued_on: date | None = None
    signer: str = ""
    position: str = ""
    mandate: str = ""
    sha256: str | None = None


def save_dossier(store: Store, actor: Actor, cycle_code: str, unit: str, given: GivenDossier, seen: int) -> Draft:
    """Keep the dossier; refused (STALE) if somebody else changed it since version `seen` of the draft."""
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        refuse_unless(fills_in_everything(actor, cycle.council, unit))
        after = draft.with_dossier(dossier_from(uow, draft, given), seen, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def bring_signed_file(
    store: Store,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    stream: IO[bytes],
    client_name: str | None,
) -> Upload:
    """Keep the signed document's PDF for the unit; `save_dossier` then names it."""
    upload = upload_evidence(store, files, actor, cycle_code, unit, stream, client_name)
    refuse_other_file(upload.file.media_type)
    return upload


def dossier_from(uow: UnitOfWork, draft: Draft, given: GivenDossier) -> Dossier:
    """The dossier with what is known of its file. Raises BadInput for a file that the unit did not bring."""
    upload: Upload | None = None
    if given.sha256:
        upload = uow.assessments.uploads(draft.cycle, draft.unit, [given.sha256]).get(given.sha256)
        if upload is None:
            said = sentence("Your unit has not uploaded a file with this hash in this cycle.")
            raise BadInput([Fault(said, path="dossier.sha256")])
        refuse_other_file(upload.file.media_type)
    return Dossier(
        document_number=one_spelling(given.document_number).strip(),
        issued_on=given.issued_on,
        signer=one_spelling(given.signer).strip(),
        position=one_spelling(given.position).strip(),
        mandate=one_spelling(given.mandate).strip(),
        sha256=upload.file.sha256 if upload else None,
        size=upload.file.size if upload else None,
        media_type=upload.file.media_type if upload else None,
        label=upload.label if upload else "",
    )


ANNOUNCED = {RECEIVED: SUBMISSION_RECEIVED, ACCEPTED: SUBMISSION_ACCEPTED, RETURNED: SUBMISSION_RETURNED}


def take_step(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    number: int,
    state: str,
    reason: str = "",
    until_on: date | None = None,
) -> Reception:
    """One step of the newest version: received, accepted or returned. The same step again changes nothing.

    With a return an administrator may give the unit time until the end of `until_on`, even after intake was closed.
    Raises CONFLICT for an older version or a step that cannot follow, BadInput for a return without a reason.
    """
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update" if until_on else None)
        member = uow.cycles.member(cycle_code, unit)
        refuse_unless(receives(actor, cycle.council, unit, member.cluster if member else None))
        # The draft's row is the lock of everything about the unit's self-assessment.
        draft = uow.assessments.draft(cycle_code, unit, lock=True)
        newest = uow.submissions.submission(cycle_code, unit, draft.submissions) if draft else None
        if newest is None or number > newest.number:
            raise not_found()
        steps = [step for step in uow.submissions.receptions(cycle_code, unit) if step.number == number]
        wanted = one_spelling(reason).strip()
        if steps and (steps[-1].state, steps[-1].reason) == (state, wanted):
            return steps[-1]
        check_step(newest, number, state_of(steps), state, wanted)
        step = Reception(cycle_code, unit, number, state, wanted, actor.account, actor.name, uow.now)
        uow.submissions.add_reception(step)
        record(
            uow, actor, f"submission_{state}", f"assessment:{cycle_code}/{unit}", {"number": number, "reason": wanted}
        )
        notify(uow, actor, Notice(ANNOUNCED[state], the_unit(cycle.council, unit), cycle_code, unit, wanted))
        if until_on is not None:
            refuse_unless(state == RETURNED and administers(actor, cycle.council))
            add_extension(uow, actor, cycle, GivenExtension(until_on, wanted, unit=unit))
        uow.commit()
    return step


def submit(
    store: Store,
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
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        refuse_unless(sends(actor, cycle.council, unit))
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
        uow.wake_up("verify.drain_feeds", "verify")
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
