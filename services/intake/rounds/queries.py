"""The declared days, and a cluster's round as one person stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.cycles.model import ARCHIVED, Cycle, CycleCluster
from services.intake.cycles.queries import find_cycle
from services.intake.people.model import FOLLOWING_STAFF
from services.intake.people.rules import (
    administers,
    follows_round,
    is_service,
    member_units,
    not_found,
    reads_submissions,
    records_meeting,
    refuse_unless,
    speaks_for,
)
from services.intake.ports import Store, View
from services.intake.rounds.model import Round
from services.intake.rounds.rules import reads
from shared.criteria.model import Framework
from shared.people import Actor, Role


@dataclass(frozen=True)
class RoundView:
    """What was declared for a cycle, and the clusters whose round the reader may follow."""

    cycle: Cycle
    declarations: Sequence[Round]
    clusters: Sequence[CycleCluster]
    declares: bool

    @property
    def declared(self) -> Round | None:
        """What counts."""
        return self.declarations[-1] if self.declarations else None


@dataclass(frozen=True)
class Place:
    """A cluster's round as one person stands in it."""

    cycle: Cycle
    framework: Framework
    cluster: CycleCluster
    declared: Round | None
    own: tuple[str, ...]  # the reader's member units
    speaks_for: tuple[str, ...]  # those in whose name the reader challenges, answers, confirms
    reads: bool
    readable: frozenset[str]  # the members whose received version the reader may open
    staff_for: frozenset[str]  # the members about which the reader, as staff, sees every challenge whole
    records: bool  # keeps the record of its meetings

    @property
    def units(self) -> tuple[str, ...]:
        """The members, by code."""
        return tuple(member.unit for member in self.cluster.members)


def read_round(store: Store, actor: Actor, cycle_code: str) -> RoundView:
    """What was declared, for everybody in the council."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        return RoundView(
            cycle=cycle,
            declarations=view.rounds.declarations(cycle_code),
            clusters=[one for one in view.cycles.clusters(cycle_code) if _follows(actor, cycle, one)],
            declares=cycle.state != ARCHIVED and administers(actor, cycle.council),
        )


def prepares(place: Place) -> bool:
    """Whether the reader sees minutes that are not signed yet."""
    return bool(place.own) or place.records


def find_place(view: View, actor: Actor, cycle_code: str, cluster_code: str, *, lock: str | None = None) -> Place:
    """The cluster's round for somebody who may follow it."""
    cycle = find_cycle(view, actor, cycle_code, lock=lock)
    cluster = next((one for one in view.cycles.clusters(cycle_code) if one.code == cluster_code), None)
    if cluster is None:
        raise not_found()
    refuse_unless(_follows(actor, cycle, cluster))
    own = _own(actor, cycle, cluster)
    declarations = view.rounds.declarations(cycle_code)
    declared = declarations[-1] if declarations else None
    council = cycle.council
    units = [member.unit for member in cluster.members]
    as_member = reads(cycle, declared, own, view.now)
    # A member of the Council sees what the members see of each other's challenges, and the signed minutes.
    staff = [role for role in FOLLOWING_STAFF if role is not Role.COUNCIL_MEMBER]
    return Place(
        cycle=cycle,
        framework=view.cycles.framework(cycle.framework_sha256),
        cluster=cluster,
        declared=declared,
        own=own,
        speaks_for=tuple(unit for unit in own if speaks_for(actor, council, unit)),
        reads=as_member,
        readable=frozenset(
            unit for unit in units if as_member or reads_submissions(actor, council, unit, cluster.code)
        ),
        staff_for=frozenset(
            unit
            for unit in units
            if is_service(actor) or actor.may(staff, council=council, unit=unit, cluster=cluster.code)
        ),
        records=records_meeting(actor, council, cluster.code, cluster.head, cluster.deputies),
    )


def reads_as_member(view: View, actor: Actor, cycle: Cycle, cluster_code: str) -> bool:
    """Whether the actor reads what the members of this cluster sent, as one of them and on the declared days."""
    cluster = next(one for one in view.cycles.clusters(cycle.code) if one.code == cluster_code)
    own = _own(actor, cycle, cluster)
    if not own:
        return False
    declarations = view.rounds.declarations(cycle.code)
    return reads(cycle, declarations[-1] if declarations else None, own, view.now)


def _own(actor: Actor, cycle: Cycle, cluster: CycleCluster) -> tuple[str, ...]:
    return member_units(actor, cycle.council, cluster.code, [one.unit for one in cluster.members])


def _follows(actor: Actor, cycle: Cycle, cluster: CycleCluster) -> bool:
    return follows_round(actor, cycle.council, cluster.code, [one.unit for one in cluster.members])
