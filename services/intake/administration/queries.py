"""What a copy of a cycle would take over, and the quotas of a cycle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.administration.model import Copy
from services.intake.administration.rules import copy_of
from services.intake.cycles.model import DRAFT, Cycle, CycleCluster, Quota
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import membership_on
from services.intake.directory.model import Directory
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import Store, View
from shared.clock import VIETNAM
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class CopyView:
    """A cycle as it would be copied, with everything one looks at before."""

    copy: Copy
    framework: Framework
    directory: Directory
    quotas: Sequence[Quota]
    today: date


def read_copy(store: Store, actor: Actor, source: str, *, rotate: bool = False) -> CopyView:
    """The proposal, for administrators; nothing is made."""
    with store.view() as view:
        cycle = find_cycle(view, actor, source)
        refuse_unless(administers(actor, cycle.council))
        return view_of_copy(view, cycle, rotate)


def view_of_copy(view: View, cycle: Cycle, rotate: bool) -> CopyView:
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


@dataclass(frozen=True)
class QuotasView:
    """A cycle's clusters (as they would be frozen today while it is being prepared) with their quotas."""

    cycle: Cycle
    clusters: Sequence[CycleCluster]


def read_quotas(store: Store, actor: Actor, code: str) -> QuotasView:
    """The quotas, for everybody in the council."""
    with store.view() as view:
        cycle = find_cycle(view, actor, code)
        if cycle.state != DRAFT:
            return QuotasView(cycle, view.cycles.clusters(code))
        council = view.councils.get(cycle.council)
        assert council is not None
        today = membership_on(view.councils.directory(council), view.now.astimezone(VIETNAM).date())
        quotas = view.cycles.quotas(code)
    return QuotasView(cycle, [replace(one, quota=quotas.get(one.code)) for one in today])
