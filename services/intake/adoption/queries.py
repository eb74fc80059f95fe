"""Proposals of criteria, and what the members say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.adoption.model import Proposal, Tally
from services.intake.adoption.rules import tally
from services.intake.cycles.model import Cycle
from services.intake.cycles.queries import find_cycle
from services.intake.directory.model import Directory
from services.intake.people.rules import administers, proposes, speaks_for
from services.intake.ports import Store, View
from shared.clock import VIETNAM
from shared.criteria.lint import Remark, remarks
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class AdoptionView:
    """The proposals of a cycle, oldest first, and how the members stand on the newest."""

    cycle: Cycle
    framework: Framework  # of the newest proposal, else the cycle's own
    remarks: Sequence[Remark]
    proposals: Sequence[Proposal]
    tally: Tally
    directory: Directory
    proposes: bool
    confirms: bool
    speaks_for: Sequence[str]  # units of the actor that are members today


def read_adoption(store: Store, actor: Actor, cycle_code: str) -> AdoptionView:
    """Everything about the criteria of a cycle, for everybody in the council."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        proposals = view.adoption.proposals(cycle_code)
        sha256 = proposals[-1].framework_sha256 if proposals else cycle.framework_sha256
        framework = view.cycles.framework(sha256)
        directory = directory_of(view, cycle)
        stands = tally(directory, proposals[-1].positions if proposals else (), today_in(view))
    open_ = cycle.state == "draft"
    newest_is_open = bool(proposals) and proposals[-1].confirmation is None
    return AdoptionView(
        cycle=cycle,
        framework=framework,
        remarks=tuple(remarks(framework)),
        proposals=proposals,
        tally=stands,
        directory=directory,
        proposes=open_ and proposes(actor, cycle.council),
        confirms=open_ and newest_is_open and administers(actor, cycle.council),
        speaks_for=[
            one.unit for one in stands.stands if open_ and newest_is_open and speaks_for(actor, cycle.council, one.unit)
        ],
    )


def directory_of(view: View, cycle: Cycle) -> Directory:
    council = view.councils.get(cycle.council)
    assert council is not None
    return view.councils.directory(council)


def today_in(view: View) -> Any:
    return view.now.astimezone(VIETNAM).date()
