"""Take what a workbook says into the draft: all of it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.intake.domain.assessment import Claim, Draft, check_claims
from services.intake.ports import Intake
from services.intake.usecases.drafts import (
    DraftView,
    GivenClaim,
    GivenEvidence,
    claims_from,
    keep,
    new_evidence,
    refuse_unless_fills_in,
)
from services.intake.usecases.recording import editor, find_open_draft
from shared.people import Actor


@dataclass(frozen=True)
class Change:
    """One figure or text that would change. `clash`: somebody else changed the item since the workbook was made."""

    criterion: str
    part: str
    before: float | str | None
    after: float | str | None
    clash: bool = False


def changes_by(
    view: DraftView, claims: Sequence[GivenClaim], documents: Mapping[str, Sequence[GivenEvidence]], version: int
) -> tuple[Change, ...]:
    """What taking a workbook made from `version` would change in the draft as it stands, part by part."""
    changes: list[Change] = []
    for claim in claims:
        now = view.draft.claim(claim.criterion)
        edit = view.draft.edits.get(claim.criterion)
        clash = edit is not None and edit.version > version
        for part, before in now.figures().items():
            after = getattr(claim, part)
            if before != after:
                changes.append(Change(claim.criterion, part, before, after, clash))
    for code, entries in documents.items():
        changes += [Change(code, "evidence", None, entry.document_number) for entry in entries]
    order = view.framework.columns
    return tuple(sorted(changes, key=lambda change: order[change.criterion]))


def take_workbook(
    intake: Intake,
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
    with intake.unit_of_work() as uow:
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
