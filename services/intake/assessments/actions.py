"""Fill in a self-assessment: save all of it or single items, never over somebody else's unseen work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

from services.intake.assessments.model import ITEM_TEXTS, Claim, Draft, Evidence, GivenClaim, GivenEvidence
from services.intake.assessments.queries import find_open_draft, refuse_unless_fills_in
from services.intake.assessments.rules import check_claims, new_evidence, subject_of
from services.intake.cycles.model import Cycle
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import not_open
from services.intake.files.actions import hold_file
from services.intake.files.model import StoredFile, Upload
from services.intake.files.rules import cleaned_label
from services.intake.people.actions import editor, record
from services.intake.people.rules import fills_in, fills_in_everything, not_found, refuse_unless
from services.intake.ports import EvidenceFiles, Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.people import Actor


def _store(
    store: Store,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    stream: IO[bytes],
    client_name: str | None,
    criterion: str | None = None,
) -> StoredFile:
    """Ask first whether the actor may, then write the file: it is safely on disk before any row names it."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        refuse_unless(fills_in(actor, cycle.council, unit))
        draft = view.assessments.draft(cycle_code, unit)
        if draft is not None and criterion is not None:
            refuse_unless_fills_in(actor, cycle, draft, criterion)
        if not cycle.takes(unit, view.now):
            raise not_open(cycle)
        if draft is None:
            raise not_found()
    return files.store(stream, client_name)


def save_draft(store: Store, actor: Actor, cycle_code: str, unit: str, given: Sequence[GivenClaim], seen: int) -> Draft:
    """Replace the whole draft; `seen` is the version it was read at. Raises STALE if it is another by now."""
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        refuse_unless(fills_in_everything(actor, cycle.council, unit))
        claims = claims_from(uow, cycle, draft, given)
        after = draft.replaced(claims, seen, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def save_items(store: Store, actor: Actor, cycle_code: str, unit: str, given: Sequence[GivenClaim], seen: int) -> Draft:
    """Change some items' figures; raises STALE only where somebody changed those items since `seen`."""
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        for claim in given:
            refuse_unless_fills_in(actor, cycle, draft, claim.criterion)
        claims = claims_from(uow, cycle, draft, [replace(claim, evidence=None) for claim in given])
        after = draft.merged(claims, seen, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def claims_from(uow: UnitOfWork, cycle: Cycle, draft: Draft, given: Sequence[GivenClaim]) -> list[Claim]:
    """Given claims as claims of this draft: evidence resolved, everything checked; raises BadInput."""
    named = {entry.sha256 for claim in given for entry in claim.evidence or () if entry.sha256}
    uploads = uow.assessments.uploads(draft.cycle, draft.unit, named) if named else {}
    faults: list[Fault] = []
    claims: list[Claim] = []
    for index, claim in enumerate(given):
        kept = draft.claim(claim.criterion).evidence
        evidence = kept
        if claim.evidence is not None:
            evidence, unknown = _resolved(claim.evidence, uploads, kept)
            faults += [
                Fault(
                    sentence("Your unit has not uploaded a file with this hash in this cycle."),
                    path=f"items.{index}.evidence.{number}.sha256",
                )
                for number in unknown
            ]
        claims.append(
            Claim(
                claim.criterion,
                **(claim.figures() | {one.name: one_spelling(getattr(claim, one.name)) for one in ITEM_TEXTS}),
                evidence=evidence,
            )
        )
    framework = uow.cycles.framework(cycle.framework_sha256)
    try:
        check_claims(framework, claims)
    except BadInput as bad:
        faults += bad.faults
    if faults:
        raise BadInput(faults)
    return claims


def _resolved(
    given: Iterable[GivenEvidence], uploads: Mapping[str, Upload], kept: tuple[Evidence, ...]
) -> tuple[tuple[Evidence, ...], list[int]]:
    """Entries with their files' data (an unchanged entry stays the same entry), and the numbers of unknown files."""
    entries: list[Evidence] = []
    unknown: list[int] = []
    known = {_comparable(entry): entry for entry in kept}
    for number, one in enumerate(given):
        upload = uploads.get(one.sha256) if one.sha256 else None
        if one.sha256 and upload is None:
            unknown.append(number)
            continue
        entry = new_evidence(one, upload)
        entries.append(known.pop(_comparable(entry), entry))
    return tuple(entries), unknown


def _comparable(entry: Evidence) -> tuple[Any, ...]:
    return tuple(entry.document().values())


def keep(uow: UnitOfWork, actor: Actor, before: Draft, after: Draft) -> None:
    """Write a changed draft with its row of history, and commit."""
    if after is before:
        return
    uow.assessments.save_draft(after, uow.now)
    record(uow, actor, "draft_saved", subject_of(after), changes(before, after))
    uow.commit()


def changes(before: Draft, after: Draft) -> dict[str, Any]:
    """What differs between two versions, item by item, for history."""
    changed: dict[str, Any] = {}
    for code in sorted({*before.claims, *after.claims}):
        old, new = before.claim(code), after.claim(code)
        if old == new:
            continue
        said: dict[str, Any] = {}
        if not old.same_figures(new):
            said |= {"before": old.figures(), "after": new.figures()}
        if old.evidence != new.evidence:
            said["attached"] = [_named(entry) for entry in new.evidence if entry not in old.evidence]
            said["detached"] = [_named(entry) for entry in old.evidence if entry not in new.evidence]
        changed[code] = said
    details = {"version": after.version, "changed": changed}
    if before.dossier != after.dossier:
        details["dossier"] = {"before": before.dossier.document(), "after": after.dossier.document()}
    return details


def _named(entry: Evidence) -> dict[str, Any]:
    return {"id": entry.id, **entry.document()}


def upload_evidence(
    store: Store,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    unit: str,
    stream: IO[bytes],
    client_name: str | None,
) -> Upload:
    """Keep a file for a unit without saying yet which item it supports."""
    stored = _store(store, files, actor, cycle_code, unit, stream, client_name)
    with store.unit_of_work() as uow:
        _cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        upload = _add_upload(uow, files, actor, draft, stored, client_name)
        record(uow, actor, "evidence_uploaded", subject_of(draft), {"sha256": stored.sha256, "size": stored.size})
        uow.commit()
    return upload


def attach_evidence(
    store: Store,
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
        stored = _store(store, files, actor, cycle_code, unit, stream, client_name, criterion)
    with store.unit_of_work() as uow:
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


def detach_evidence(store: Store, actor: Actor, cycle_code: str, unit: str, evidence_id: str) -> Draft:
    """Take a document away from the draft. The file stays, and so does everything that was sent."""
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        found = draft.evidence(evidence_id)
        if found is None:
            raise not_found()
        criterion, entry = found
        refuse_unless_fills_in(actor, cycle, draft, criterion)
        claim = draft.claim(criterion)
        left = tuple(known for known in claim.evidence if known != entry)
        after = draft.with_claims({criterion: replace(claim, evidence=left)}, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


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


def take_workbook(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    claims: Sequence[GivenClaim],
    documents: Mapping[str, Sequence[GivenEvidence]],
    seen: int,
) -> Draft:
    """Change the items' figures and add the documents in one step.

    Raises STALE where somebody changed one of these items since `seen`, BadInput for what cannot be a claim.
    """
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        for code in {*(claim.criterion for claim in claims), *documents}:
            refuse_unless_fills_in(actor, cycle, draft, code)
        figures = claims_from(uow, cycle, draft, [replace(claim, evidence=None) for claim in claims])
        after = draft.merged(figures, seen, editor(uow, actor))
        wanted = {code: _with_documents(after.claim(code), entries) for code, entries in documents.items()}
        check_claims(uow.cycles.framework(cycle.framework_sha256), list(wanted.values()))
        after = after.with_claims(wanted, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def _with_documents(claim: Claim, given: Sequence[GivenEvidence]) -> Claim:
    entries = list(claim.evidence)
    for one in given:
        entry = new_evidence(replace(one, sha256=None), None)
        if all(known.document() != entry.document() for known in entries):
            entries.append(entry)
    return replace(claim, evidence=tuple(entries))
