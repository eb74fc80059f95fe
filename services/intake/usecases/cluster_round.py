"""The cluster round: its days are declared, members see what there is to read, files are brought and handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import IO

from services.intake.domain import permissions
from services.intake.domain.assessment import Claim
from services.intake.domain.cluster_round import Quorum, Round, check_declaration, reads, start_of_day
from services.intake.domain.cycles import ARCHIVED, Cycle, CycleCluster, not_open
from services.intake.domain.evidence import cleaned_label
from services.intake.domain.notices import OFFICERS, ROUND_DECLARED, Notice, Recipients
from services.intake.domain.preview import self_score
from services.intake.domain.submissions import Submission
from services.intake.domain.vietnamese import one_spelling
from services.intake.ports import EvidenceFiles, Intake, UnitOfWork, View
from services.intake.round_ports import RoundFile
from services.intake.usecases.keeping import hold_file
from services.intake.usecases.notices import notify
from services.intake.usecases.recording import find_cycle, record
from shared.clock import end_of_day
from shared.criteria.model import Framework
from shared.people import Actor, Role


@dataclass(frozen=True)
class GivenRound:
    """The days as an administrator declares them, each inclusive in Vietnam, and the quorum of the meeting."""

    reads_from: date
    reads_to: date
    answers_to: date
    quorum: Fraction
    quorum_source: str
    quorum_standing: str
    reason: str = ""


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


def declare_round(intake: Intake, actor: Actor, cycle_code: str, given: GivenRound) -> Round:
    """Declare the days of the round and the quorum of its meeting; administrators. The same again changes nothing.

    Raises BadInput, located by field.
    """
    with intake.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        permissions.refuse_unless(permissions.administers(actor, cycle.council))
        if cycle.state == ARCHIVED:
            raise not_open(cycle)
        known = uow.rounds.declarations(cycle_code)
        before = known[-1] if known else None
        wanted = Round(
            opens_at=start_of_day(given.reads_from),
            closes_at=end_of_day(given.reads_to),
            answers_until=end_of_day(given.answers_to),
            quorum=Quorum(given.quorum, one_spelling(given.quorum_source).strip(), given.quorum_standing),
            reason=one_spelling(given.reason).strip(),
            account=actor.account,
            name=actor.name,
            at=uow.now,
        )
        if before is not None and _said(before) == _said(wanted):
            return before
        check_declaration(wanted, before)
        uow.rounds.declare(cycle_code, wanted)
        details = {
            "opens_at": wanted.opens_at.isoformat(),
            "closes_at": wanted.closes_at.isoformat(),
            "answers_until": wanted.answers_until.isoformat(),
            "quorum": wanted.quorum.document(),
            "reason": wanted.reason,
        }
        record(uow, actor, "round_declared", f"cycle:{cycle_code}", details)
        notify(
            uow, actor, Notice(ROUND_DECLARED, Recipients(cycle.council, OFFICERS), cycle_code, detail=wanted.reason)
        )
        uow.commit()
    return wanted


def _said(declared: Round) -> tuple[object, ...]:
    return (declared.opens_at, declared.closes_at, declared.answers_until, declared.quorum)


def read_round(intake: Intake, actor: Actor, cycle_code: str) -> RoundView:
    """What was declared, for everybody in the council."""
    with intake.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        return RoundView(
            cycle=cycle,
            declarations=view.rounds.declarations(cycle_code),
            clusters=[one for one in view.cycles.clusters(cycle_code) if _follows(actor, cycle, one)],
            declares=cycle.state != ARCHIVED and permissions.administers(actor, cycle.council),
        )


def prepares(place: Place) -> bool:
    """Whether the reader sees minutes that are not signed yet."""
    return bool(place.own) or place.records


def submitted_total(framework: Framework, submission: Submission) -> float | None:
    """The sum of the self-scores that were sent; None where the framework does not add points."""
    claims = {
        said["criterion"]: Claim(said["criterion"], self_points=said["self_points"])
        for said in submission.content["items"]
    }
    return self_score(framework, claims)


def find_place(
    view: View | UnitOfWork, actor: Actor, cycle_code: str, cluster_code: str, *, lock: str | None = None
) -> Place:
    """The cluster's round for somebody who may follow it."""
    cycle = find_cycle(view, actor, cycle_code, lock=lock)
    cluster = next((one for one in view.cycles.clusters(cycle_code) if one.code == cluster_code), None)
    if cluster is None:
        raise permissions.not_found()
    permissions.refuse_unless(_follows(actor, cycle, cluster))
    own = _own(actor, cycle, cluster)
    declarations = view.rounds.declarations(cycle_code)
    declared = declarations[-1] if declarations else None
    council = cycle.council
    units = [member.unit for member in cluster.members]
    as_member = reads(cycle, declared, own, view.now)
    # A member of the Council sees what the members see of each other's challenges, and the signed minutes.
    staff = [role for role in permissions.FOLLOWERS if role is not Role.COUNCIL_MEMBER]
    return Place(
        cycle=cycle,
        framework=view.cycles.framework(cycle.framework_sha256),
        cluster=cluster,
        declared=declared,
        own=own,
        speaks_for=tuple(unit for unit in own if permissions.speaks_for(actor, council, unit)),
        reads=as_member,
        readable=frozenset(
            unit for unit in units if as_member or permissions.reads_submissions(actor, council, unit, cluster.code)
        ),
        staff_for=frozenset(
            unit
            for unit in units
            if permissions.is_service(actor) or actor.may(staff, council=council, unit=unit, cluster=cluster.code)
        ),
        records=permissions.records_meeting(actor, council, cluster.code, cluster.head, cluster.deputies),
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
    return permissions.member_units(actor, cycle.council, cluster.code, [one.unit for one in cluster.members])


def _follows(actor: Actor, cycle: Cycle, cluster: CycleCluster) -> bool:
    return permissions.follows_round(actor, cycle.council, cluster.code, [one.unit for one in cluster.members])


def bring_file(
    intake: Intake,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    cluster_code: str,
    unit: str | None,
    stream: IO[bytes],
    client_name: str | None,
) -> RoundFile:
    """Keep a file that a challenge, an answer (`unit`) or the minutes (None) will name. It is on disk before any row
    names it."""
    with intake.view() as view:
        place = find_place(view, actor, cycle_code, cluster_code)
        permissions.refuse_unless(place.records if unit is None else unit in place.speaks_for)
        if place.cycle.state == ARCHIVED:
            raise not_open(place.cycle)
    stored = files.store(stream, client_name)
    with intake.unit_of_work() as uow:
        hold_file(uow, files, stored.sha256)
        known = [one for one in uow.rounds.files(cycle_code, cluster_code, stored.sha256) if one.unit == unit]
        if known:
            return known[0]
        label = cleaned_label(client_name)
        brought = RoundFile(cycle_code, cluster_code, unit, stored, label, actor.account, uow.now)
        uow.rounds.add_file(brought)
        subject = f"round:{cycle_code}/{cluster_code}"
        record(uow, actor, "round_file_brought", subject, {"sha256": stored.sha256, "size": stored.size, "unit": unit})
        uow.commit()
    return brought
