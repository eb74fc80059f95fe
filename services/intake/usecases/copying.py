"""Copy last year's cycle: look at what would be taken over and what changed since, then make it in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain import permissions
from services.intake.domain.copying import Copy, Heads, copy_of, heads_as_lists
from services.intake.domain.cycles import Cycle, Quota, check_period
from services.intake.domain.directory import Directory, Membership, Plan
from services.intake.domain.directory_lists import Lists, afterwards, plan_lists
from services.intake.ports import Intake, UnitOfWork, View
from services.intake.usecases.cycles import NewCycle, add_cycle
from services.intake.usecases.directory import carry_out
from services.intake.usecases.quotas import GivenQuota, add_quotas
from services.intake.usecases.recording import find_cycle, record
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Framework, Title
from shared.people import Actor


@dataclass(frozen=True)
class CopyView:
    """A cycle as it would be copied, with everything one looks at before."""

    copy: Copy
    framework: Framework
    directory: Directory
    quotas: Sequence[Quota]
    today: date


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


def read_copy(intake: Intake, actor: Actor, source: str, *, rotate: bool = False) -> CopyView:
    """The proposal, for administrators; nothing is made."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, source)
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        return _view(view, cycle, rotate)


def copy_cycle(intake: Intake, actor: Actor, source: str, given: GivenCopy) -> Cycle:
    """Make the next cycle with its quotas, and write renewed memberships and changed heads into the directory.

    All of it or nothing. Raises BadInput with located faults, CONFLICT where the code is taken.
    """
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, source)
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        council = uow.councils.get(cycle.council, lock=True)
        assert council is not None
        view = _view(uow, cycle, False)
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


def _view(view: View | UnitOfWork, cycle: Cycle, rotate: bool) -> CopyView:
    council = view.councils.get(cycle.council)
    assert council is not None
    directory = view.councils.directory(council)
    today = view.now.astimezone(VIETNAM).date()
    quotas = view.cycles.quotas(cycle.code)
    return CopyView(
        copy=copy_of(cycle, view.cycles.clusters(cycle.code), directory, today, rotate=rotate),
        framework=view.cycles.framework(cycle.framework_sha256),
        directory=directory,
        quotas=[quotas[code] for code in sorted(quotas)],
        today=today,
    )


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
