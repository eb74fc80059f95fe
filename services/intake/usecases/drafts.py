"""Fill in a self-assessment: save all of it or single items, never over somebody else's unseen work."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.intake.domain import permissions
from services.intake.domain.assessment import Claim, Draft, Evidence, check_claims
from services.intake.domain.cycles import Cycle, Member
from services.intake.domain.evidence import Upload
from services.intake.domain.roll_up import Rolled
from services.intake.domain.sharing import assigned_to, open_to
from services.intake.domain.vietnamese import one_spelling
from services.intake.ports import Intake, UnitOfWork
from services.intake.usecases.earlier_results import read_rolled
from services.intake.usecases.recording import editor, find_cycle, find_open_draft, record
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class GivenEvidence:
    """A document as a person names it; `sha256` names a file that the unit brought before."""

    sha256: str | None = None
    document_number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    signer: str = ""
    reference_only: bool = False


@dataclass(frozen=True)
class GivenClaim:
    """A claim as given; `evidence` None leaves the documents as they are."""

    criterion: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    note: str = ""
    explanation: str = ""
    evidence: tuple[GivenEvidence, ...] | None = None


@dataclass(frozen=True)
class DraftView:
    """A unit's self-assessment with what one needs to read it, and what the reader may do."""

    cycle: Cycle
    framework: Framework
    member: Member
    draft: Draft
    may_send: bool
    readable: frozenset[str]
    editable: frozenset[str]
    deadline_at: datetime
    targets: Mapping[str, float]  # registered by the signed covenant; none before
    recognised: Mapping[str, float]  # changed targets that the Board lets stand beside them
    rolled: Mapping[str, Rolled] = field(default_factory=dict)  # what the shorter cycles come to

    @property
    def scored_claims(self) -> dict[str, Claim]:
        """The claims as points are computed from them: at the registered target where there is one."""
        return {
            code: replace(claim, target=self.targets.get(code, claim.target))
            for code, claim in self.draft.claims.items()
        }

    def begins_with(self, code: str) -> Rolled | None:
        """What the shorter cycles come to for an item about which nothing is said yet."""
        return self.rolled.get(code) if code not in self.draft.claims and code in self.editable else None

    @property
    def unlike_shorter(self) -> list[str]:
        """Items whose value is not what the shorter cycles come to, while nothing says why."""
        claims = self.draft.claims
        return [
            code
            for code, rolled in self.rolled.items()
            if code in claims and rolled.differs(claims[code].value) and not claims[code].explanation.strip()
        ]

    @property
    def sees_everything(self) -> bool:
        """Whether no item of the framework is hidden from the reader."""
        return len(self.readable) == len(self.framework.items)


def read_draft(intake: Intake, actor: Actor, cycle_code: str, unit: str) -> DraftView:
    """The draft as it stands, for the unit's own people and the council's administrators."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        permissions.refuse_unless(permissions.looks(actor, cycle.council, unit))
        draft = view.assessments.draft(cycle_code, unit)
        if draft is None or member is None:
            raise permissions.not_found()
        framework = view.cycles.framework(cycle.framework_sha256)
        takes = cycle.takes(unit, view.now)
        covenant = view.covenants.get(cycle_code, member)
        rolled = read_rolled(view, cycle, framework, unit)
    codes = [item.code for item in framework.items]
    own, open_ = assigned_to(draft, actor.account), open_to(draft, actor.account)
    editable = frozenset(code for code in codes if permissions.fills_in(actor, cycle.council, unit, code, open_))
    readable = frozenset(codes) if permissions.looks_at_everything(actor, cycle.council, unit) else editable | own
    return DraftView(
        cycle=cycle,
        framework=framework,
        member=member,
        draft=draft,
        may_send=takes and permissions.sends(actor, cycle.council, unit),
        readable=readable,
        editable=editable if takes else frozenset(),
        deadline_at=cycle.deadline_of(unit),
        targets=covenant.counting(framework),
        recognised=covenant.recognised(),
        rolled=rolled,
    )


def save_draft(
    intake: Intake, actor: Actor, cycle_code: str, unit: str, given: Sequence[GivenClaim], seen: int
) -> Draft:
    """Replace the whole draft; `seen` is the version it was read at. Raises STALE if it is another by now."""
    with intake.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        permissions.refuse_unless(permissions.fills_in_everything(actor, cycle.council, unit))
        claims = claims_from(uow, cycle, draft, given)
        after = draft.replaced(claims, seen, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def save_items(
    intake: Intake, actor: Actor, cycle_code: str, unit: str, given: Sequence[GivenClaim], seen: int
) -> Draft:
    """Change some items' figures; raises STALE only where somebody changed those items since `seen`."""
    with intake.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        for claim in given:
            refuse_unless_fills_in(actor, cycle, draft, claim.criterion)
        claims = claims_from(uow, cycle, draft, [replace(claim, evidence=None) for claim in given])
        after = draft.merged(claims, seen, editor(uow, actor))
        keep(uow, actor, draft, after)
    return after


def refuse_unless_fills_in(actor: Actor, cycle: Cycle, draft: Draft, criterion: str) -> None:
    """Only who may change this item of this draft, as it is shared now, goes on."""
    assigned = open_to(draft, actor.account)
    permissions.refuse_unless(permissions.fills_in(actor, cycle.council, draft.unit, criterion, assigned))


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
                criterion=claim.criterion,
                value=claim.value,
                self_points=claim.self_points,
                target=claim.target,
                note=one_spelling(claim.note),
                explanation=one_spelling(claim.explanation),
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


def new_evidence(given: GivenEvidence, upload: Upload | None) -> Evidence:
    """An entry of its own, with what is known of its file."""
    return Evidence(
        id=uuid.uuid4().hex,
        sha256=upload.file.sha256 if upload else None,
        size=upload.file.size if upload else None,
        media_type=upload.file.media_type if upload else None,
        label=upload.label if upload else "",
        document_number=one_spelling(given.document_number).strip(),
        issuer=one_spelling(given.issuer).strip(),
        issued_on=given.issued_on,
        signer=one_spelling(given.signer).strip(),
        reference_only=given.reference_only,
    )


def _comparable(entry: Evidence) -> tuple[Any, ...]:
    return tuple(entry.document().values())


def keep(uow: UnitOfWork, actor: Actor, before: Draft, after: Draft) -> None:
    """Write a changed draft with its row of history, and commit."""
    if after is before:
        return
    uow.assessments.save_draft(after, uow.now)
    record(uow, actor, "draft_saved", subject_of(after), changes(before, after))
    uow.commit()


def subject_of(draft: Draft) -> str:
    """How history names a unit's self-assessment."""
    return f"assessment:{draft.cycle}/{draft.unit}"


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
