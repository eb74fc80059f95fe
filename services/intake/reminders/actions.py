"""Remind of what is due: by date, each reminder once, and at the press of a button."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from services.intake.cycles.model import ARCHIVED
from services.intake.cycles.queries import find_cycle
from services.intake.notices.actions import notify
from services.intake.notices.model import SOURCE_DUE, Notice, Recipients
from services.intake.people.actions import record
from services.intake.people.model import ITSELF, VERIFY, NotArrivedYet
from services.intake.people.rules import administers, refuse_unless, watches
from services.intake.ports import Store, UnitOfWork
from services.intake.reminders.model import CycleReminders
from services.intake.reminders.queries import in_charge, owed_in, today_in
from services.intake.reminders.rules import check_reminders, reminder, stage_of
from services.intake.working_days import is_working_day, last_day
from shared.clock import VIETNAM
from shared.contracts.sentences import sentence
from shared.people import Actor, Role

OFFICE_OPENS = time(7)


def set_reminders(store: Store, actor: Actor, cycle_code: str, given: CycleReminders) -> CycleReminders:
    """Say when a cycle reminds, and by when covenants and comments are due; administrators. Raises BadInput."""
    wanted = CycleReminders(check_reminders(given.days), given.covenant_due_on, given.comments_due_on)
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        refuse_unless(administers(actor, cycle.council))
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


def remind_now(store: Store, actor: Actor, cycle_code: str, keys: Collection[str] | None) -> int:
    """Remind of what is owed under these keys (None: of everything that is late), each at most once a day.

    Returns how many lines of inboxes that made.
    """
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="share")
        refuse_unless(watches(actor, cycle.council))
        today = today_in(uow.now)
        chosen = [
            one
            for one in owed_in(uow, cycle)
            if in_charge(actor, cycle, one.member) and (one.key in keys if keys is not None else one.days_late(today))
        ]
        occasion = f"by hand {today.isoformat()}"
        count = notify(uow, actor, *(reminder(cycle.council, cycle.code, one, today, occasion) for one in chosen))
        if count:
            details = {"owed": [one.key for one in chosen]}
            record(uow, actor, "reminded", f"cycle:{cycle_code}", details)
            uow.commit()
    return count


def send_due_reminders(store: Store) -> int:
    """Remind of whatever comes due, on working days from seven in the morning. Safe to call at any time."""
    with store.view() as view:
        local = view.now.astimezone(VIETNAM)
        if local.time() < OFFICE_OPENS or not is_working_day(local.date()):
            return 0
        codes = [cycle.code for cycle in view.cycles.all() if cycle.state != ARCHIVED]
    return sum(_remind_in(store, code) for code in codes)


def _remind_in(store: Store, code: str) -> int:
    with store.unit_of_work() as uow:
        cycle = uow.cycles.get(code, lock="share")
        if cycle is None:
            return 0
        today = today_in(uow.now)
        days = uow.reminders.of(code).days
        staged = [(one, stage_of(today, one.due_on, days)) for one in owed_in(uow, cycle)]
        due = [reminder(cycle.council, code, one, today, f"{stage} days") for one, stage in staged if stage is not None]
        count = notify(uow, ITSELF, *due) if due else 0
        if count:
            uow.commit()
    return count


def announce_due_source(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`source_reminder_due`: one notice for each reminder, however often the event comes."""
    cycle = uow.cycles.get(data["cycle"])
    if cycle is None:
        raise NotArrivedYet(data["cycle"])
    said = sentence(
        "%(source)s: due on %(day)s", source=data["title"]["vi"], day=last_day(data["due_at"]).strftime("%d/%m/%Y")
    )
    to = Recipients(cycle.council, (Role.MINISTRY_RATER, Role.BOARD_RATER, Role.ADMINISTRATOR))
    once = f"{cycle.code}/{data['source']}/{data['due_at'].isoformat()}/{data['days']}"
    notify(uow, VERIFY, Notice(SOURCE_DUE, to, cycle.code, detail=said, once=once))
