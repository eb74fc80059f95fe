"""The second person: signs a decision that moves much, or sends it back with a reason."""

import uuid
from dataclasses import asdict, replace

from services.verify.ports import Store
from services.verify.results.model import DecisionRecord
from services.verify.reviews.actions.cluster_review import Bench, open_bench, role_of, stale
from services.verify.reviews.actions.holding import check_version, step
from services.verify.reviews.model import CountersignatureRecord, ItemName, ReviewItem
from services.verify.reviews.rules.deciding import check_person, check_reason
from services.verify.reviews.rules.states import ItemState, Step, after
from services.verify.reviews.rules.trail import seal
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def countersign_item(
    store: Store, actor: Actor, name: ItemName, *, signed: bool, reason: str, version: int
) -> ReviewItem:
    """Sign what another person decided: it counts from now on. Or send it back: the item is open again.

    Refusals: those of `domain.review.check_person`; `first_person` for whoever decided; `wrong_state`, `stale`,
    `reason_missing` (a signature needs none).
    """
    with store.transaction() as transaction:
        bench, item = open_bench(transaction, actor, name)
        check_person(actor, bench.subject(item))
        try:
            review = after(ItemState(item.review), _step(item, signed=signed))
        except Refusal as refusal:
            if item.version != version:
                raise stale() from refusal
            raise
        assert item.decision is not None
        decision = transaction.reviews.decisions([item.decision])[item.decision]
        if decision.decided_by == actor.account:
            said = sentence("You took this decision; somebody else signs it.")
            raise Refusal("first_person", Kind.FORBIDDEN, said)
        if not signed:
            check_reason(reason)
        check_version(item, version)
        bench.check_seen(item)
        record = CountersignatureRecord(
            id=uuid.uuid4(),
            decision=decision.id,
            signed=signed,
            reason=reason.strip(),
            signed_at=transaction.now,
            signed_by=actor.account,
            signed_by_name=actor.name,
            signed_as=role_of(actor, bench.cycle.council, item),
        )
        transaction.steps.add_countersignature(record)
        sealed = [seal("countersignature", asdict(record))]
        signed_item = replace(item.let_go(), review=review)
        data = {"decision": decision.id, "decided_by": decision.decided_by, "role": record.signed_as}
        if signed:
            signed_item, answer = bench.concluded(signed_item, decision)
            if answer is not None:
                transaction.steps.answer_objections([answer])
                sealed.append(seal("objection_answer", asdict(answer)))
                data |= {"objection": answer.objection, "stands": answer.stands}
        else:
            signed_item = replace(signed_item, decision=_decision_before(bench, item, decision))
        row = step(actor, "countersigned" if signed else "sent_back", item, record.reason, data)
        transaction.steps.write_trail(item.cycle, [replace(row, sealed=tuple(sealed))], transaction.now)
        kept = bench.put({item.key: signed_item})[item.key]
        transaction.commit()
    return kept


def _step(item: ReviewItem, *, signed: bool) -> Step:
    if signed:
        return Step.COUNTERSIGN
    return Step.SEND_BACK if item.objection is None else Step.RESUME


def _decision_before(bench: Bench, item: ReviewItem, sent_back: DecisionRecord) -> uuid.UUID | None:
    """What counts again after an answer to an objection was sent back: what the unit objects to, if facts allow."""
    if item.objection is None or bench.objected(item) is None:
        return None
    return bench.transaction.steps.objection(item.objection).decision
