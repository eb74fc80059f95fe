"""A unit's covenant with its cautions, and who has signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.intake.covenants.model import Caution, Covenant
from services.intake.covenants.rules import warnings_of
from services.intake.cycles.model import ARCHIVED, OPEN, Cycle, Member
from services.intake.cycles.queries import find_cycle
from services.intake.people.rules import administers, fills_in, fills_in_everything, not_found, refuse_unless, sends
from services.intake.ports import Store
from services.intake.results.queries import LastResults, last_results
from shared.criteria.model import Framework
from shared.people import Actor


@dataclass(frozen=True)
class CovenantView:
    """A unit's covenant with what one needs to read it, and what the reader may do."""

    cycle: Cycle
    framework: Framework
    member: Member
    covenant: Covenant
    cautions: Sequence[Caution]
    editable: frozenset[str]  # the criteria whose lines the reader may change
    fills_in: bool
    sets: bool  # assigned and national figures
    signs: bool
    revises: bool
    recognises: bool
    last: LastResults = field(default_factory=LastResults)  # last year's results, to take as baselines


def read_covenant(store: Store, actor: Actor, cycle_code: str, unit: str) -> CovenantView:
    """The covenant: once signed for everybody in the council, before for the unit's people and administrators."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        if member is None:
            raise not_found()
        covenant = view.covenants.get(cycle_code, member)
        own = fills_in(actor, cycle.council, unit)
        board = administers(actor, cycle.council)
        refuse_unless(covenant.is_signed or own or board)
        framework = view.cycles.framework(cycle.framework_sha256)
        last = last_results(view, cycle, member) if own or board else LastResults()
    is_open = cycle.state == OPEN
    whole = fills_in_everything(actor, cycle.council, unit)
    return CovenantView(
        cycle=cycle,
        framework=framework,
        member=member,
        covenant=covenant,
        cautions=warnings_of(covenant, framework),
        editable=frozenset(
            one.code for one in framework.criteria if board or fills_in(actor, cycle.council, unit, one.code)
        ),
        fills_in=is_open and own and not covenant.is_signed,
        last=last,
        sets=is_open and board and not covenant.is_signed,
        signs=is_open and not covenant.is_signed and sends(actor, cycle.council, unit),
        revises=is_open and covenant.is_signed and whole,
        recognises=covenant.is_signed and board and cycle.state != ARCHIVED,
    )


class CovenantsView(NamedTuple):
    """A cycle with the covenants that were begun, by unit."""

    cycle: Cycle
    members: Sequence[Member]
    covenants: Mapping[str, Covenant]


def read_covenants(store: Store, actor: Actor, cycle_code: str) -> CovenantsView:
    """Which members have signed: for everybody in the council."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        members = [member for cluster in view.cycles.clusters(cycle_code) for member in cluster.members]
        return CovenantsView(cycle, members, view.covenants.all(cycle_code))
