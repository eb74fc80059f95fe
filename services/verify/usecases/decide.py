"""Decisions of people: on one item, or on all items of a cluster that the freeze waits for and a source can settle.

A decision is only ever added. It moves what counts, in the same transaction, and the feed tells it.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.verify.domain.cohort import Cohort
from services.verify.domain.comparison import agreement
from services.verify.domain.counting import Decided, Verdict
from services.verify.domain.review import ItemState, Proposal, Step, Subject, after, decide
from services.verify.ports.reviews import DecisionRecord, ItemKey, ReviewItem, SettlementRecord
from services.verify.ports.store import CycleRecord, Store, Transaction
from services.verify.usecases.material import Material, facts_sha256, known, load_material
from services.verify.usecases.recount import publish, save_changed, tally, with_counts
from services.verify.usecases.stakes import with_stakes
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion, Penalty
from shared.plumbing.identity import Actor, Role

STAFF = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER, Role.SUPPORT_TEAM, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class ItemName:
    """Which item."""

    cycle: str
    unit: str
    criterion: str


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

    Refusals: not found, those of `domain.review.decide`, `stale` if the item has changed since.
    """
    with store.transaction() as transaction:
        cycle = in_cycle(transaction, actor, name.cycle)
        key = (name.unit, name.criterion)
        item = transaction.reviews.items(cycle.cycle, [name.unit]).get(key)
        if item is None:
            raise no_such_item()
        bench = _Bench(transaction, cycle, name.unit)
        try:
            decided = decide(actor, bench.subject(item), proposal)
        except Refusal as refusal:
            # Whoever comes second is told that somebody else was faster, not that they did something wrong.
            if refusal.kind is Kind.CONFLICT and item.version != version:
                raise stale() from refusal
            raise
        if item.version != version:
            raise stale()
        bench.check_seen(item)
        record = _record(transaction, actor, item, proposal, decided, None)
        transaction.reviews.add_decisions([record])
        decided_item = bench.conclude({key: record})[key]
        transaction.record(
            "item_decided",
            f"item:{name.cycle}/{name.unit}/{name.criterion}",
            actor,
            proposal.reason,
            {"decision": str(record.id), "verdict": record.verdict, "version": item.version},
        )
        transaction.commit()
    return decided_item


def settle_cluster(store: Store, actor: Actor, wanted: Settlement) -> SettlementRecord:
    """Settle all open items of a cluster that the freeze waits for at their source's figure, in one decision."""
    with store.transaction() as transaction:
        cycle = in_cycle(transaction, actor, wanted.cycle)
        if not actor.may(Role.LEAD_REVIEWER, council=cycle.council, cluster=wanted.cluster):
            said = sentence("Only a lead reviewer may settle items.")
            raise Refusal("not_a_reviewer", Kind.FORBIDDEN, said)
        members = transaction.cycles.members(cycle.cycle)
        unit = next((unit for unit, cluster in members.items() if cluster == wanted.cluster), None)
        if unit is None:
            raise Refusal("cluster_not_found", Kind.NOT_FOUND, sentence("There is no such cluster open to you."))
        bench = _Bench(transaction, cycle, unit)
        waiting = bench.to_settle()
        if not waiting:
            said = sentence("No open item of this cluster waits for a settlement at a source's figure.")
            raise Refusal("nothing_to_settle", Kind.CONFLICT, said)
        proposal = Proposal(Verdict.SETTLE, wanted.reason, wanted.document_number)
        settlement = SettlementRecord(
            id=uuid.uuid4(),
            cycle=cycle.cycle,
            cluster=wanted.cluster,
            reason=wanted.reason,
            document_number=wanted.document_number,
            items=len(waiting),
            settled_at=transaction.now,
            settled_by=actor.account,
            settled_by_name=actor.name,
        )
        records = {}
        for item in waiting:
            bench.check_seen(item)
            decided = decide(actor, bench.subject(item), proposal)
            records[item.key] = _record(transaction, actor, item, proposal, decided, settlement.id)
        if wanted.items is not None and wanted.items != len(waiting):
            raise stale()
        transaction.reviews.add_settlement(settlement)
        transaction.reviews.add_decisions(list(records.values()))
        bench.conclude(records)
        transaction.record(
            "cluster_settled",
            f"cluster:{wanted.cycle}/{wanted.cluster}",
            actor,
            wanted.reason,
            {"settlement": str(settlement.id), "items": settlement.items},
        )
        transaction.commit()
    return settlement


def decide_together(
    transaction: Transaction, actor: Actor, cycle: CycleRecord, items: Sequence[ReviewItem], proposal: Proposal
) -> Mapping[ItemKey, DecisionRecord]:
    """Decide on items of one cluster alike, in the caller's transaction; refused if one of them is."""
    if not items:
        return {}
    bench = _Bench(transaction, cycle, items[0].unit)
    records = {}
    for item in items:
        bench.check_seen(item)
        decided = decide(actor, bench.subject(item), proposal)
        records[item.key] = _record(transaction, actor, item, proposal, decided, None)
    transaction.reviews.add_decisions(list(records.values()))
    bench.conclude(records)
    return records


def no_such_item() -> Refusal:
    """Whether it does not exist or is not theirs to see is not told."""
    return Refusal("item_not_found", Kind.NOT_FOUND, sentence("There is no such item open to you."))


def stale() -> Refusal:
    said = sentence("This was changed after you opened it. Please look at it again before you decide.")
    return Refusal("stale", Kind.STALE, said)


def in_cycle(transaction: Transaction, actor: Actor, name: str) -> CycleRecord:
    """A living cycle somebody works for, held until the end of the transaction. Refusals: not found, archived."""
    transaction.cycles.lock([name])
    cycle = transaction.cycles.find(name)
    if cycle is None or not actor.may(STAFF, council=cycle.council):
        raise no_such_item()
    if cycle.archived:
        said = sentence("The cycle is archived; nothing of it is screened any more.")
        raise Refusal("cycle_archived", Kind.CONFLICT, said)
    return cycle


class _Bench:
    """A unit's whole cluster: what counts for one, and who could still come first, depends on all of them."""

    def __init__(self, transaction: Transaction, cycle: CycleRecord, unit: str) -> None:
        self.transaction = transaction
        units = transaction.cycles.company(cycle.cycle, unit)
        self.material: Material = load_material(transaction, cycle, units)
        self.items: Mapping[ItemKey, ReviewItem] = transaction.reviews.items(cycle.cycle, units)
        self.cohort: Cohort = self.material.cohort(complete=False)
        self.rows = {unit: row for row, unit in enumerate(self.cohort.units)}
        self.agreed = agreement(self.cohort)

    def _cell(self, item: ReviewItem) -> tuple[int, int]:
        column = self.material.framework.columns.get(item.criterion)
        if item.unit not in self.rows or column is None:
            raise stale()
        return self.rows[item.unit], column

    def subject(self, item: ReviewItem) -> Subject:
        """The item as the rules of deciding see it."""
        cell = self._cell(item)
        criterion = self.material.framework.items[cell[1]]
        maximum = float(self.cohort.maximum[cell])
        return Subject(
            council=self.material.cycle.council,
            unit=item.unit,
            cluster=item.cluster,
            criterion=item.criterion,
            state=ItemState(item.review),
            claimed_value=known(self.cohort.value[cell]),
            self_points=known(self.cohort.self_points[cell]),
            figure=known(self.cohort.same_value[cell]),
            outside=bool(self.agreed.outside[cell]),
            maximum=-maximum if isinstance(criterion, Penalty) else maximum,
            scored=not (isinstance(criterion, Criterion) and criterion.rule is None),
            waited_for=item.blocks_freeze,
        )

    def check_seen(self, item: ReviewItem) -> None:
        """Refuse if a newer claim or figure has arrived that no screening has shown yet."""
        row, column = self._cell(item)
        if facts_sha256(self.material, self.cohort, row, column) != item.facts_sha256:
            raise stale()

    def to_settle(self) -> list[ReviewItem]:
        """The items that one settlement covers, by unit and criterion."""
        return sorted(
            (item for item in self.items.values() if item.settleable), key=lambda item: (item.unit, item.place)
        )

    def conclude(self, records: Mapping[ItemKey, DecisionRecord]) -> Mapping[ItemKey, ReviewItem]:
        """Put the decisions in force, count again, and tell the feed."""
        items = dict(self.items)
        for key, record in records.items():
            step = Step.SETTLE if record.verdict == Verdict.SETTLE else Step.DECIDE
            review = after(ItemState(items[key].review), step)
            items[key] = replace(items[key], decision=record.id, review=review)
        result = tally(self.transaction, self.cohort, items)
        items = with_stakes(self.cohort, with_counts(items, result.counted), result, all_clusters=False)
        save_changed(self.transaction, self.items, items)
        publish(self.transaction, self.material, result, self._screened(items), cohort=_compared(items))
        return self.transaction.reviews.items(self.material.cycle.cycle, {unit for unit, _ in records})

    def _screened(self, items: Mapping[ItemKey, ReviewItem]) -> list[str]:
        """The units whose current self-assessment has been screened; the others are told when theirs is."""
        sent = self.material.given.sent
        seen = {item.unit: item.submission for item in items.values()}
        return [unit for unit, submission in seen.items() if unit in sent and sent[unit].submission == submission]


def _compared(items: Mapping[ItemKey, ReviewItem]) -> Collection[str]:
    return {item.unit for item in items.values() if item.cohort}


def _record(
    transaction: Transaction,
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
        decided_at=transaction.now,
        decided_by=actor.account,
        decided_by_name=actor.name,
    )
