"""Who has an item in hand: taken by a reviewer, let go, or taken back when it was held for too long."""

from dataclasses import replace
from datetime import timedelta

from services.verify.ports import Store, Transaction
from services.verify.reviews.actions.cluster_review import Bench, open_bench, stale
from services.verify.reviews.actions.requests import ITSELF
from services.verify.reviews.model import AuditStep, ItemName, ReviewItem, Subject
from services.verify.reviews.rules.deciding import check_holder, check_person
from services.verify.reviews.rules.states import ItemState, Step, after
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, Role


def claim_item(store: Store, actor: Actor, name: ItemName, version: int) -> ReviewItem:
    """Take an item in hand for the declared days; others see by whom, and cannot decide on it meanwhile."""
    with store.transaction() as transaction:
        bench, item = open_bench(transaction, actor, name)
        subject = bench.subject(item)
        check_person(actor, subject)
        review = _after(item, Step.CLAIM, version)
        check_holder(actor, subject)
        check_version(item, version)
        until = transaction.now + timedelta(days=bench.rules.claim_days)
        taken = replace(item.held(actor.account, actor.name, until), review=review)
        return _keep(transaction, bench, taken, step(actor, "claimed", item, "", {"until": until}))


def release_item(store: Store, actor: Actor, name: ItemName, version: int) -> ReviewItem:
    """Let go of an item; its holder, or a lead reviewer."""
    with store.transaction() as transaction:
        bench, item = open_bench(transaction, actor, name)
        subject = bench.subject(item)
        check_person(actor, subject)
        if not item.held_by:
            raise Refusal("not_held", Kind.CONFLICT, sentence("Nobody has this item in hand."))
        if not leads(actor, subject):
            check_holder(actor, subject)
        check_version(item, version)
        return _keep(transaction, bench, _let_go(item), step(actor, "released", item, "", {"held_by": item.held_by}))


def release_lapsed(store: Store) -> int:
    """Put back what somebody has had in hand for longer than was declared; how many items."""
    count = 0
    with store.transaction() as transaction:
        lapsed = transaction.steps.lapsed(transaction.now)
    for cycle, unit in lapsed:
        with store.transaction() as transaction:
            transaction.cycles.lock([cycle])
            held = [
                item
                for item in transaction.reviews.items(cycle, [unit]).values()
                if item.review == ItemState.CLAIMED and item.held_until and item.held_until <= transaction.now
            ]
            released = [replace(_let_go(item), version=item.version + 1) for item in held]
            transaction.reviews.save_items(released, transaction.now)
            steps = [
                AuditStep(*ITSELF, "claim_lapsed", item.unit, item.criterion, "", {"held_by": item.held_by})
                for item in held
            ]
            transaction.steps.write_trail(cycle, steps, transaction.now)
            transaction.commit()
            count += len(held)
    return count


def _let_go(item: ReviewItem) -> ReviewItem:
    review = ItemState(item.review)
    if review is ItemState.CLAIMED:
        review = after(review, Step.RELEASE)
    return replace(item.let_go(), review=review)


def leads(actor: Actor, subject: Subject) -> bool:
    """Whether the actor is a lead reviewer of this item."""
    return actor.may(
        Role.LEAD_REVIEWER,
        council=subject.council,
        unit=subject.unit,
        cluster=subject.cluster,
        criterion=subject.criterion,
    )


def check_version(item: ReviewItem, version: int) -> None:
    """Refuse if the item has changed since it was seen."""
    if item.version != version:
        raise stale()


def _after(item: ReviewItem, wanted: Step, version: int) -> ItemState:
    try:
        return after(ItemState(item.review), wanted)
    except Refusal as refusal:
        if item.version != version:
            raise stale() from refusal
        raise


def step(actor: Actor, action: str, item: ReviewItem, reason: str, data: dict[str, object]) -> AuditStep:
    """A row of the trail for what a person did about an item."""
    return AuditStep(actor.account, actor.name, action, item.unit, item.criterion, reason, data)


def _keep(transaction: Transaction, bench: Bench, item: ReviewItem, row: AuditStep) -> ReviewItem:
    transaction.steps.write_trail(item.cycle, [row], transaction.now)
    kept = bench.put({item.key: item})[item.key]
    transaction.commit()
    return kept
