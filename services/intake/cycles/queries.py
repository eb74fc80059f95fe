"""Cycles as everybody in their council sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.cycles.model import MOST_DAYS, Cycle, CycleCluster, Member
from services.intake.people.rules import not_found, takes_part
from services.intake.ports import Store, View
from services.intake.working_days import DayOff, days_off, is_working_day, working_days
from shared.clock import VIETNAM
from shared.criteria.model import Framework, Title
from shared.people import Actor


@dataclass(frozen=True)
class CalendarView:
    """A cycle's deadline among the working days. `left`: working days from today to the deadline's day."""

    cycle: Cycle
    members: Sequence[Member]
    today: date
    deadline_on: date
    left: int
    days_off: Sequence[DayOff]
    deadline_is_day_off: bool


def read_calendar(store: Store, actor: Actor, code: str, language: str = "vi") -> CalendarView:
    """The cycle's deadline with the working days and days off before it, for everybody in the council."""
    with store.view() as view:
        cycle = find_cycle(view, actor, code)
        today = view.now.astimezone(VIETNAM).date()
        members = [member for cluster in view.cycles.clusters(code) for member in cluster.members]
    deadline_on = (cycle.deadline_at - timedelta(seconds=1)).astimezone(VIETNAM).date()
    last = min(deadline_on, today + timedelta(days=2 * MOST_DAYS))
    return CalendarView(
        cycle=cycle,
        members=members,
        today=today,
        deadline_on=deadline_on,
        left=working_days(today, last),
        days_off=days_off(today, last, language),
        deadline_is_day_off=not is_working_day(deadline_on),
    )


@dataclass(frozen=True)
class CycleView:
    """A cycle with everything that belongs to it."""

    cycle: Cycle
    framework: Framework
    clusters: Sequence[CycleCluster]


def read_cycles(store: Store, actor: Actor) -> Sequence[Cycle]:
    """The cycles of the councils the actor takes part in, newest first."""
    with store.view() as view:
        return [cycle for cycle in view.cycles.all() if takes_part(actor, cycle.council)]


def read_cycle(store: Store, actor: Actor, code: str) -> CycleView:
    """A cycle with its framework and frozen clusters."""
    with store.view() as view:
        cycle = find_cycle(view, actor, code)
        return CycleView(cycle, view.cycles.framework(cycle.framework_sha256), view.cycles.clusters(code))


def find_cycle(view: View, actor: Actor, code: str, *, lock: str | None = None) -> Cycle:
    """The cycle; for whoever has nothing to do with its council there is none."""
    cycle = view.cycles.get(code, lock=lock)
    if cycle is None or not takes_part(actor, cycle.council):
        raise not_found()
    return cycle


def title_of_cluster(store: Store, actor: Actor, cycle: str, code: str) -> Title:
    """The cluster's title for a paper."""
    clusters = read_cycle(store, actor, cycle).clusters
    return next((one.title for one in clusters if one.code == code), Title(vi=code, en=code))
