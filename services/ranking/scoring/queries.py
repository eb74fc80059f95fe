"""What can be seen of scoring: cycles, how far their clusters are, standings."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.ranking.ports import View
from services.ranking.scoring.model import Cluster, ClusterStandings, Cycle, FrozenSheet, Readiness
from services.ranking.scoring.rules.permissions import sees_cycle, sees_standings, unknown_cluster, unknown_cycle
from services.ranking.scoring.rules.readiness import readiness
from services.ranking.scoring.rules.sheets import build_sheet, cohort_of
from services.ranking.scoring.rules.standings import stand_units
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.loader import load_document
from shared.people import Actor


@dataclass(frozen=True)
class ClusterOverview:
    """A cluster as staff see it before and after the freeze. `changed`: what is verified now differs from the sheet."""

    cluster: Cluster
    readiness: Readiness
    sheet: FrozenSheet | None
    changed: bool


def cycles(view: View, actor: Actor) -> list[Cycle]:
    """The cycles of the councils the actor belongs to, newest deadline first."""
    return [cycle for cycle in view.scoring.cycles() if sees_cycle(actor, cycle.council)]


def cycle_for(view: View, actor: Actor, cycle: str) -> Cycle:
    """The cycle, if the actor may know of it."""
    found = view.scoring.cycle(cycle)
    if found is None or not sees_cycle(actor, found.council):
        raise unknown_cycle()
    return found


def framework_of(view: View, sha256: str) -> model.Framework:
    """The framework of that hash."""
    return load_document(view.scoring.framework_document(sha256))


def cluster_of(clusters: Sequence[Cluster], code: str) -> Cluster:
    """The cluster of that code; a Refusal where there is none."""
    chosen = next((cluster for cluster in clusters if cluster.cluster == code), None)
    if chosen is None:
        raise unknown_cluster()
    return chosen


def cluster_overviews(
    view: View, actor: Actor, cycle: Cycle, framework: model.Framework
) -> tuple[ClusterOverview, ...]:
    """What has arrived, what is missing and what is frozen, of the clusters whose standings the actor may see."""
    sheets = {frozen.cluster: frozen for frozen in view.scoring.newest_sheets(cycle.cycle)}
    clusters = view.scoring.clusters(cycle.cycle)
    overviews = []
    for cluster in clusters:
        if sees_standings(actor, cycle.council, cluster):
            ready = readiness(cycle, cluster, tuple(framework.columns))
            frozen = sheets.get(cluster.cluster)
            changed = frozen is not None and ready.ready and _differs(cycle, framework, cluster, clusters, frozen)
            overviews.append(ClusterOverview(cluster, ready, frozen, changed))
    return tuple(overviews)


def _differs(
    cycle: Cycle, framework: model.Framework, cluster: Cluster, clusters: Sequence[Cluster], frozen: FrozenSheet
) -> bool:
    built = build_sheet(cycle, framework, cluster, cohort_of(framework, cluster, clusters), frozen.version)
    return built.sha256 != frozen.sheet_sha256


def standings(view: View, actor: Actor, cycle: str, cluster: str) -> ClusterStandings:
    """The standings of a frozen cluster, every part kept."""
    found = cycle_for(view, actor, cycle)
    chosen = cluster_of(view.scoring.clusters(cycle), cluster)
    if not sees_standings(actor, found.council, chosen):
        raise unknown_cluster()
    frozen = view.scoring.sheet(cycle, cluster)
    if frozen is None:
        raise Refusal("not_frozen", Kind.CONFLICT, sentence("The scores of this cluster have not been frozen yet."))
    framework = framework_of(view, frozen.framework_sha256)
    units = view.scoring.frozen_units(frozen)
    table, order = stand_units(framework, frozen.cluster, units)
    return ClusterStandings(found, framework, frozen, units, table, order)
