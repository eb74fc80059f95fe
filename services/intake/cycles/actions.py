"""Deadlines: more time for a cycle or one unit, and how many working days are left."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.intake.cycles.model import ARCHIVED, DRAFT, INTAKE_CLOSED, Cycle, Extension
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import cycle_recorded
from services.intake.notices.actions import notify
from services.intake.notices.model import DEADLINE_EXTENDED, Notice, Recipients
from services.intake.people.actions import record
from services.intake.people.model import OFFICERS
from services.intake.people.rules import administers, not_found, refuse_unless
from services.intake.ports import Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.clock import end_of_day
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


@dataclass(frozen=True)
class GivenExtension:
    """More time as an administrator gives it; over at the end of `deadline_on` in Vietnam. `unit` None: for all."""

    deadline_on: date
    reason: str
    late_days: int = 0
    document: str = ""
    unit: str | None = None


def extend(store: Store, actor: Actor, code: str, given: GivenExtension) -> Cycle:
    """Give more time to the cycle or one unit; administrators. Raises BadInput for a date that is none."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        extended = add_extension(uow, actor, cycle, given)
        uow.commit()
    return extended


def add_extension(uow: UnitOfWork, actor: Actor, cycle: Cycle, given: GivenExtension) -> Cycle:
    """Check and keep an extension in this transaction, in which the cycle is locked for update."""
    _refuse_over(cycle, given)
    if given.unit is not None and cycle.state != DRAFT and uow.cycles.member(cycle.code, given.unit) is None:
        raise not_found()
    extension = Extension(
        unit=given.unit,
        deadline_at=end_of_day(given.deadline_on),
        closes_at=end_of_day(given.deadline_on + timedelta(days=given.late_days)),
        reason=one_spelling(given.reason).strip(),
        document=one_spelling(given.document).strip(),
        account=actor.account,
        name=actor.name,
        at=uow.now,
    )
    _check(cycle, extension, uow.now)
    uow.cycles.extend(cycle.code, extension)
    extended = cycle.extended([extension])
    details = {"unit": given.unit, "deadline_at": extension.deadline_at.isoformat(), "reason": extension.reason}
    record(uow, actor, "deadline_extended", f"cycle:{cycle.code}", {**details, "document": extension.document})
    until = sentence("Until %(day)s: %(reason)s", day=given.deadline_on.strftime("%d/%m/%Y"), reason=extension.reason)
    concerned = Recipients(cycle.council, OFFICERS, given.unit)
    notify(uow, actor, Notice(DEADLINE_EXTENDED, concerned, cycle.code, given.unit, until))
    if given.unit is None and cycle.state != DRAFT:
        extended = replace(extended, version=extended.version + 1)
        uow.cycles.save(extended)
        publish_cycle(uow, extended)
    return extended


def _refuse_over(cycle: Cycle, given: GivenExtension) -> None:
    if cycle.state == ARCHIVED or (cycle.state == INTAKE_CLOSED and given.unit is None):
        said = sentence("Intake of this cycle is over; more time can only be given to single units.")
        if cycle.state == ARCHIVED:
            said = sentence("This cycle is archived; no more time can be given.")
        raise Refusal("cycle_state", Kind.CONFLICT, said)


def _check(cycle: Cycle, extension: Extension, now: datetime) -> None:
    faults: list[Fault] = []
    present = cycle.deadline_at if extension.unit is None else cycle.deadline_of(extension.unit)
    if extension.deadline_at <= now:
        faults.append(Fault(sentence("The new deadline lies in the past."), path="deadline_on"))
    elif extension.deadline_at <= present:
        faults.append(Fault(sentence("The new deadline is not later than the present one."), path="deadline_on"))
    if not extension.reason:
        faults.append(Fault(sentence("Give the reason for the extension."), path="reason"))
    if faults:
        raise BadInput(faults)


def publish_cycle(uow: UnitOfWork, cycle: Cycle) -> None:
    """Say in the feed how the cycle stands, and wake those who read it."""
    council = uow.councils.get(cycle.council)
    assert council is not None
    framework = uow.cycles.framework(cycle.framework_sha256)
    data = cycle_recorded(cycle, council.title, dict(framework.document), uow.cycles.clusters(cycle.code))
    uow.publish(Event("cycle_recorded", f"cycle:{cycle.code}", cycle.version, uow.now, data))
    uow.wake_up("verify.drain_feeds", "verify")
    uow.wake_up("ranking.drain_feeds", "ranking")
