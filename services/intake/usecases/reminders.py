"""Remind of what is due: by date, each reminder once; and the list of what is owed, with a button that reminds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.intake.domain import permissions
from services.intake.domain.adoption import tally
from services.intake.domain.calendar import is_working_day
from services.intake.domain.covenant import targeted
from services.intake.domain.cycles import ARCHIVED, DRAFT, Cycle, Member
from services.intake.domain.directory import Directory
from services.intake.domain.reception import RETURNED
from services.intake.domain.reminders import (
    ASSESSMENT,
    COMMENTS,
    CONTRIBUTION,
    COVENANT,
    CycleReminders,
    Owed,
    check_reminders,
    last_day,
    reminder,
    stage_of,
)
from services.intake.ports import Intake, UnitOfWork, View
from services.intake.usecases.notices import notify
from services.intake.usecases.recording import ITSELF, find_cycle, record
from shared.clock import VIETNAM
from shared.people import Actor

OFFICE_OPENS = time(7)


@dataclass(frozen=True)
class OwedView:
    """What the units of a cycle owe, the latest first, as far as the reader is in charge of them."""

    cycle: Cycle
    today: date
    owed: Sequence[Owed]
    sent_late: int
    reminders: CycleReminders
    sets: bool  # whether the reader may say when to remind


def read_owed(intake: Intake, actor: Actor, cycle_code: str) -> OwedView:
    """For administrators and the staff who receive submissions, each for the units they are in charge of."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        permissions.refuse_unless(permissions.watches(actor, cycle.council))
        owed = [one for one in owed_in(view, cycle) if _in_charge(actor, cycle, one.member)]
        late = [
            one for one in view.submissions.standings(cycle_code) if one.late and _in_charge(actor, cycle, one.member)
        ]
        return OwedView(
            cycle=cycle,
            today=_today(view.now),
            owed=sorted(owed, key=lambda one: (one.due_on, one.member.cluster, one.member.unit, one.key)),
            sent_late=len(late),
            reminders=view.reminders.of(cycle_code),
            sets=permissions.administers(actor, cycle.council) and cycle.state != ARCHIVED,
        )


def set_reminders(intake: Intake, actor: Actor, cycle_code: str, given: CycleReminders) -> CycleReminders:
    """Say when a cycle reminds, and by when covenants and comments are due; administrators. Raises BadInput."""
    wanted = CycleReminders(check_reminders(given.days), given.covenant_due_on, given.comments_due_on)
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        if wanted != uow.reminders.of(cycle_code):
            uow.reminders.save(cycle_code, wanted)
            details = {
                "days": list(wanted.days),
                "covenant_due_on": str(wanted.covenant_due_on or ""),
                "comments_due_on": str(wanted.comments_due_on or ""),
            }
            record(uow, actor, "reminders_set", f"cycle:{cycle_code}", details)
            uow.commit()
    return wanted


def remind_now(intake: Intake, actor: Actor, cycle_code: str, keys: Collection[str] | None) -> int:
    """Remind of what is owed under these keys (None: of everything that is late), each at most once a day.

    Returns how many lines of inboxes that made.
    """
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="share")
        permissions.refuse_unless(permissions.watches(actor, cycle.council))
        today = _today(uow.now)
        chosen = [
            one
            for one in owed_in(uow, cycle)
            if _in_charge(actor, cycle, one.member) and (one.key in keys if keys is not None else one.days_late(today))
        ]
        occasion = f"by hand {today.isoformat()}"
        count = notify(uow, actor, *(reminder(cycle.council, cycle.code, one, today, occasion) for one in chosen))
        if count:
            details = {"owed": [one.key for one in chosen]}
            record(uow, actor, "reminded", f"cycle:{cycle_code}", details)
            uow.commit()
    return count


def send_due_reminders(intake: Intake) -> int:
    """Remind of whatever comes due, on working days from seven in the morning. Safe to call at any time."""
    with intake.view() as view:
        local = view.now.astimezone(VIETNAM)
        if local.time() < OFFICE_OPENS or not is_working_day(local.date()):
            return 0
        codes = [cycle.code for cycle in view.cycles.all() if cycle.state != ARCHIVED]
    return sum(_remind_in(intake, code) for code in codes)


def _remind_in(intake: Intake, code: str) -> int:
    with intake.unit_of_work() as uow:
        cycle = uow.cycles.get(code, lock="share")
        if cycle is None:
            return 0
        today = _today(uow.now)
        days = uow.reminders.of(code).days
        staged = [(one, stage_of(today, one.due_on, days)) for one in owed_in(uow, cycle)]
        due = [reminder(cycle.council, code, one, today, f"{stage} days") for one, stage in staged if stage is not None]
        count = notify(uow, ITSELF, *due) if due else 0
        if count:
            uow.commit()
    return count


def owed_in(view: View | UnitOfWork, cycle: Cycle) -> list[Owed]:
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


def _comments(view: View | UnitOfWork, cycle: Cycle, reminders: CycleReminders) -> list[Owed]:
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
        for one in tally(directory, (), _today(view.now)).stands
        if one.unit not in spoke
    ]


def _in_charge(actor: Actor, cycle: Cycle, member: Member) -> bool:
    return permissions.administers(actor, cycle.council) or permissions.receives(
        actor, cycle.council, member.unit, member.cluster
    )


def _today(now: datetime) -> date:
    return now.astimezone(VIETNAM).date()
