"""What a unit's earlier or shorter cycles came to: baselines of its covenant, and the values a cycle rolls up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain import permissions
from services.intake.domain.cycles import DRAFT, OPEN, Cycle, Member
from services.intake.domain.roll_up import MOST_PARTS, Rolled, RollUp, check_rules, in_order, rolled_up
from services.intake.ports import Intake, UnitOfWork, View
from services.intake.usecases.recording import editor, find_cycle, record
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class LastResults:
    """Last year's results of a unit. `cycle` None: there is none to compare with, or the unit was merged since."""

    cycle: Cycle | None = None
    values: Mapping[str, float] | None = None
    is_verified: bool = False
    is_merged: bool = False


@dataclass(frozen=True)
class RollUpView:
    """What a cycle rolls up, and what it could."""

    cycle: Cycle
    framework: Framework
    roll_up: RollUp | None
    choices: Sequence[Cycle]
    may_set: bool


def results_of(
    view: View | UnitOfWork, cycles: Collection[str], unit: str
) -> tuple[Mapping[str, Mapping[str, float]], frozenset[str]]:
    """By cycle the values by criterion, verified ones where they are known; and the cycles that are verified."""
    if not cycles:
        return {}, frozenset()
    found = dict(view.submissions.received(cycles, unit))
    known = dict(view.verified.of(cycles, unit))
    return found | known, frozenset(known)


def last_results(view: View | UnitOfWork, cycle: Cycle, member: Member) -> LastResults:
    """The unit's results in the council's cycle a year earlier; nothing is carried through a merger."""
    earlier_period = f"{int(cycle.period[:4]) - 1:04}{cycle.period[4:]}"
    same = (cycle.council, earlier_period, cycle.period_kind)
    earlier = next(
        (one for one in view.cycles.all() if (one.council, one.period, one.period_kind) == same and one.state != DRAFT),
        None,
    )
    if earlier is None:
        return LastResults()
    then = view.cycles.member(earlier.code, member.unit)
    known = {link.key for link in then.predecessors} if then else set()
    if any(link.key not in known for link in member.predecessors):
        return LastResults(is_merged=True)
    values, are_verified = results_of(view, [earlier.code], member.unit)
    return LastResults(earlier, values.get(earlier.code, {}), earlier.code in are_verified)


def read_rolled(view: View | UnitOfWork, cycle: Cycle, framework: Framework, unit: str) -> dict[str, Rolled]:
    """What the shorter cycles come to for a unit, by criterion; empty where the cycle rolls nothing up."""
    roll_up = view.cycles.roll_up(cycle.code)
    if roll_up is None:
        return {}
    return rolled_up(roll_up, framework, *results_of(view, roll_up.parts, unit))


def read_roll_up(intake: Intake, actor: Actor, code: str) -> RollUpView:
    """What the cycle rolls up, for everybody in the council; the choices are its council's other cycles."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, code)
        others = [one for one in view.cycles.all() if one.council == cycle.council and one.code != code]
        return RollUpView(
            cycle=cycle,
            framework=view.cycles.framework(cycle.framework_sha256),
            roll_up=view.cycles.roll_up(code),
            choices=sorted((one for one in others if _fits(cycle, one)), key=lambda one: one.period),
            may_set=permissions.administers(actor, cycle.council) and cycle.state in (DRAFT, OPEN),
        )


def _fits(cycle: Cycle, part: Cycle) -> bool:
    try:
        in_order(cycle, [part])
    except BadInput:
        return False
    return True


def set_roll_up(
    intake: Intake, actor: Actor, code: str, parts: Sequence[str], rule: str, rules: Mapping[str, str]
) -> RollUp:
    """Declare which shorter cycles the cycle rolls up, and how; no parts: none. Administrators, until intake closes."""
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        if cycle.state not in (DRAFT, OPEN):
            said = sentence("Intake of this cycle is over; what it rolls up stays as it is.")
            raise Refusal("cycle_state", Kind.CONFLICT, said)
        check_rules(uow.cycles.framework(cycle.framework_sha256), rule, rules)
        roll_up = RollUp(tuple(one.code for one in in_order(cycle, _found(uow, actor, parts))), rule, dict(rules))
        if roll_up != uow.cycles.roll_up(code):
            uow.cycles.set_roll_up(code, roll_up, editor(uow, actor))
            record(uow, actor, "roll_up_set", f"cycle:{code}", roll_up.document())
            uow.commit()
    return roll_up


def _found(uow: UnitOfWork, actor: Actor, codes: Sequence[str]) -> list[Cycle]:
    if len(codes) > MOST_PARTS or len(set(codes)) < len(codes):
        said = sentence("At most %(most)s different cycles.", most=MOST_PARTS)
        raise BadInput([Fault(said, path="parts")])
    known = {one.code: one for one in uow.cycles.all() if permissions.takes_part(actor, one.council)}
    faults = [
        Fault(sentence("There is no cycle %(cycle)s.", cycle=code), path=f"parts.{index}")
        for index, code in enumerate(codes)
        if code not in known
    ]
    if faults:
        raise BadInput(faults)
    return [known[code] for code in codes]
