"""What can be seen of a cycle on its way to an edition."""

from dataclasses import dataclass

from services.ranking.editions.model import StoredEdition
from services.ranking.editions.queries import editions_of
from services.ranking.ports import View
from services.ranking.scoring.model import Cycle
from services.ranking.scoring.queries import ClusterOverview, cluster_overviews, cycle_for, framework_of
from shared.criteria import model
from shared.people import Actor


@dataclass(frozen=True)
class CycleOverview:
    """A cycle with its framework, its clusters and the editions the asker may see."""

    cycle: Cycle
    framework: model.Framework
    clusters: tuple[ClusterOverview, ...]
    editions: tuple[StoredEdition, ...]


def overview(view: View, actor: Actor, cycle: str) -> CycleOverview:
    """What has arrived, what is missing, what is frozen and what was issued."""
    found = cycle_for(view, actor, cycle)
    framework = framework_of(view, found.framework_sha256)
    clusters = cluster_overviews(view, actor, found, framework)
    return CycleOverview(found, framework, clusters, editions_of(view, actor, found))
