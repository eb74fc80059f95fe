"""A unit's self-assessment as its people see it, and the draft that may be changed now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.intake.assessments.model import Claim, Draft, GivenClaim, GivenEvidence
from services.intake.assessments.rules import assigned_to, open_to
from services.intake.cycles.model import Cycle, Member, Rolled
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import not_open
from services.intake.people.rules import fills_in, looks, looks_at_everything, not_found, refuse_unless, sends
from services.intake.ports import Store, UnitOfWork
from services.intake.results.queries import read_rolled
from shared.criteria.model import Framework
from shared.people import Actor


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


def read_draft(store: Store, actor: Actor, cycle_code: str, unit: str) -> DraftView:
    """The draft as it stands, for the unit's own people and the council's administrators."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        refuse_unless(looks(actor, cycle.council, unit))
        draft = view.assessments.draft(cycle_code, unit)
        if draft is None or member is None:
            raise not_found()
        framework = view.cycles.framework(cycle.framework_sha256)
        takes = cycle.takes(unit, view.now)
        covenant = view.covenants.get(cycle_code, member)
        rolled = read_rolled(view, cycle, framework, unit)
    codes = [item.code for item in framework.items]
    own, open_ = assigned_to(draft, actor.account), open_to(draft, actor.account)
    editable = frozenset(code for code in codes if fills_in(actor, cycle.council, unit, code, open_))
    readable = frozenset(codes) if looks_at_everything(actor, cycle.council, unit) else editable | own
    return DraftView(
        cycle=cycle,
        framework=framework,
        member=member,
        draft=draft,
        may_send=takes and sends(actor, cycle.council, unit),
        readable=readable,
        editable=editable if takes else frozenset(),
        deadline_at=cycle.deadline_of(unit),
        targets=covenant.counting(framework),
        recognised=covenant.recognised(),
        rolled=rolled,
    )


def refuse_unless_fills_in(actor: Actor, cycle: Cycle, draft: Draft, criterion: str) -> None:
    """Only who may change this item of this draft, as it is shared now, goes on."""
    assigned = open_to(draft, actor.account)
    refuse_unless(fills_in(actor, cycle.council, draft.unit, criterion, assigned))


def find_open_draft(uow: UnitOfWork, actor: Actor, cycle_code: str, unit: str) -> tuple[Cycle, Draft]:
    """The cycle, held open, and the unit's draft, held for change."""
    cycle = find_cycle(uow, actor, cycle_code, lock="share")
    refuse_unless(fills_in(actor, cycle.council, unit))
    if not cycle.takes(unit, uow.now):
        raise not_open(cycle)
    draft = uow.assessments.draft(cycle_code, unit, lock=True)
    if draft is None:
        raise not_found()
    return cycle, draft


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
