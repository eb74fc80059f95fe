"""Due dates of sources, reminders of them, and the lock of ratings: by the rater, or when the time is over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.verify.claims.model import CycleRecord
from services.verify.ports import Store, UnitOfWork
from services.verify.roles import RATERS
from services.verify.sources.model import Lock, SourceRecord
from services.verify.sources.rules.due_dates import Duty, DutyState
from shared.clock import VIETNAM
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, Grant, Role

REMINDED = "source_reminder_due"
BY_RATER, BY_TIME = "rater", "due"


@dataclass(frozen=True)
class Attended:
    """What became of due dates: ratings that were locked, and reminders given, by source and cycle."""

    locked: tuple[tuple[str, str], ...]
    reminded: tuple[tuple[str, str, int], ...]


def set_due_date(store: Store, actor: Actor, source: str, cycle: str, due_on: date, locks: bool) -> int:
    """Say until the end of which day (in Việt Nam) a source's figures are due; the council's administrators may.

    `locks`: they are a rating, which is locked then. Returns the version of the due date.
    """
    with store.unit_of_work() as uow:
        _found(uow, actor, source, cycle)
        known = uow.sources.find(source)
        assert known is not None
        if not actor.may(Role.ADMINISTRATOR, council=known.council):
            message = sentence("Only the council's administrator sets due dates.")
            raise Refusal("not_allowed", Kind.FORBIDDEN, message)
        if uow.duties.locked(source, cycle) is not None:
            raise _locked_already()
        by = actor.account, actor.name
        version = uow.duties.set_due(source, cycle, end_of(due_on), locks, uow.now, by)
        data = {"cycle": cycle, "due_on": due_on.isoformat(), "locks": locks, "version": version}
        uow.record("due_date_set", f"source:{source}", actor, "", data)
        uow.commit()
    return version


def end_of(day: date) -> datetime:
    """23:59 of a day in Việt Nam, as the following midnight, exclusive."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM)


def lock_rating(store: Store, actor: Actor, source: str, cycle: str) -> None:
    """Lock a rating that was given: from then on it is only corrected, with a reason and by a second person."""
    with store.unit_of_work() as uow:
        found, _ = _found(uow, actor, source, cycle)
        if not actor.may(RATERS, council=found.council):
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Only raters lock a rating."))
        uow.duties.hold(source, cycle)
        duty = uow.duties.duty(source, cycle)
        if duty.state(uow.now) is DutyState.LOCKED:
            raise _locked_already()
        if duty.given_at is None:
            message = sentence("No figures of the cycle's period were given yet; there is nothing to lock.")
            raise Refusal("nothing_given", Kind.CONFLICT, message)
        _lock(uow, duty, BY_RATER, actor)
        uow.commit()


def attend_due_dates(store: Store) -> Attended:
    """Lock the ratings whose time is over, and remind of what is due: each reminder once. Beat calls it."""
    locked: list[tuple[str, str]] = []
    reminded: list[tuple[str, str, int]] = []
    with store.unit_of_work() as uow:
        for found in uow.duties.open():
            uow.duties.hold(found.source, found.cycle)
            duty = uow.duties.duty(found.source, found.cycle)  # as it is now that nobody moves it
            if duty.to_be_locked(uow.now):
                _lock(uow, duty, BY_TIME, _machine())
                locked.append((duty.source, duty.cycle))
            days = [one for one in duty.reminders(uow.now) if uow.duties.remind(duty, one, uow.now)]
            if days:
                _remind(uow, duty, days[-1])
                reminded.append((duty.source, duty.cycle, days[-1]))
        uow.commit()
    return Attended(tuple(locked), tuple(reminded))


def _lock(uow: UnitOfWork, duty: Duty, cause: str, actor: Actor) -> None:
    lock = Lock(cause, uow.now, actor.name)
    if uow.duties.lock(duty.source, duty.cycle, lock, actor.account):
        data = {"cycle": duty.cycle, "cause": cause}
        uow.record("rating_locked", f"source:{duty.source}", actor, "", data)


def _remind(uow: UnitOfWork, duty: Duty, days: int) -> None:
    source, cycle = uow.sources.find(duty.source), uow.cycles.find(duty.cycle)
    assert source is not None and cycle is not None and duty.due_at is not None  # noqa: PT018 - what a due date is of
    data = {
        "council": source.council,
        "cycle": duty.cycle,
        "source": duty.source,
        "title": dict(source.title),
        "due_at": duty.due_at.isoformat(),
        "days": days,
        "rating": duty.locks,
        "synthetic": cycle.synthetic,
    }
    version = uow.duties.reminders(duty.source, duty.cycle)
    subject = f"source_due:{duty.cycle}/{duty.source}"
    uow.publish(Event(REMINDED, subject, version, uow.now, data))


def _found(uow: UnitOfWork, actor: Actor, source: str, cycle: str) -> tuple[SourceRecord, CycleRecord]:
    found, known = uow.sources.find(source), uow.cycles.find(cycle)
    if found is None or not any(grant.council == found.council for grant in actor.grants):
        raise Refusal("source_not_found", Kind.NOT_FOUND, sentence("There is no such source open to you."))
    if known is None or known.council != found.council or known.archived:
        message = sentence("The council of this source has no cycle “%(cycle)s”.", cycle=cycle)
        raise BadInput([Fault(message, path="cycle")], code="unknown_cycle")
    return found, known


def _locked_already() -> Refusal:
    return Refusal("rating_locked", Kind.CONFLICT, sentence("This rating is locked already."))


def _machine() -> Actor:
    """Who locks when the time is over: nobody's account."""
    return Actor(account="verify", name="Công Tâm", home_units=(), grants=tuple[Grant, ...](), session="")
