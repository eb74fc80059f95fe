"""How many flags a cluster may propose in a cycle: a ceiling set by the Board, with its legal source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.intake.administration.model import Copy, Heads
from services.intake.administration.queries import CopyView, view_of_copy
from services.intake.administration.rules import heads_as_lists
from services.intake.adoption.rules import refuse_unconfirmed
from services.intake.covenants.model import targeted
from services.intake.cycles.actions import publish_cycle
from services.intake.cycles.model import ARCHIVED, DRAFT, INTAKE_CLOSED, OPEN, Cycle, CycleCluster, Quota
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import check_period, load_framework, membership_on, refuse_empty
from services.intake.directory.actions import carry_out
from services.intake.directory.model import Lists, Membership, Plan
from services.intake.directory.rules import afterwards, plan_lists
from services.intake.notices.actions import notify
from services.intake.notices.model import COVENANT_TO_SIGN, CYCLE_CLOSED, CYCLE_OPENED, Notice, Recipients
from services.intake.notices.rules import the_unit
from services.intake.people.actions import record
from services.intake.people.model import ITSELF, OFFICERS
from services.intake.people.rules import administers, not_found, refuse_unless
from services.intake.ports import Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.clock import VIETNAM, end_of_day
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework, Title
from shared.people import Actor


@dataclass(frozen=True)
class GivenQuota:
    """A ceiling as an administrator gives it."""

    cluster: str
    flags: int
    legal_source: str


@dataclass(frozen=True)
class GivenCopy:
    """What an administrator confirms or changes of a proposal; None: as proposed."""

    code: str | None = None
    title: Title | None = None
    period: str | None = None
    deadline_on: date | None = None
    late_days: int | None = None
    heads: tuple[Heads, ...] | None = None
    heads_from: date | None = None  # the first day of other heads; None: today
    renewed: tuple[tuple[str, str], ...] | None = None  # memberships to renew: unit, cluster
    quotas: tuple[GivenQuota, ...] | None = None


def copy_cycle(store: Store, actor: Actor, source: str, given: GivenCopy) -> Cycle:
    """Make the next cycle with its quotas, and write renewed memberships and changed heads into the directory.

    All of it or nothing. Raises BadInput with located faults, CONFLICT where the code is taken.
    """
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, source)
        refuse_unless(administers(actor, cycle.council))
        council = uow.councils.get(cycle.council, lock=True)
        assert council is not None
        view = view_of_copy(uow, cycle, False)
        plan = _directory_plan(view, given)
        carry_out(uow, actor, council, plan, "directory_recorded")
        command = _command(view.copy, given, view.framework)
        made, created = add_cycle(uow, actor, command, view.framework)
        if not created:
            said = sentence("There is already a cycle %(cycle)s.", cycle=command.code)
            raise Refusal("cycle_exists", Kind.CONFLICT, said)
        quotas = given.quotas
        if quotas is None:
            present = {one.code for one in view.copy.clusters}
            known = [one for one in view.quotas if one.cluster in present]
            quotas = tuple(GivenQuota(one.cluster, one.flags, one.legal_source) for one in known)
        add_quotas(uow, actor, made, quotas)
        changes = [change.said.in_language("en") for change in view.copy.changes]
        record(uow, actor, "cycle_copied", f"cycle:{made.code}", {"from": source, "changes": changes})
        uow.commit()
    return made


def _directory_plan(view: CopyView, given: GivenCopy) -> Plan:
    renewed = _renewed(view.copy.renewable, given.renewed)
    lists = Lists(memberships=renewed)
    if given.heads is not None:
        beside = afterwards(view.directory, lists)
        heads = heads_as_lists(beside, given.heads, given.heads_from or view.today)
        lists = replace(heads, memberships=renewed)
    return plan_lists(view.directory, lists)


def _renewed(renewable: Sequence[Membership], wanted: tuple[tuple[str, str], ...] | None) -> list[Membership]:
    if wanted is None:
        return list(renewable)
    known = {(one.unit, one.cluster): one for one in renewable}
    faults = [
        Fault(
            sentence(
                "The membership of %(unit)s in cluster %(cluster)s cannot be renewed.", unit=unit, cluster=cluster
            ),
            path=f"renewed.{index}",
        )
        for index, (unit, cluster) in enumerate(wanted)
        if (unit, cluster) not in known
    ]
    if faults:
        raise BadInput(faults)
    return [known[one] for one in dict.fromkeys(wanted)]


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


def _command(copy: Copy, given: GivenCopy, framework: Framework) -> NewCycle:
    period = given.period if given.period is not None else copy.period
    fault = check_period(period, copy.source.period_kind)
    if fault is not None:
        raise BadInput([fault])
    return NewCycle(
        code=given.code if given.code is not None else copy.code,
        council=copy.source.council,
        title=given.title if given.title is not None else copy.title,
        period=period,
        period_kind=copy.source.period_kind,
        deadline_on=given.deadline_on if given.deadline_on is not None else copy.deadline_on,
        late_days=given.late_days if given.late_days is not None else copy.late_days,
        framework=framework.document,
        synthetic=copy.source.synthetic,
        notice=copy.source.notice,
    )


def create_cycle(store: Store, actor: Actor, command: NewCycle) -> tuple[Cycle, bool]:
    """Prepare a cycle; the same command again changes nothing (False). Raises BadInput with located faults."""
    refuse_unless(administers(actor, command.council))
    framework = _framework(command)
    with store.unit_of_work() as uow:
        if uow.councils.get(command.council) is None:
            raise not_found()
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


def open_cycle(store: Store, actor: Actor, code: str) -> Cycle:
    """Open the cycle: the membership valid today is copied into it, and units may begin."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        refuse_unless(administers(actor, cycle.council))
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


def close_intake(store: Store, actor: Actor, code: str) -> Cycle:
    """Take no more submissions. An administrator may do so before the date does."""
    return _move(store, actor, code, INTAKE_CLOSED, "intake_closed")


def archive_cycle(store: Store, actor: Actor, code: str) -> Cycle:
    """Put a finished cycle away."""
    return _move(store, actor, code, ARCHIVED, "cycle_archived")


def close_due_cycles(store: Store) -> Sequence[str]:
    """Close the intake of every open cycle whose time is over; returns their codes. Safe to call at any time."""
    with store.unit_of_work() as uow:
        due = uow.cycles.due(uow.now)
    closed: list[str] = []
    for code in due:
        with store.unit_of_work() as uow:
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


def _move(store: Store, actor: Actor, code: str, state: str, action: str) -> Cycle:
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        moved = cycle.moved(state)
        uow.cycles.save(moved)
        record(uow, actor, action, f"cycle:{code}", {"from": cycle.state})
        publish_cycle(uow, moved)
        if state == INTAKE_CLOSED:
            _tell_of_close(uow, actor, moved)
        uow.commit()
    return moved


MOST_FLAGS = 1000


def set_quotas(store: Store, actor: Actor, code: str, given: Sequence[GivenQuota]) -> Cycle:
    """Set the quotas of some clusters, all or none; administrators. Raises BadInput, located by position."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        if cycle.state == ARCHIVED:
            said = sentence("This cycle is archived; its quotas stay as they are.")
            raise Refusal("cycle_state", Kind.CONFLICT, said)
        changed = add_quotas(uow, actor, cycle, given)
        if changed and cycle.state != DRAFT:
            cycle = replace(cycle, version=cycle.version + 1)
            uow.cycles.save(cycle)
            publish_cycle(uow, cycle)
        if changed:
            uow.commit()
    return cycle


def add_quotas(uow: UnitOfWork, actor: Actor, cycle: Cycle, given: Sequence[GivenQuota]) -> bool:
    """Check and keep quotas in this transaction; whether any of them is new."""
    clusters = {one.code for one in uow.cycles.clusters(cycle.code)} or _registered(uow, cycle)
    wanted = [replace(one, legal_source=one_spelling(one.legal_source).strip()) for one in given]
    _check(wanted, clusters)
    known = {code: (one.flags, one.legal_source) for code, one in uow.cycles.quotas(cycle.code).items()}
    changed = [one for one in wanted if known.get(one.cluster) != (one.flags, one.legal_source)]
    if changed:
        quotas = [
            Quota(one.cluster, one.flags, one.legal_source, actor.account, actor.name, uow.now) for one in changed
        ]
        uow.cycles.set_quotas(cycle.code, quotas)
        details = {"quotas": [dict(vars(one)) for one in changed]}
        record(uow, actor, "quotas_set", f"cycle:{cycle.code}", details)
    return bool(changed)


def _registered(uow: UnitOfWork, cycle: Cycle) -> set[str]:
    council = uow.councils.get(cycle.council)
    assert council is not None
    return {one.code for one in uow.councils.directory(council).clusters}


def _check(given: Sequence[GivenQuota], clusters: set[str]) -> None:
    faults: list[Fault] = []
    codes = [one.cluster for one in given]
    for index, one in enumerate(given):
        place = f"quotas.{index}"
        if one.cluster not in clusters:
            said = sentence("There is no cluster %(cluster)s in this cycle.", cluster=one.cluster)
            faults.append(Fault(said, path=f"{place}.cluster"))
        if one.cluster in codes[:index]:
            said = sentence("Cluster %(cluster)s is given twice.", cluster=one.cluster)
            faults.append(Fault(said, path=f"{place}.cluster"))
        if not 0 <= one.flags <= MOST_FLAGS:
            said = sentence("Expected a whole number from 0 to %(most)s.", most=MOST_FLAGS)
            faults.append(Fault(said, path=f"{place}.flags"))
        if not one.legal_source:
            faults.append(Fault(sentence("Give the legal source."), path=f"{place}.legal_source"))
    if faults:
        raise BadInput(faults)
