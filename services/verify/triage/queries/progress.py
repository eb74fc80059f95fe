"""How far verification is, and the queue, for the API and the pages alike."""

from collections.abc import Mapping, Sequence

from services.verify.claims.model import ListedCycle, Member, Membership, ShownCycle
from services.verify.claims.rules.frameworks import read_framework
from services.verify.ports import View
from services.verify.reviews.model.views import ShownItem, WaitingStep
from services.verify.roles import LOOKERS, councils_of, units_spoken_for
from services.verify.sources.queries import ShownDuty, duties, is_blinded
from services.verify.triage.model import Capacity, CycleProgress, CycleWithWork, QueueFilter, Totals
from shared.people import Actor


def cycle_list(view: View, actor: Actor) -> Sequence[CycleWithWork]:
    """The cycles that somebody looks after, with how their screenings stand."""
    found = view.cycles.listed(councils_of(actor, LOOKERS))
    screenings = view.history.screenings([cycle.cycle for cycle in found])
    return [CycleWithWork(**vars(cycle), screenings=screenings[cycle.cycle]) for cycle in found]


def cycle_progress(view: View, actor: Actor, cycle: ListedCycle, gaps: int) -> CycleProgress:
    """A cycle cluster by cluster, its totals, and so many of its largest differences."""
    name, council = cycle.cycle, cycle.council
    clusters = view.triage.progress(actor, name, council)
    listed = {field: getattr(cycle, field) for field in ListedCycle.__dataclass_fields__}
    return CycleProgress(
        **listed,
        screenings=view.history.screenings([name])[name],
        clusters=clusters,
        totals=Totals(
            **{count: sum(getattr(cluster, count) for cluster in clusters) for count in Totals.__dataclass_fields__}
        ),
        own_unit_items=view.triage.hidden_items(actor, name, council),
        capacity=capacity(view, actor, cycle),
        gaps=view.queue.largest_gaps(actor, name, council, gaps) if gaps else [],
    )


def capacity(view: View, actor: Actor, cycle: ListedCycle) -> Capacity:
    """How many items the staff can look through, and the first open item that lies beyond (`line`; None: all fit).

    Items drawn at random are looked at whatever their priority, so room is kept for them.
    """
    name, council = cycle.cycle, cycle.council
    _, plan = view.triage.plan(name)
    looked_at = view.triage.looked_at(name)
    audits, doubt = view.triage.open_audits(actor, name, council)
    remaining = max(0, plan.capacity - looked_at - audits)
    line = view.triage.line(actor, name, council, remaining)
    beside = view.triage.beside(actor, name, council, line)
    part = beside.doubt / doubt if doubt else 0.0
    return Capacity(
        capacity=plan.capacity,
        looked_at=looked_at,
        audits=audits,
        remaining=remaining,
        above=beside.above,
        below=beside.below,
        must_be_decided_below=beside.must_be_decided_below,
        expected_false=None if cycle.expected_false is None else float(cycle.expected_false) * part,
        line=line,
    )


def materiality(view: View, cycle: ShownCycle) -> float:
    """Below how many points of a unit's total an item hardly matters in a cycle."""
    return view.triage.plan(cycle.cycle)[1].limit(read_framework(cycle).total)


def queue_page(
    view: View, actor: Actor, cycle: ShownCycle, wanted: QueueFilter, after: str | None, limit: int
) -> tuple[Sequence[ShownItem], str | None]:
    """Items by review priority, and the cursor of the next page (None at the end). Raises BadCursor."""
    return view.queue.page(actor, cycle.cycle, cycle.council, wanted, after, limit)


def members(view: View, cycle: str) -> Sequence[Member]:
    """The members of a cycle, cluster by cluster in the cycle's order."""
    return view.cycles.listed_members(cycle)


def memberships(view: View, actor: Actor) -> Sequence[Membership]:
    """The cycles in which the units are members that somebody speaks for."""
    homes = units_spoken_for(actor)
    return view.cycles.memberships(homes) if homes else []


def living_progress(view: View, actor: Actor, cycles: Sequence[CycleWithWork]) -> Sequence[CycleProgress]:
    """How far the living cycles are; of those that are over a link is enough."""
    return [
        cycle_progress(view, actor, cycle, 0)
        for cycle in cycles
        if not cycle.archived and not is_blinded(view, actor, cycle.council, cycle.cycle)
    ]


def owed_and_waiting(view: View, actor: Actor, cycle: ShownCycle) -> tuple[Sequence[ShownDuty], Sequence[WaitingStep]]:
    """What the sources of a cycle owe it, and how many of its items wait in each state."""
    owed = duties(view, [cycle.council], cycle=cycle.cycle)
    return owed, view.steps.waiting(actor, cycle.cycle, cycle.council)


def source_titles(view: View, council: str) -> Mapping[str, Mapping[str, str]]:
    """Source → its title."""
    return {source.source: source.title for source in view.sources.listed([council])}
