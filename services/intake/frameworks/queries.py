"""What last year's figures show of a framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.intake.cycles.queries import CycleView
from shared.contracts.sentences import Sentence
from shared.criteria import model, overlays
from shared.criteria.lint import Remark
from shared.criteria.lint_cohort import cohort_remarks
from shared.criteria.overlays import HeadAdvantage, NotComparable
from shared.criteria.tables import Values, read_values


@dataclass(frozen=True)
class Replay:
    """What last year's figures show: remarks, and by cluster the head-advantage test or why there is none."""

    units: int
    remarks: Sequence[Remark]
    heads: Mapping[str, HeadAdvantage | Sentence]


def replay(view: CycleView, raw: bytes, name: str | None) -> Replay:
    """Last year's figures (a VALUES file) under the cycle's framework. Raises BadInput with located faults.

    The heads are those of the day on which the cycle opened; before that there are none to look at.
    """
    last = read_values(view.framework, raw, name)
    remarks = tuple(cohort_remarks(view.framework, last.units, last.clusters, last.values, last.targets))
    heads = {
        cluster.code: _advantage(view.framework, overlay, last, cluster.head)
        for cluster in view.clusters
        if cluster.head and (overlay := overlays.overlay_of(view.framework, cluster.code)) is not None
    }
    return Replay(len(last.units), remarks, heads)


def _advantage(framework: model.Framework, overlay: model.Overlay, last: Values, head: str) -> HeadAdvantage | Sentence:
    try:
        return overlays.head_advantage(framework, overlay, last.units, last.clusters, last.values, last.targets, head)
    except NotComparable as reason:
        return reason.said
