"""Accepts the items of a cluster that hardly matter in one decision, except those drawn into individual audit.

Together they must not matter either: if all of them fell to what is independently known, no total would move by more
than the materiality limit and nobody would change places. A fixed share is set aside by the cycle's salt, so that it
does not depend on who asks, when or for what.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.verify.claims.model import CycleRecord, ItemKey
from services.verify.ports import Store, UnitOfWork
from services.verify.results.actions import tally
from services.verify.results.model import Verdict
from services.verify.reviews.actions.cluster_review import stale, working_cycle
from services.verify.reviews.actions.decide import decide_together
from services.verify.reviews.model.item import ReviewItem
from services.verify.reviews.model.steps import Proposal
from services.verify.reviews.model.trail import AuditStep
from services.verify.reviews.rules.counts import reviewed
from services.verify.reviews.rules.impact import falls_of, standing
from services.verify.roles import REVIEWERS
from services.verify.screening.model import INDEPENDENT, PEER_CHALLENGE
from services.verify.screening.queries import load_material
from services.verify.screening.rules.cohort import Cohort
from services.verify.triage.actions.audits import salt_of
from services.verify.triage.model import JointAcceptance
from services.verify.triage.rules.draws import is_set_aside
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.impact import Cluster, Falls
from shared.criteria.standings import LOWEST
from shared.people import Actor


@dataclass(frozen=True)
class Together:
    """What a reviewer accepts in one decision. `items`: how many they were shown, if they were."""

    cycle: str
    cluster: str
    reason: str
    document_number: str
    items: int | None = None


@dataclass(frozen=True)
class Minor:
    """The items of a cluster that hardly matter, alone and together, in the order of their unit and place."""

    items: tuple[ReviewItem, ...]
    limit: float  # points of a unit's total
    share_set_aside: float
    plan_version: int

    @property
    def largest_loss(self) -> float:
        """The most points that any one of them would cost its unit."""
        return max((item.points_lost or 0.0 for item in self.items), default=0.0)


def minor_items(store: Store, actor: Actor, cycle: str, cluster: str) -> Minor:
    """What `accept_together` would be about now. Refusals: not found."""
    with store.unit_of_work() as uow:
        return _minor(uow, actor, working_cycle(uow, actor, cycle), cluster)


def accept_together(store: Store, actor: Actor, wanted: Together) -> JointAcceptance:
    """Accept them but for those set aside; one transaction.

    Refusals: not found, `nothing_minor`, `stale` if other items than shown would be accepted, those of deciding.
    """
    with store.unit_of_work() as uow:
        cycle = working_cycle(uow, actor, wanted.cycle)
        minor = _minor(uow, actor, cycle, wanted.cluster)
        if not minor.items:
            message = sentence("No open item of this cluster lies below the materiality limit.")
            raise Refusal("nothing_minor", Kind.CONFLICT, message)
        if wanted.items is not None and wanted.items != len(minor.items):
            raise stale()
        salt = salt_of(uow, cycle.cycle)
        aside: tuple[ItemKey, ...] = tuple(
            item.key
            for item in minor.items
            if is_set_aside(salt, cycle.cycle, item.unit, item.criterion, minor.share_set_aside)
        )
        accepted = [item for item in minor.items if item.key not in aside]
        proposal = Proposal(Verdict.ACCEPT, wanted.reason, wanted.document_number)
        records = decide_together(uow, actor, cycle, accepted, proposal)
        if aside:
            uow.triage.audit(cycle.cycle, aside, uow.now)
        acceptance = JointAcceptance(
            id=uuid.uuid4(),
            cycle=cycle.cycle,
            cluster=wanted.cluster,
            reason=wanted.reason.strip(),
            document_number=wanted.document_number.strip(),
            plan_version=minor.plan_version,
            materiality=minor.limit,
            largest_loss=minor.largest_loss,
            decisions=tuple(record.id for record in records.values()),
            set_aside=aside,
            accepted_at=uow.now,
            accepted_by=actor.account,
            accepted_by_name=actor.name,
        )
        uow.triage.add_acceptance(acceptance)
        uow.trail.write(cycle.cycle, _set_aside(actor, acceptance), uow.now)
        about = {"acceptance": str(acceptance.id), "items": len(records), "set_aside": len(aside)}
        uow.record("accepted_together", f"cluster:{cycle.cycle}/{wanted.cluster}", actor, wanted.reason, about)
        uow.commit()
    return acceptance


def _set_aside(actor: Actor, acceptance: JointAcceptance) -> list[AuditStep]:
    """The rows of the trail for what is looked at by itself; those of the decisions are written with them."""
    about = {"acceptance": acceptance.id}
    return [
        AuditStep(actor.account, actor.name, "set_aside", unit, criterion, acceptance.reason, about)
        for unit, criterion in acceptance.set_aside
    ]


def _minor(uow: UnitOfWork, actor: Actor, cycle: CycleRecord, cluster: str) -> Minor:
    members = uow.cycles.members(cycle.cycle)
    unit = next((unit for unit, own in members.items() if own == cluster), None)
    if unit is None or not actor.may(REVIEWERS, council=cycle.council, cluster=cluster):
        raise Refusal("cluster_not_found", Kind.NOT_FOUND, sentence("There is no such cluster open to you."))
    version, plan = uow.triage.plan(cycle.cycle)
    units = uow.cycles.cluster_members_who_submitted(cycle.cycle, unit)
    material = load_material(uow, cycle, units)
    cohort = material.cohort(complete=False)
    items = uow.reviews.items(cycle.cycle, units)
    limit = plan.limit(material.framework.total)
    eligible = [item for item in items.values() if _is_minor(item, limit) and _may(actor, cycle.council, item)]
    chosen = _harmless_together(cohort, standing(cohort, tally(uow, cohort, reviewed(items)).counted), eligible, limit)
    return Minor(tuple(sorted(chosen, key=lambda item: (item.unit, item.place))), limit, plan.set_aside, version)


def _may(actor: Actor, council: str, item: ReviewItem) -> bool:
    if actor.belongs_to(council, item.unit):
        return False
    return actor.may(REVIEWERS, council=council, unit=item.unit, cluster=item.cluster, criterion=item.criterion)


def _is_minor(item: ReviewItem, limit: float) -> bool:
    """Whether accepting it can do little harm: something independent is known, no source and no other member
    contradicts the claim, its unit cannot come first, nobody drew it at random, and nobody would change places."""
    if item.review != "open" or not item.cohort or item.contender or item.audit or item.left_out:
        return False
    if item.state == "contested":
        return False
    if item.stake_basis not in INDEPENDENT or PEER_CHALLENGE in item.asked:
        return False
    if not item.points_lost:
        return True
    known = item.ranks_changed is not None
    return known and item.ranks_changed == 0 and not item.first_changes and item.points_lost <= limit


def _harmless_together(
    cohort: Cohort, everybody: Cluster, items: Sequence[ReviewItem], limit: float
) -> list[ReviewItem]:
    """The items without the largest of those that would do harm together."""
    chosen = {item.key: item for item in items}
    while falling := [item for item in chosen.values() if (item.points_lost or 0.0) > 0]:
        harmed = _harmed(everybody, falls_of(cohort, falling), limit)
        if not harmed:
            break
        mine = [item for item in falling if item.unit in harmed] or falling
        largest = max(mine, key=lambda item: (item.points_lost or 0.0, item.key))
        del chosen[largest.key]
    return list(chosen.values())


def _harmed(everybody: Cluster, falls: Falls, limit: float) -> set[str]:
    """The units whose place or, by more than the limit, total would change if all of these claims fell at once."""
    values = everybody.values.copy()
    points = np.full(values.shape, np.nan) if everybody.points is None else everybody.points.copy()
    points[falls.rows, falls.columns] = falls.points
    by_figure = np.isnan(falls.points)
    values[falls.rows[by_figure], falls.columns[by_figure]] = falls.values[by_figure]
    before, _ = everybody.standings(everybody.values)
    after, _ = Cluster(
        everybody.framework, everybody.units, everybody.clusters, values, everybody.targets, points
    ).standings(values)
    moved = np.where((before.ticks == LOWEST) | (after.ticks == LOWEST), 0.0, np.abs(after.total - before.total))
    wrong = (before.rank != after.rank) | (moved > limit * (1 + 1e-9))
    return {everybody.units[row] for row in np.flatnonzero(wrong).tolist()}
