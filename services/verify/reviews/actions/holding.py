"""Who holds an item: claimed by a reviewer, released, or taken back when it was held for too long."""

from dataclasses import replace
from datetime import timedelta

from services.verify.ports import Store, UnitOfWork
from services.verify.reviews.actions.cluster_review import ClusterReview, open_cluster_review, step_row, step_to
from services.verify.reviews.actions.requests import ITSELF
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.states import ItemState, Step
from services.verify.reviews.model.trail import AuditStep
from services.verify.reviews.rules.states import after
from shared.people import Actor


def claim_item(store: Store, actor: Actor, name: ItemName, version: int) -> ReviewItem:
    """Hold an item for the declared days; others see by whom, and cannot decide on it meanwhile."""
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name)
        review = step_to(actor, review_of_cluster.subject(item), item, Step.CLAIM, version)
        until = uow.now + timedelta(days=review_of_cluster.rules.claim_days)
        taken = replace(item.held(actor.account, actor.name, until), review=review)
        return _keep(uow, review_of_cluster, taken, step_row(actor, "claimed", item, "", {"until": until}))


def release_item(store: Store, actor: Actor, name: ItemName, version: int) -> ReviewItem:
    """Let go of an item; its holder, or a lead reviewer."""
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name)
        review = step_to(actor, review_of_cluster.subject(item), item, Step.RELEASE, version)
        row = step_row(actor, "released", item, "", {"held_by": item.held_by})
        return _keep(uow, review_of_cluster, replace(item.let_go(), review=review), row)


def release_lapsed(store: Store) -> int:
    """Release what somebody has held for longer than was declared; how many items."""
    count = 0
    with store.unit_of_work() as uow:
        lapsed = uow.steps.lapsed(uow.now)
    for cycle, unit in lapsed:
        with store.unit_of_work() as uow:
            uow.cycles.lock([cycle])
            held = [
                item
                for item in uow.reviews.items(cycle, [unit]).values()
                if item.review == ItemState.CLAIMED and item.held_until and item.held_until <= uow.now
            ]
            released = [
                replace(item.let_go(), review=after(ItemState.CLAIMED, Step.RELEASE), version=item.version + 1)
                for item in held
            ]
            uow.reviews.save_items(released, uow.now)
            steps = [
                AuditStep(*ITSELF, "claim_lapsed", item.unit, item.criterion, "", {"held_by": item.held_by})
                for item in held
            ]
            uow.trail.write(cycle, steps, uow.now)
            uow.commit()
            count += len(held)
    return count


def _keep(uow: UnitOfWork, review_of_cluster: ClusterReview, item: ReviewItem, row: AuditStep) -> ReviewItem:
    uow.trail.write(item.cycle, [row], uow.now)
    kept = review_of_cluster.put({item.key: item})[item.key]
    uow.commit()
    return kept
