"""Share the work of a self-assessment: assign items, hand them in, take them over or return them."""

from collections.abc import Sequence

from services.intake.assessments.model import ACCEPTED, SUPPLIED, Draft
from services.intake.assessments.queries import find_open_draft
from services.intake.assessments.rules import assigned_to, subject_of
from services.intake.contributions.model import Assignment
from services.intake.contributions.rules import with_assignments, with_steps
from services.intake.cycles.model import Cycle
from services.intake.notices.actions import notify
from services.intake.notices.model import (
    ITEMS_ACCEPTED,
    ITEMS_ASSIGNED,
    ITEMS_RETURNED,
    ITEMS_SUPPLIED,
    ITEMS_WITHDRAWN,
    Notice,
)
from services.intake.notices.rules import the_accounts, the_unit
from services.intake.people.actions import editor, record
from services.intake.people.model import Contributor
from services.intake.people.rules import fills_in_everything, not_found, refuse_unless
from services.intake.ports import Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.clock import end_of_day
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.people import Actor


def assign(store: Store, actor: Actor, cycle_code: str, unit: str, given: Sequence[Assignment], seen: int) -> Draft:
    """Give items to contributors of the unit, or take them back; officers. Raises STALE, BadInput with every fault."""
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        refuse_unless(fills_in_everything(actor, cycle.council, unit))
        after = with_assignments(draft, _checked(uow, cycle, unit, given), seen, editor(uow, actor))
        if after is not draft:
            uow.assessments.save_draft(after, uow.now)
            details = [
                {"criterion": one.criterion, "account": one.account, "due_on": str(one.due_on or "")} for one in given
            ]
            record(uow, actor, "items_assigned", subject_of(after), {"version": after.version, "items": details})
            notify(uow, actor, *_assigned(cycle, draft, after))
            uow.commit()
    return after


def take_contribution_step(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    criteria: Sequence[str],
    state: str,
    seen: int,
    reason: str = "",
) -> Draft:
    """Hand in own items (the contributor), take items over or return them with a reason (officers); all or none."""
    wanted = one_spelling(reason).strip()
    with store.unit_of_work() as uow:
        cycle, draft = find_open_draft(uow, actor, cycle_code, unit)
        officer = fills_in_everything(actor, cycle.council, unit)
        own = assigned_to(draft, actor.account)
        for criterion in criteria:
            if criterion not in draft.contributions or not (officer or criterion in own):
                raise not_found()
            refuse_unless(criterion in own if state == SUPPLIED else officer)
            if state == SUPPLIED:
                _refuse_nothing(draft, criterion)
        after = with_steps(draft, criteria, state, wanted, seen, editor(uow, actor))
        if after is not draft:
            uow.assessments.save_draft(after, uow.now)
            details = {"version": after.version, "items": list(criteria), "reason": wanted}
            record(uow, actor, f"items_{state}", subject_of(after), details)
            notify(uow, actor, *_stepped(cycle, after, criteria, state, wanted))
            uow.commit()
    return after


def _assigned(cycle: Cycle, before: Draft, after: Draft) -> list[Notice]:
    """One notice for each contributor who got items, and for each who lost some."""
    changed = [
        code
        for code in sorted({**before.contributions, **after.contributions})
        if before.contributions.get(code) != after.contributions.get(code)
    ]
    got, lost = _by_account(after, changed), _by_account(before, changed)
    for account, codes in got.items():
        lost[account] = [code for code in lost.get(account, []) if code not in codes]
    return [
        Notice(kind, the_accounts(account), cycle.code, after.unit, ", ".join(codes))
        for kind, people in ((ITEMS_ASSIGNED, got), (ITEMS_WITHDRAWN, lost))
        for account, codes in people.items()
        if codes
    ]


def _stepped(cycle: Cycle, draft: Draft, criteria: Sequence[str], state: str, reason: str) -> list[Notice]:
    if state == SUPPLIED:
        to = the_unit(cycle.council, draft.unit)
        return [Notice(ITEMS_SUPPLIED, to, cycle.code, draft.unit, ", ".join(criteria))]
    kind = ITEMS_ACCEPTED if state == ACCEPTED else ITEMS_RETURNED
    return [
        Notice(
            kind,
            the_accounts(account),
            cycle.code,
            draft.unit,
            sentence("%(items)s: %(reason)s", items=", ".join(codes), reason=reason) if reason else ", ".join(codes),
        )
        for account, codes in _by_account(draft, criteria).items()
    ]


def _by_account(draft: Draft, criteria: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in criteria:
        if code in draft.contributions:
            found.setdefault(draft.contributions[code].account, []).append(code)
    return found


def _refuse_nothing(draft: Draft, criterion: str) -> None:
    if draft.claim(criterion).is_empty:
        said = sentence("%(criterion)s: nothing is filled in yet.", criterion=criterion)
        raise BadInput([Fault(said, path=criterion)])


def _checked(uow: UnitOfWork, cycle: Cycle, unit: str, given: Sequence[Assignment]) -> list[Assignment]:
    """The assignments with the names of their contributors; raises BadInput, located by position."""
    people = {one.account: one for one in uow.people.contributors(cycle.council, unit)}
    columns = uow.cycles.framework(cycle.framework_sha256).columns
    faults: list[Fault] = []
    checked: list[Assignment] = []
    for index, one in enumerate(given):
        said = _fault(one, people, set(columns), cycle, unit)
        if said is not None:
            faults.append(Fault(said[1], path=f"assignments.{index}.{said[0]}"))
        name = people[one.account].name if one.account in people else ""
        checked.append(Assignment(one.criterion, one.account, name, one.due_on))
    if faults:
        raise BadInput(faults)
    return checked


def _fault(
    one: Assignment, people: dict[str, Contributor], codes: set[str], cycle: Cycle, unit: str
) -> tuple[str, Sentence] | None:
    if one.criterion not in codes:
        return "criterion", sentence("The framework has no item %(criterion)s.", criterion=one.criterion)
    if one.account is None:
        return None
    if one.account not in people:
        return "account", sentence("%(criterion)s: choose a contributor of your unit.", criterion=one.criterion)
    if one.due_on is not None and end_of_day(one.due_on) > cycle.deadline_of(unit):
        return "due_on", sentence(
            "%(criterion)s: this is later than your unit's own deadline.", criterion=one.criterion
        )
    return None
