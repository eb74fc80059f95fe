"""Bring a document to an item, take it away again, hand it to those who may read it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from services.intake.domain import permissions
from services.intake.domain.assessment import Draft, Evidence, check_claims
from services.intake.domain.cluster_round import shown_to_members
from services.intake.domain.cycles import not_open
from services.intake.domain.evidence import StoredFile, Upload, cleaned_label
from services.intake.domain.keeping import Keeping, refuse_handing_out
from services.intake.domain.submissions import Submission
from services.intake.ports import EvidenceFiles, Intake, UnitOfWork
from services.intake.usecases.cluster_round import reads_as_member
from services.intake.usecases.drafts import GivenEvidence, keep, new_evidence, refuse_unless_fills_in, subject_of
from services.intake.usecases.keeping import hold_file
from services.intake.usecases.recording import editor, find_cycle, find_open_draft, record
from shared.people import Actor


def upload_evidence(
    intake: Intake,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    stream: IO[bytes],
    client_name: str | None,
) -> Upload:
    """Keep a file for a unit without saying yet which item it supports."""
    stored = _store(intake, files, actor, cycle_code, unit, stream, client_name)
    with intake.unit_of_work() as uow:
        _cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        upload = _add_upload(uow, files, actor, draft, stored, client_name)
        record(uow, actor, "evidence_uploaded", subject_of(draft), {"sha256": stored.sha256, "size": stored.size})
        uow.commit()
    return upload


def attach_evidence(
    intake: Intake,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    criterion: str,
    given: GivenEvidence,
    stream: IO[bytes] | None,
    client_name: str | None,
) -> tuple[Draft, Evidence]:
    """Attach a document to an item: with its file, or (classified, or only cited) by its number alone.

    The same document again changes nothing; returns the draft and the entry.
    """
    stored: StoredFile | None = None
    if stream is not None:
        stored = _store(intake, files, actor, cycle_code, unit, stream, client_name, criterion)
    with intake.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        refuse_unless_fills_in(actor, cycle, draft, criterion)
        upload = _add_upload(uow, files, actor, draft, stored, client_name) if stored else None
        entry = new_evidence(given, upload)
        claim = draft.claim(criterion)
        same = next((known for known in claim.evidence if known.document() == entry.document()), None)
        if same is not None:
            return draft, same
        wanted = replace(claim, evidence=(*claim.evidence, entry))
        check_claims(uow.cycles.framework(cycle.framework_sha256), [wanted])
        after = draft.with_claims({criterion: wanted}, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after, entry


def detach_evidence(intake: Intake, actor: Actor, cycle_code: str, unit: str, evidence_id: str) -> Draft:
    """Take a document away from the draft. The file stays, and so does everything that was sent."""
    with intake.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        found = draft.evidence(evidence_id)
        if found is None:
            raise permissions.not_found()
        criterion, entry = found
        refuse_unless_fills_in(actor, cycle, draft, criterion)
        claim = draft.claim(criterion)
        left = tuple(known for known in claim.evidence if known != entry)
        after = draft.with_claims({criterion: replace(claim, evidence=left)}, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def find_evidence(
    intake: Intake, files: EvidenceFiles, actor: Actor, cycle_code: str, unit: str, sha256: str
) -> tuple[Path, Upload]:
    """The file and what is known of it, for the unit's own people, those who check it, services, and, on the days of
    the cluster round, the other members where the framework discloses it."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        upload = view.assessments.uploads(cycle_code, unit, [sha256]).get(sha256)
        allowed = permissions.looks_at_everything(actor, cycle.council, unit)
        if not allowed and upload is not None and permissions.fills_in(actor, cycle.council, unit):
            allowed = upload.account == actor.account
        if not allowed and permissions.checks(actor, cycle.council, unit, member.cluster if member else None):
            # Those who check see what was sent, not what a draft still holds.
            allowed = upload is None or _was_sent(view.submissions.submissions(cycle_code, unit), sha256)
        if not allowed and upload is not None and member and reads_as_member(view, actor, cycle, member.cluster):
            read = view.submissions.newest_received(cycle_code, [unit]).values()
            framework = view.cycles.framework(cycle.framework_sha256)
            allowed = _was_sent([shown_to_members(one, framework) for one in read], sha256)
        keeping = view.keepings.of([sha256]).get(sha256, Keeping())
    permissions.refuse_unless(allowed)
    if upload is not None:
        own = permissions.fills_in(actor, cycle.council, unit)
        refuse_handing_out(keeping, scanned=files.scanned, own=own)
    path = files.path(sha256) if upload else None
    if upload is None or path is None:
        raise permissions.not_found()
    return path, upload


def _was_sent(submissions: Sequence[Submission], sha256: str) -> bool:
    return any(
        entry["sha256"] == sha256
        for submission in submissions
        for entry in (
            *(entry for item in submission.content["items"] for entry in item["evidence"]),
            submission.content.get("dossier") or {"sha256": None},
        )
    )


def _store(
    intake: Intake,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    stream: IO[bytes],
    client_name: str | None,
    criterion: str | None = None,
) -> StoredFile:
    """Ask first whether the actor may, then write the file: it is safely on disk before any row names it."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        permissions.refuse_unless(permissions.fills_in(actor, cycle.council, unit))
        draft = view.assessments.draft(cycle_code, unit)
        if draft is not None and criterion is not None:
            refuse_unless_fills_in(actor, cycle, draft, criterion)
        if not cycle.takes(unit, view.now):
            raise not_open(cycle)
        if draft is None:
            raise permissions.not_found()
    return files.store(stream, client_name)


def _add_upload(
    uow: UnitOfWork,
    files: EvidenceFiles,
    actor: Actor,
    draft: Draft,
    stored: StoredFile,
    client_name: str | None,
) -> Upload:
    """Name the file in a row, unless it was deleted since it was stored: then the person attaches it once more."""
    hold_file(uow, files, stored.sha256)
    upload = Upload(draft.cycle, draft.unit, stored, cleaned_label(client_name), actor.account, uow.now)
    uow.assessments.add_upload(upload)
    return upload
