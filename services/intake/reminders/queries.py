"""What the units of a cycle owe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.intake.adoption.rules import tally
from services.intake.covenants.model import targeted
from services.intake.cycles.model import ARCHIVED, DRAFT, Cycle, Member
from services.intake.cycles.queries import find_cycle
from services.intake.directory.model import Directory
from services.intake.people.rules import administers, receives, refuse_unless, watches
from services.intake.ports import Store, View
from services.intake.reminders.model import ASSESSMENT, COMMENTS, CONTRIBUTION, COVENANT, CycleReminders, Owed
from services.intake.submissions.model import RETURNED
from services.intake.working_days import last_day
from shared.clock import VIETNAM
from shared.people import Actor


@dataclass(frozen=True)
class OwedView:
    """What the units of a cycle owe, the latest first, as far as the reader is in charge of them."""

    cycle: Cycle
    today: date
    owed: Sequence[Owed]
    sent_late: int
    reminders: CycleReminders
    sets: bool  # whether the reader may say when to remind


def read_owed(store: Store, actor: Actor, cycle_code: str) -> OwedView:
    """For administrators and the staff who receive submissions, each for the units they are in charge of."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        refuse_unless(watches(actor, cycle.council))
        owed = [one for one in owed_in(view, cycle) if in_charge(actor, cycle, one.member)]
        late = [
            one for one in view.submissions.standings(cycle_code) if one.late and in_charge(actor, cycle, one.member)
        ]
        return OwedView(
            cycle=cycle,
            today=today_in(view.now),
            owed=sorted(owed, key=lambda one: (one.due_on, one.member.cluster, one.member.unit, one.key)),
            sent_late=len(late),
            reminders=view.reminders.of(cycle_code),
            sets=administers(actor, cycle.council) and cycle.state != ARCHIVED,
        )


def owed_in(view: View, cycle: Cycle) -> list[Owed]:
    """Everything that is owed in a cycle now, by one query for each matter."""
    reminders = view.reminders.of(cycle.code)
    if cycle.state == DRAFT:
        return _comments(view, cycle, reminders)
    standings = view.submissions.standings(cycle.code)
    members = {one.member.unit: one.member for one in standings if cycle.takes(one.member.unit, view.now)}
    owed = [
        Owed(ASSESSMENT, member, last_day(cycle.deadline_of(unit)), returned=one.submissions > 0)
        for one in standings
        for unit, member in [(one.member.unit, one.member)]
        if unit in members and (one.submissions == 0 or one.reception == RETURNED)
    ]
    if reminders.covenant_due_on is not None and targeted(view.cycles.framework(cycle.framework_sha256)):
        signed = {unit for unit, one in view.covenants.all(cycle.code).items() if one.is_signed}
        owed += [
            Owed(COVENANT, member, reminders.covenant_due_on) for unit, member in members.items() if unit not in signed
        ]
    return owed + [
        Owed(CONTRIBUTION, members[one.unit], one.due_on, False, one.account, one.name, one.criteria)
        for one in view.reminders.waiting(cycle.code)
        if one.unit in members
    ]


def _comments(view: View, cycle: Cycle, reminders: CycleReminders) -> list[Owed]:
    """Members who have not said anything on the newest proposal while the cycle is prepared."""
    proposals = view.adoption.proposals(cycle.code)
    due_on = reminders.comments_due_on
    if due_on is None or not proposals or proposals[-1].confirmation is not None:
        return []
    council = view.councils.get(cycle.council)
    assert council is not None
    directory: Directory = view.councils.directory(council)
    titles = {unit.code: unit.title for unit in directory.units}
    spoke = {one.unit for one in proposals[-1].positions}
    return [
        Owed(COMMENTS, Member(one.unit, titles[one.unit], one.cluster), due_on)
        for one in tally(directory, (), today_in(view.now)).stands
        if one.unit not in spoke
    ]


def in_charge(actor: Actor, cycle: Cycle, member: Member) -> bool:
    return administers(actor, cycle.council) or receives(actor, cycle.council, member.unit, member.cluster)


def today_in(now: datetime) -> date:
    return now.astimezone(VIETNAM).date()
