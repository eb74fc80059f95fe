"""Prepare a cycle, open it, close its intake, put it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.intake.domain import permissions
from services.intake.domain.adoption import refuse_unconfirmed
from services.intake.domain.covenant import targeted
from services.intake.domain.cycles import (
    ARCHIVED,
    DRAFT,
    INTAKE_CLOSED,
    OPEN,
    Cycle,
    CycleCluster,
    check_period,
    membership_on,
    refuse_empty,
)
from services.intake.domain.notices import (
    COVENANT_TO_SIGN,
    CYCLE_CLOSED,
    CYCLE_OPENED,
    OFFICERS,
    Notice,
    Recipients,
    the_unit,
)
from services.intake.domain.vietnamese import search_key
from services.intake.ports import Intake, Standing, UnitOfWork
from services.intake.usecases.notices import notify
from services.intake.usecases.recording import ITSELF, find_cycle, publish_cycle, record
from shared.clock import VIETNAM, end_of_day
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.loader import load_document
from shared.criteria.model import Framework, Title
from shared.people import Actor


@dataclass(frozen=True)
class NewCycle:
    """What an administrator says of a cycle. The deadline is over at the end of `deadline_on` in Vietnam.

    For `late_days` more days submissions are taken and marked late; then intake closes.
    """

    code: str
    council: str
    title: Title
    period: str
    period_kind: str
    deadline_on: date
    framework: Mapping[str, Any]
    late_days: int = 0
    synthetic: bool = False
    notice: Title | None = None


@dataclass(frozen=True)
class CycleView:
    """A cycle with everything that belongs to it."""

    cycle: Cycle
    framework: Framework
    clusters: Sequence[CycleCluster]


def create_cycle(intake: Intake, actor: Actor, command: NewCycle) -> tuple[Cycle, bool]:
    """Prepare a cycle; the same command again changes nothing (False). Raises BadInput with located faults."""
    permissions.refuse_unless(permissions.administers(actor, command.council))
    framework = _framework(command)
    with intake.unit_of_work() as uow:
        if uow.councils.get(command.council) is None:
            raise permissions.not_found()
        cycle, created = add_cycle(uow, actor, command, framework)
        if created:
            uow.commit()
    return cycle, created


def add_cycle(uow: UnitOfWork, actor: Actor, command: NewCycle, framework: Framework) -> tuple[Cycle, bool]:
    """Keep a new cycle in this transaction; False for the very same one. Refuses a code that means another."""
    cycle = Cycle(
        code=command.code,
        council=command.council,
        title=command.title,
        period=command.period,
        period_kind=command.period_kind,
        deadline_at=end_of_day(command.deadline_on),
        closes_at=end_of_day(command.deadline_on + timedelta(days=command.late_days)),
        synthetic=command.synthetic,
        notice=command.notice,
        framework_sha256=framework.sha256,
    )
    if not uow.cycles.add(cycle, framework, uow.now):
        existing = uow.cycles.get(command.code)
        if existing is None or _as_prepared(existing, cycle) != cycle:
            said = sentence("There is already a different cycle %(cycle)s.", cycle=command.code)
            raise Refusal("cycle_exists", Kind.CONFLICT, said)
        return existing, False
    details = {"framework_sha256": framework.sha256, "deadline_at": cycle.deadline_at.isoformat()}
    record(uow, actor, "cycle_created", f"cycle:{cycle.code}", details)
    return cycle, True


def _as_prepared(existing: Cycle, cycle: Cycle) -> Cycle:
    """The existing cycle as it was prepared, to compare with the same command given again."""
    prepared = replace(existing, state=DRAFT, version=1, extensions=(), planned=None)
    if existing.extensions:
        prepared = replace(prepared, deadline_at=cycle.deadline_at, closes_at=cycle.closes_at)
    return prepared


def _framework(command: NewCycle) -> Framework:
    faults: list[Fault] = []
    period = check_period(command.period, command.period_kind)
    if period is not None:
        faults.append(period)
    try:
        framework = load_framework(command.framework)
    except BadInput as bad:
        faults += bad.faults
    if faults:
        raise BadInput(faults)
    return framework


def load_framework(document: Mapping[str, Any]) -> Framework:
    """A framework document, its faults located under `framework`; raises BadInput."""
    try:
        return load_document(document)
    except BadInput as bad:
        raise BadInput(
            [replace(fault, path=f"framework.{fault.path}" if fault.path else "framework") for fault in bad.faults]
        ) from None


def open_cycle(intake: Intake, actor: Actor, code: str) -> Cycle:
    """Open the cycle: the membership valid today is copied into it, and units may begin."""
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        opened = cycle.moved(OPEN)
        refuse_unconfirmed(uow.adoption.proposals(code))
        council = uow.councils.get(cycle.council, lock=True)
        assert council is not None
        today = uow.now.astimezone(VIETNAM).date()
        clusters = membership_on(uow.councils.directory(council), today)
        refuse_empty(clusters, today)
        uow.cycles.freeze(code, clusters)
        uow.assessments.begin(code, clusters)
        uow.cycles.save(opened)
        members = {cluster.code: len(cluster.members) for cluster in clusters}
        record(uow, actor, "cycle_opened", f"cycle:{code}", {"members": members})
        publish_cycle(uow, opened)
        _tell_of_opening(uow, actor, opened, clusters)
        uow.commit()
    return opened


def _tell_of_opening(uow: UnitOfWork, actor: Actor, cycle: Cycle, clusters: Sequence[CycleCluster]) -> None:
    kinds = [CYCLE_OPENED]
    if targeted(uow.cycles.framework(cycle.framework_sha256)):
        kinds.append(COVENANT_TO_SIGN)
    members = [member.unit for cluster in clusters for member in cluster.members]
    notify(
        uow,
        actor,
        *(Notice(kind, the_unit(cycle.council, unit), cycle.code, unit) for kind in kinds for unit in members),
    )


def _tell_of_close(uow: UnitOfWork, actor: Actor, cycle: Cycle) -> None:
    notify(uow, actor, Notice(CYCLE_CLOSED, Recipients(cycle.council, OFFICERS), cycle.code))


def close_intake(intake: Intake, actor: Actor, code: str) -> Cycle:
    """Take no more submissions. An administrator may do so before the date does."""
    return _move(intake, actor, code, INTAKE_CLOSED, "intake_closed")


def archive_cycle(intake: Intake, actor: Actor, code: str) -> Cycle:
    """Put a finished cycle away."""
    return _move(intake, actor, code, ARCHIVED, "cycle_archived")


def close_due_cycles(intake: Intake) -> Sequence[str]:
    """Close the intake of every open cycle whose time is over; returns their codes. Safe to call at any time."""
    with intake.unit_of_work() as uow:
        due = uow.cycles.due(uow.now)
    closed: list[str] = []
    for code in due:
        with intake.unit_of_work() as uow:
            cycle = uow.cycles.get(code, lock="update")
            if cycle is None or not cycle.is_due(uow.now):
                continue  # somebody closed it meanwhile
            moved = cycle.moved(INTAKE_CLOSED)
            uow.cycles.save(moved)
            record(uow, ITSELF, "intake_closed", f"cycle:{code}", {"closes_at": cycle.closes_at.isoformat()})
            publish_cycle(uow, moved)
            _tell_of_close(uow, ITSELF, moved)
            uow.commit()
            closed.append(code)
    return closed


def _move(intake: Intake, actor: Actor, code: str, state: str, action: str) -> Cycle:
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        moved = cycle.moved(state)
        uow.cycles.save(moved)
        record(uow, actor, action, f"cycle:{code}", {"from": cycle.state})
        publish_cycle(uow, moved)
        if state == INTAKE_CLOSED:
            _tell_of_close(uow, actor, moved)
        uow.commit()
    return moved


def read_cycles(intake: Intake, actor: Actor) -> Sequence[Cycle]:
    """The cycles of the councils the actor takes part in, newest first."""
    with intake.view() as view:
        return [cycle for cycle in view.cycles.all() if permissions.takes_part(actor, cycle.council)]


def read_cycle(intake: Intake, actor: Actor, code: str) -> CycleView:
    """A cycle with its framework and frozen clusters."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, code)
        return CycleView(cycle, view.cycles.framework(cycle.framework_sha256), view.cycles.clusters(code))


def read_standings(intake: Intake, actor: Actor, code: str, search: str = "") -> tuple[CycleView, Sequence[Standing]]:
    """Where the units stand: all of them for administrators, for others the units they act for.

    `search` narrows them to names that hold these words, with or without diacritics.
    """
    with intake.view() as view:
        cycle = find_cycle(view, actor, code)
        standings = [
            standing
            for standing in view.submissions.standings(code, search_key(search))
            if permissions.looks(actor, cycle.council, standing.member.unit)
        ]
        framework = view.cycles.framework(cycle.framework_sha256)
        return CycleView(cycle, framework, view.cycles.clusters(code)), standings
