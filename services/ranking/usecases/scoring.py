"""Scoring: what is ready, freezing a cluster, its standings. Nothing here knows that anybody votes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.ranking.domain import readers, sheet
from services.ranking.domain.cohort import Cluster, Cycle, Readiness, readiness
from services.ranking.domain.sheet import FrozenUnit, ScoreSheet
from services.ranking.ports.scoring import CYCLE_LOCK, FrozenSheet, ScoringRecords, StoredEdition
from shared.contracts.events import Event
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.loader import load_document
from shared.criteria.standings import Standings, stand
from shared.people import Actor
from shared.plumbing.database import Database, UnitOfWork

Records = Callable[[Any], ScoringRecords]


@dataclass(frozen=True)
class ClusterOverview:
    """A cluster as staff see it before and after the freeze. `changed`: what is verified now differs from the sheet."""

    cluster: Cluster
    readiness: Readiness
    sheet: FrozenSheet | None
    changed: bool


@dataclass(frozen=True)
class CycleOverview:
    """A cycle with its framework, its clusters and the editions the asker may see."""

    cycle: Cycle
    framework: model.Framework
    clusters: tuple[ClusterOverview, ...]
    editions: tuple[StoredEdition, ...]


@dataclass(frozen=True)
class ClusterStandings:
    """The standings of a frozen cluster, in the order of their ranks, unranked units last."""

    cycle: Cycle
    framework: model.Framework
    sheet: FrozenSheet
    units: tuple[FrozenUnit, ...]
    standings: Standings
    order: tuple[int, ...]


class Scoring:
    """The use cases of scoring."""

    def __init__(self, database: Database, records: Records) -> None:
        self.database = database
        self.records = records

    def cycles(self, actor: Actor) -> list[Cycle]:
        """The cycles of the councils the actor belongs to."""
        with self.database.reader() as connection:
            return [cycle for cycle in self.records(connection).cycles() if readers.sees_cycle(actor, cycle.council)]

    def overview(self, actor: Actor, cycle: str) -> CycleOverview:
        """What has arrived, what is missing, what is frozen and what was issued."""
        with self.database.reader() as connection:
            records = self.records(connection)
            found = cycle_for(records, actor, cycle)
            framework = load_document(records.framework_document(found.framework_sha256))
            sheets = {frozen.cluster: frozen for frozen in records.newest_sheets(cycle)}
            clusters = records.clusters(cycle)
            overviews = []
            for cluster in clusters:
                if not readers.sees_standings(actor, found.council, cluster):
                    continue
                ready = readiness(found, cluster, tuple(framework.columns))
                frozen = sheets.get(cluster.cluster)
                changed = frozen is not None and _differs(records, found, framework, cluster, clusters, frozen, ready)
                overviews.append(ClusterOverview(cluster, ready, frozen, changed))
            editions = tuple(
                edition
                for edition in records.editions(cycle)
                if readers.sees_edition(actor, found.council, edition.audience, edition.publication is not None)
            )
        return CycleOverview(found, framework, tuple(overviews), editions)

    def freeze_cluster(
        self, actor: Actor, cycle: str, cluster: str, absent: Sequence[str] = (), reason: str | None = None
    ) -> FrozenSheet:
        """Write the cluster's score sheet. `absent` names the members that sent nothing, knowingly left unranked.

        A second sheet needs a reason and a difference. Raises a Refusal that lists what is in the way.
        """
        with self.database.unit_of_work() as uow:
            records = self.records(uow.connection)
            records.lock(*CYCLE_LOCK, cycle)
            found = cycle_for(records, actor, cycle)
            readers.refuse_unless(actor.may(readers.BOARD, council=found.council, cluster=cluster))
            clusters = records.clusters(cycle)
            chosen = _cluster_of(clusters, cluster)
            framework = load_document(records.framework_document(found.framework_sha256))
            _refuse_unready(found, framework, chosen, clusters, absent)
            before = records.sheet(cycle, cluster)
            built = sheet.build_sheet(
                found, framework, chosen, _cohort(framework, chosen, clusters), before.version + 1 if before else 1
            )
            if before is not None:
                _refuse_idle(built, records.frozen_units(before), before, reason)
            frozen = _head(found, chosen, built, uow, actor, reason if before is not None else None)
            records.add_sheet(frozen, built.document, built.units)
            uow.publish(_frozen_event(frozen))
            uow.commit()
        return frozen

    def standings(self, actor: Actor, cycle: str, cluster: str) -> ClusterStandings:
        """The standings of a frozen cluster, every part kept."""
        with self.database.reader() as connection:
            records = self.records(connection)
            found = cycle_for(records, actor, cycle)
            chosen = _cluster_of(records.clusters(cycle), cluster)
            if not readers.sees_standings(actor, found.council, chosen):
                raise readers.unknown_cluster()
            frozen = records.sheet(cycle, cluster)
            if frozen is None:
                raise Refusal(
                    "not_frozen", Kind.CONFLICT, sentence("The scores of this cluster have not been frozen yet.")
                )
            framework = load_document(records.framework_document(frozen.framework_sha256))
            units = records.frozen_units(frozen)
        table, order = stand_units(framework, frozen.cluster, units)
        return ClusterStandings(found, framework, frozen, units, table, order)


def stand_units(
    framework: model.Framework, cluster: str, units: Sequence[FrozenUnit]
) -> tuple[Standings, tuple[int, ...]]:
    """The standings of frozen units and the rows in the order of their ranks (unranked last, then by code)."""
    points = np.full((len(units), len(framework.items)), np.nan)
    verified = np.zeros(points.shape, dtype=bool)
    for row, unit in enumerate(units):
        for score in unit.scores:
            column = framework.columns[score.criterion]
            points[row, column] = np.nan if score.points is None else score.points
            verified[row, column] = score.status == sheet.VERIFIED
    table = stand(framework, [unit.unit for unit in units], [cluster] * len(units), points, verified)
    ranks = [int(rank) or len(units) + 1 for rank in table.rank]
    return table, tuple(sorted(range(len(units)), key=lambda row: (ranks[row], units[row].unit)))


def cycle_for(records: ScoringRecords, actor: Actor, cycle: str) -> Cycle:
    """The cycle, if the actor may know of it."""
    found = records.cycle(cycle)
    if found is None or not readers.sees_cycle(actor, found.council):
        raise readers.unknown_cycle()
    return found


def _cluster_of(clusters: Sequence[Cluster], code: str) -> Cluster:
    chosen = next((cluster for cluster in clusters if cluster.cluster == code), None)
    if chosen is None:
        raise readers.unknown_cluster()
    return chosen


def _cohort(framework: model.Framework, chosen: Cluster, clusters: Sequence[Cluster]) -> Sequence[Cluster]:
    return clusters if framework.compares == "all" else [chosen]


def _refuse_unready(
    cycle: Cycle, framework: model.Framework, chosen: Cluster, clusters: Sequence[Cluster], absent: Sequence[str]
) -> None:
    faults = []
    for cluster in _cohort(framework, chosen, clusters):
        ready = readiness(cycle, cluster, tuple(framework.columns))
        faults += [Fault(blocker.said, path=blocker.unit or cluster.cluster) for blocker in ready.blockers]
        if cluster is chosen and set(absent) != set(ready.absent) and ready.ready:
            said = sentence("The unit sent nothing; name it as absent to leave it unranked.")
            faults += [Fault(said, path=unit) for unit in ready.absent if unit not in absent]
            said = sentence("The unit is not absent.")
            faults += [Fault(said, path=unit) for unit in absent if unit not in ready.absent]
    if faults:
        raise Refusal(
            "cluster_not_ready",
            Kind.CONFLICT,
            sentence("The scores cannot be frozen yet; this is missing or undecided."),
            faults,
        )


def _refuse_idle(built: ScoreSheet, units: Sequence[FrozenUnit], before: FrozenSheet, reason: str | None) -> None:
    if sheet.same_content(built, units) and built.framework_sha256 == before.framework_sha256:
        raise Refusal(
            "nothing_changed", Kind.CONFLICT, sentence("The scores are frozen, and nothing has changed since then.")
        )
    if not reason:
        said = sentence("The scores were frozen before; say why they are frozen again.")
        raise Refusal("reason_needed", Kind.INVALID, said, [Fault(said, path="reason")])


def _differs(
    records: ScoringRecords,
    cycle: Cycle,
    framework: model.Framework,
    cluster: Cluster,
    clusters: Sequence[Cluster],
    frozen: FrozenSheet,
    ready: Readiness,
) -> bool:
    if not ready.ready:
        return False
    built = sheet.build_sheet(cycle, framework, cluster, _cohort(framework, cluster, clusters), frozen.version)
    return built.sha256 != frozen.sheet_sha256


def _head(
    cycle: Cycle, cluster: Cluster, built: ScoreSheet, uow: UnitOfWork, actor: Actor, reason: str | None
) -> FrozenSheet:
    return FrozenSheet(
        cycle=cycle.cycle,
        cluster=cluster.cluster,
        version=built.version,
        council=cycle.council,
        council_title=cycle.council_title,
        cycle_title=cycle.title,
        cluster_title=cluster.title,
        method=cluster.method,
        synthetic=cycle.synthetic,
        notice=cycle.notice,
        framework_sha256=cycle.framework_sha256,
        sheet_sha256=built.sha256,
        frozen_at=uow.now,
        frozen_by=actor.account,
        reason=reason,
    )


def _frozen_event(frozen: FrozenSheet) -> Event:
    return Event(
        type="cluster_frozen",
        subject=f"cluster:{frozen.cycle}/{frozen.cluster}",
        subject_version=frozen.version,
        occurred_at=frozen.frozen_at,
        data={
            "cycle": frozen.cycle,
            "cluster": frozen.cluster,
            "sheet_sha256": frozen.sheet_sha256,
            "frozen_at": frozen.frozen_at.isoformat(),
            "synthetic": frozen.synthetic,
        },
    )
