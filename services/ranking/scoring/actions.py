"""What can be done in scoring: keep what intake and verify publish, freeze a cluster. Nothing here knows of votes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.ranking.people.model import BOARD
from services.ranking.people.rules import refuse_unless
from services.ranking.ports import Store, UnitOfWork
from services.ranking.scoring.model import Cluster, Cycle, FrozenSheet, FrozenUnit, ScoreSheet
from services.ranking.scoring.queries import cluster_of, cycle_for, framework_of
from services.ranking.scoring.rules.readiness import readiness
from services.ranking.scoring.rules.sheets import build_sheet, cohort_of, same_content
from shared.contracts.events import Event
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria import model
from shared.criteria.loader import load_document
from shared.people import Actor


class FrameworkMismatch(Exception):
    """An event carries a framework that is not the one whose hash it names."""


# A freeze must see all of a page of events or nothing of it: whoever records takes the cycle's lock first.


def record_cycle(uow: UnitOfWork, cycle: Mapping[str, Any]) -> None:
    """Keep a cycle as intake recorded it (the fields of `CycleRecorded`). Commits nothing."""
    if load_document(cycle["framework"]).sha256 != cycle["framework_sha256"]:
        raise FrameworkMismatch(cycle["cycle"])
    uow.scoring.lock_cycle(cycle["cycle"])
    uow.scoring.save_cycle(cycle, uow.now)


def record_submission(uow: UnitOfWork, submission: Mapping[str, Any]) -> None:
    """Keep number and hash of a self-assessment (the fields of `SubmissionSent`). Commits nothing."""
    uow.scoring.lock_cycle(submission["cycle"])
    uow.scoring.save_submission(submission)


def record_verification(uow: UnitOfWork, verification: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """Keep what counts for a unit (the fields of `UnitVerified`; its items as JSON documents). Commits nothing."""
    uow.scoring.lock_cycle(verification["cycle"])
    uow.scoring.save_verification(verification, items, uow.now)


def freeze_cluster(
    store: Store, actor: Actor, cycle: str, cluster: str, absent: Sequence[str] = (), reason: str | None = None
) -> FrozenSheet:
    """Write the cluster's score sheet. `absent` names the members that sent nothing, knowingly left unranked.

    A second sheet needs a reason and a difference. Raises a Refusal that lists what is in the way.
    """
    with store.unit_of_work() as uow:
        uow.scoring.lock_cycle(cycle)
        found = cycle_for(uow, actor, cycle)
        refuse_unless(actor.may(BOARD, council=found.council, cluster=cluster))
        clusters = uow.scoring.clusters(cycle)
        chosen = cluster_of(clusters, cluster)
        framework = framework_of(uow, found.framework_sha256)
        _refuse_unready(found, framework, chosen, clusters, absent)
        before = uow.scoring.sheet(cycle, cluster)
        version = before.version + 1 if before else 1
        built = build_sheet(found, framework, chosen, cohort_of(framework, chosen, clusters), version)
        if before is not None:
            _refuse_unchanged(built, uow.scoring.frozen_units(before), before, reason)
        frozen = _head(found, chosen, built, uow.now, actor, reason if before is not None else None)
        uow.scoring.add_sheet(frozen, built.document, built.units)
        uow.publish(_frozen_event(frozen))
        uow.commit()
    return frozen


def _refuse_unready(
    cycle: Cycle, framework: model.Framework, chosen: Cluster, clusters: Sequence[Cluster], absent: Sequence[str]
) -> None:
    faults = []
    for cluster in cohort_of(framework, chosen, clusters):
        ready = readiness(cycle, cluster, tuple(framework.columns))
        faults += [Fault(blocker.message, path=blocker.unit or cluster.cluster) for blocker in ready.blockers]
        if cluster is chosen and set(absent) != set(ready.absent) and ready.ready:
            message = sentence("The unit sent nothing; name it as absent to leave it unranked.")
            faults += [Fault(message, path=unit) for unit in ready.absent if unit not in absent]
            message = sentence("The unit is not absent.")
            faults += [Fault(message, path=unit) for unit in absent if unit not in ready.absent]
    if faults:
        raise Refusal(
            "cluster_not_ready",
            Kind.CONFLICT,
            sentence("The scores cannot be frozen yet; this is missing or undecided."),
            faults,
        )


def _refuse_unchanged(built: ScoreSheet, units: Sequence[FrozenUnit], before: FrozenSheet, reason: str | None) -> None:
    if same_content(built, units) and built.framework_sha256 == before.framework_sha256:
        raise Refusal(
            "nothing_changed", Kind.CONFLICT, sentence("The scores are frozen, and nothing has changed since then.")
        )
    if not reason:
        message = sentence("The scores were frozen before; say why they are frozen again.")
        raise Refusal("reason_needed", Kind.INVALID, message, [Fault(message, path="reason")])


def _head(
    cycle: Cycle, cluster: Cluster, built: ScoreSheet, at: datetime, actor: Actor, reason: str | None
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
        frozen_at=at,
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
