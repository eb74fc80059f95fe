"""How many flags a cluster may propose in a cycle: a ceiling set by the Board, with its legal source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.intake.domain import permissions
from services.intake.domain.cycles import ARCHIVED, DRAFT, Cycle, CycleCluster, Quota, membership_on
from services.intake.domain.vietnamese import one_spelling
from services.intake.ports import Intake, UnitOfWork
from services.intake.usecases.recording import find_cycle, publish_cycle, record
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor

MOST_FLAGS = 1000


@dataclass(frozen=True)
class GivenQuota:
    """A ceiling as an administrator gives it."""

    cluster: str
    flags: int
    legal_source: str


@dataclass(frozen=True)
class QuotasView:
    """A cycle's clusters (as they would be frozen today while it is being prepared) with their quotas."""

    cycle: Cycle
    clusters: Sequence[CycleCluster]


def read_quotas(intake: Intake, actor: Actor, code: str) -> QuotasView:
    """The quotas, for everybody in the council."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, code)
        if cycle.state != DRAFT:
            return QuotasView(cycle, view.cycles.clusters(code))
        council = view.councils.get(cycle.council)
        assert council is not None
        today = membership_on(view.councils.directory(council), view.now.astimezone(VIETNAM).date())
        quotas = view.cycles.quotas(code)
    return QuotasView(cycle, [replace(one, quota=quotas.get(one.code)) for one in today])


def set_quotas(intake: Intake, actor: Actor, code: str, given: Sequence[GivenQuota]) -> Cycle:
    """Set the quotas of some clusters, all or none; administrators. Raises BadInput, located by position."""
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, code, lock="update")
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
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
