"""Decisions of people: on one item, or on all items of a cluster that the freeze waits for and a source can settle.

A decision is only ever added. It moves what counts, in the same transaction, and the feed publishes it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.verify.claims.model import CycleRecord, ItemKey
from services.verify.ports import Store, UnitOfWork
from services.verify.results.model import Decided, DecisionRecord, SettlementRecord, Verdict
from services.verify.reviews.actions.cluster_review import (
    ClusterReview,
    open_cluster_review,
    role_of,
    stale,
    working_cycle,
)
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.steps import Proposal
from services.verify.reviews.rules.deciding import decide
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, Role


@dataclass(frozen=True)
class Settlement:
    """What a lead reviewer settles. `items`: how many they were shown, if they were."""

    cycle: str
    cluster: str
    reason: str
    document_number: str
    items: int | None = None


def decide_item(store: Store, actor: Actor, name: ItemName, proposal: Proposal, version: int) -> ReviewItem:
    """Decide on an item as it was seen at `version`; returns it as it is now.

    Refusals: not found, those of `rules.deciding.decide`, `stale` if the item has changed since.
    """
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name)
        try:
            decided = decide(actor, review_of_cluster.subject(item), proposal)
        except Refusal as refusal:
            # Who comes second learns that somebody else was faster, not that they did something wrong.
            if refusal.kind is Kind.CONFLICT and item.version != version:
                raise stale() from refusal
            raise
        if item.version != version:
            raise stale()
        review_of_cluster.check_seen(item)
        record = _record(review_of_cluster, actor, item, proposal, decided, None)
        uow.results.add_decisions([record])
        decided_item = review_of_cluster.conclude({item.key: record})[item.key]
        uow.record(
            "item_decided",
            f"item:{name.cycle}/{name.unit}/{name.criterion}",
            actor,
            proposal.reason,
            {"decision": str(record.id), "verdict": record.verdict, "version": item.version},
        )
        uow.commit()
    return decided_item


def settle_cluster(store: Store, actor: Actor, wanted: Settlement) -> SettlementRecord:
    """Settle all open items of a cluster that the freeze waits for at their source's figure, in one decision."""
    with store.unit_of_work() as uow:
        cycle = working_cycle(uow, actor, wanted.cycle)
        if not actor.may(Role.LEAD_REVIEWER, council=cycle.council, cluster=wanted.cluster):
            message = sentence("Only a lead reviewer may settle items.")
            raise Refusal("not_a_reviewer", Kind.FORBIDDEN, message)
        members = uow.cycles.members(cycle.cycle)
        unit = next((unit for unit, cluster in members.items() if cluster == wanted.cluster), None)
        if unit is None:
            raise Refusal("cluster_not_found", Kind.NOT_FOUND, sentence("There is no such cluster open to you."))
        review_of_cluster = ClusterReview(uow, cycle, unit)
        waiting = review_of_cluster.to_settle()
        if not waiting:
            message = sentence("No open item of this cluster waits for a settlement at a source's figure.")
            raise Refusal("nothing_to_settle", Kind.CONFLICT, message)
        proposal = Proposal(Verdict.SETTLE, wanted.reason, wanted.document_number)
        settlement = SettlementRecord(
            id=uuid.uuid4(),
            cycle=cycle.cycle,
            cluster=wanted.cluster,
            reason=wanted.reason,
            document_number=wanted.document_number,
            items=len(waiting),
            settled_at=uow.now,
            settled_by=actor.account,
            settled_by_name=actor.name,
        )
        records = {}
        for item in waiting:
            review_of_cluster.check_seen(item)
            decided = decide(actor, review_of_cluster.subject(item), proposal)
            records[item.key] = _record(review_of_cluster, actor, item, proposal, decided, settlement.id)
        if wanted.items is not None and wanted.items != len(waiting):
            raise stale()
        uow.results.add_settlement(settlement)
        uow.results.add_decisions(list(records.values()))
        review_of_cluster.conclude(records)
        uow.record(
            "cluster_settled",
            f"cluster:{wanted.cycle}/{wanted.cluster}",
            actor,
            wanted.reason,
            {"settlement": str(settlement.id), "items": settlement.items},
        )
        uow.commit()
    return settlement


def decide_together(
    uow: UnitOfWork, actor: Actor, cycle: CycleRecord, items: Sequence[ReviewItem], proposal: Proposal
) -> Mapping[ItemKey, DecisionRecord]:
    """Decide on items of one cluster alike, in the caller's transaction; refused if one of them is."""
    if not items:
        return {}
    review_of_cluster = ClusterReview(uow, cycle, items[0].unit)
    records = {}
    for item in items:
        review_of_cluster.check_seen(item)
        decided = decide(actor, review_of_cluster.subject(item), proposal)
        records[item.key] = _record(review_of_cluster, actor, item, proposal, decided, None)
    uow.results.add_decisions(list(records.values()))
    review_of_cluster.conclude(records)
    return records


def _record(
    review_of_cluster: ClusterReview,
    actor: Actor,
    item: ReviewItem,
    proposal: Proposal,
    decided: Decided,
    settlement: uuid.UUID | None,
) -> DecisionRecord:
    return DecisionRecord(
        id=uuid.uuid4(),
        cycle=item.cycle,
        unit=item.unit,
        criterion=item.criterion,
        verdict=decided.verdict.value,
        value=decided.value,
        points=decided.points,
        reason=proposal.reason.strip(),
        document_number=proposal.document_number.strip(),
        on_source=decided.on_source,
        settlement=settlement,
        submission=item.submission,
        facts_sha256=item.facts_sha256,
        asked=item.asked,
        decided_at=review_of_cluster.uow.now,
        decided_by=actor.account,
        decided_by_name=actor.name,
        decided_as=role_of(actor, review_of_cluster.cycle.council, item),
    )
