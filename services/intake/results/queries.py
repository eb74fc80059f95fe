"""What earlier or shorter cycles came to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.intake.cycles.model import DRAFT, OPEN, Cycle, Member, Rolled, RollUp
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import in_order, rolled_up
from services.intake.people.rules import administers
from services.intake.ports import Store, View
from shared.contracts.refusals import BadInput
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
    view: View, cycles: Collection[str], unit: str
) -> tuple[Mapping[str, Mapping[str, float]], frozenset[str]]:
    """By cycle the values by criterion, verified ones where they are known; and the cycles that are verified."""
    if not cycles:
        return {}, frozenset()
    found = dict(view.submissions.received(cycles, unit))
    known = dict(view.verified.of(cycles, unit))
    return found | known, frozenset(known)


def last_results(view: View, cycle: Cycle, member: Member) -> LastResults:
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


def read_rolled(view: View, cycle: Cycle, framework: Framework, unit: str) -> dict[str, Rolled]:
    """What the shorter cycles come to for a unit, by criterion; empty where the cycle rolls nothing up."""
    roll_up = view.cycles.roll_up(cycle.code)
    if roll_up is None:
        return {}
    return rolled_up(roll_up, framework, *results_of(view, roll_up.parts, unit))


def read_roll_up(store: Store, actor: Actor, code: str) -> RollUpView:
    """What the cycle rolls up, for everybody in the council; the choices are its council's other cycles."""
    with store.view() as view:
        cycle = find_cycle(view, actor, code)
        others = [one for one in view.cycles.all() if one.council == cycle.council and one.code != code]
        return RollUpView(
            cycle=cycle,
            framework=view.cycles.framework(cycle.framework_sha256),
            roll_up=view.cycles.roll_up(code),
            choices=sorted((one for one in others if _fits(cycle, one)), key=lambda one: one.period),
            may_set=administers(actor, cycle.council) and cycle.state in (DRAFT, OPEN),
        )


def _fits(cycle: Cycle, part: Cycle) -> bool:
    try:
        in_order(cycle, [part])
    except BadInput:
        return False
    return True
