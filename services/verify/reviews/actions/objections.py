"""Objections: the unit says once, in time and with a document, why what counts for an item is not right."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from services.verify.ports import Store
from services.verify.reviews.actions.cluster_review import no_such_item, open_bench
from services.verify.reviews.actions.holding import check_version, step
from services.verify.reviews.model import ItemName, ObjectionRecord, ReviewItem
from services.verify.reviews.rules.states import CONCLUDED, ItemState, Step, after
from services.verify.reviews.rules.trail import seal
from services.verify.roles import SPEAKERS
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor

LONGEST_REASON, LONGEST_DOCUMENT = 4000, 200


@dataclass(frozen=True)
class Objection:
    """Why, and which document says so."""

    reason: str
    document_number: str


def speaks_for(actor: Actor, council: str, unit: str) -> bool:
    """Whether the actor speaks for the whole unit: an officer or the signing leader whom no grant narrows."""
    return any(
        grant.role in SPEAKERS and grant.criteria is None and grant.covers(council, unit, None, None)
        for grant in actor.grants
    )


def object_to(store: Store, actor: Actor, name: ItemName, given: Objection, version: int) -> ReviewItem:
    """Object to what counts for an item; the freeze waits until somebody else has answered.

    Refusals: not found, `not_final` (nothing counts yet), `objected_before`, `window_over`, `stale`; BadInput.
    """
    with store.transaction() as transaction:
        bench, item = open_bench(transaction, actor, name, SPEAKERS)
        if not speaks_for(actor, bench.cycle.council, name.unit):
            raise no_such_item()
        _check(given)
        review = _challenged(item)
        if is_over(item.concluded_at, bench.rules.objection_days, transaction.now):
            said = sentence("The time for objections to this score is over.")
            raise Refusal("window_over", Kind.CONFLICT, said)
        check_version(item, version)
        bench.check_seen(item)
        objection = ObjectionRecord(
            id=uuid.uuid4(),
            cycle=item.cycle,
            unit=item.unit,
            criterion=item.criterion,
            reason=given.reason.strip(),
            document_number=given.document_number.strip(),
            decision=item.decision,
            facts_sha256=item.facts_sha256,
            objected_at=transaction.now,
            objected_by=actor.account,
            objected_by_name=actor.name,
        )
        if not transaction.steps.add_objection(objection):
            said = sentence("Your unit has objected to this score before; an objection is made once.")
            raise Refusal("objected_before", Kind.CONFLICT, said)
        row = step(actor, "objected", item, objection.reason, {"objection": objection.id, "decision": item.decision})
        sealed = (seal("objection", asdict(objection)),)
        transaction.steps.write_trail(item.cycle, [replace(row, sealed=sealed)], transaction.now)
        kept = bench.put({item.key: replace(item, review=review, objection=objection.id)})[item.key]
        transaction.commit()
    return kept


def _challenged(item: ReviewItem) -> ItemState:
    if item.review not in CONCLUDED or item.concluded_at is None or item.basis == "none":
        said = sentence("Nothing final counts for this item yet.")
        raise Refusal("not_final", Kind.CONFLICT, said)
    return after(ItemState(item.review), Step.OBJECT)


def is_over(concluded_at: datetime | None, days: int, now: datetime) -> bool:
    """Whether the time for an objection is over, `days` after what counts became final."""
    return concluded_at is not None and now >= concluded_at + timedelta(days=days)


def _check(given: Objection) -> None:
    longest: Mapping[str, int] = {"reason": LONGEST_REASON, "document_number": LONGEST_DOCUMENT}
    missing = {
        "reason": sentence("Say why the score is not right."),
        "document_number": sentence("Name the document that supports the objection."),
    }
    faults = []
    for name, most in longest.items():
        text = getattr(given, name)
        if not text.strip():
            faults.append(Fault(missing[name], path=name))
        elif len(text) > most:
            faults.append(Fault(sentence("At most %(most)s characters.", most=most), path=name))
    if faults:
        raise BadInput(faults)
