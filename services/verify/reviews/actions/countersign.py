"""The second person: signs a decision that moves much, or sends it back with a reason."""

import uuid
from dataclasses import asdict, replace

from services.verify.ports import Store
from services.verify.results.model import DecisionRecord
from services.verify.reviews.actions.cluster_review import (
    ClusterReview,
    open_cluster_review,
    role_of,
    step_row,
    step_to,
)
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.states import Step
from services.verify.reviews.model.steps import CountersignatureRecord
from services.verify.reviews.rules.deciding import check_reason
from services.verify.reviews.rules.trail import seal
from shared.people import Actor


def countersign_item(
    store: Store, actor: Actor, name: ItemName, *, signed: bool, reason: str, version: int
) -> ReviewItem:
    """Sign what another person decided: it counts from now on. Or send it back: the item is open again.

    Refusals: those of `rules.permissions.check_step`, `stale`; `reason_missing` (a signature needs none).
    """
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name)
        review = step_to(actor, review_of_cluster.subject(item), item, _step(item, signed=signed), version)
        if not signed:
            check_reason(reason)
        assert item.decision is not None
        decision = uow.results.decisions([item.decision])[item.decision]
        review_of_cluster.check_seen(item)
        record = CountersignatureRecord(
            id=uuid.uuid4(),
            decision=decision.id,
            signed=signed,
            reason=reason.strip(),
            signed_at=uow.now,
            signed_by=actor.account,
            signed_by_name=actor.name,
            signed_as=role_of(actor, review_of_cluster.cycle.council, item),
        )
        uow.steps.add_countersignature(record)
        sealed = [seal("countersignature", asdict(record))]
        signed_item = replace(item.let_go(), review=review)
        data = {"decision": decision.id, "decided_by": decision.decided_by, "role": record.signed_as}
        if signed:
            signed_item, answer = review_of_cluster.concluded(signed_item, decision)
            if answer is not None:
                uow.steps.answer_objections([answer])
                sealed.append(seal("objection_answer", asdict(answer)))
                data |= {"objection": answer.objection, "stands": answer.stands}
        else:
            signed_item = replace(signed_item, decision=_decision_before(review_of_cluster, item, decision))
        row = step_row(actor, "countersigned" if signed else "sent_back", item, record.reason, data)
        uow.trail.write(item.cycle, [replace(row, sealed=tuple(sealed))], uow.now)
        kept = review_of_cluster.put({item.key: signed_item})[item.key]
        uow.commit()
    return kept


def _step(item: ReviewItem, *, signed: bool) -> Step:
    if signed:
        return Step.COUNTERSIGN
    return Step.SEND_BACK if item.objection is None else Step.RESUME


def _decision_before(review_of_cluster: ClusterReview, item: ReviewItem, sent_back: DecisionRecord) -> uuid.UUID | None:
    """What counts again after an answer to an objection was sent back: what the unit objects to, if facts allow."""
    if item.objection is None or review_of_cluster.objected(item) is None:
        return None
    return review_of_cluster.uow.steps.objection(item.objection).decision
