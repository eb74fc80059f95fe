"""Objections: the unit says once, in time and with a document, why what counts for an item is not right."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from services.verify.ports import Store
from services.verify.reviews.actions.cluster_review import check_version, open_cluster_review, step_row
from services.verify.reviews.model.item import ItemName, ReviewItem
from services.verify.reviews.model.states import CONCLUDED, ItemState, Step
from services.verify.reviews.model.steps import ObjectionRecord
from services.verify.reviews.queries.item import no_such_item
from services.verify.reviews.rules.objections import is_over
from services.verify.reviews.rules.states import after
from services.verify.reviews.rules.trail import seal
from services.verify.roles import SPEAKERS, speaks_for
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor

LONGEST_REASON, LONGEST_DOCUMENT = 4000, 200


@dataclass(frozen=True)
class Objection:
    """Why, and which document says so."""

    reason: str
    document_number: str


def object_to(store: Store, actor: Actor, name: ItemName, given: Objection, version: int) -> ReviewItem:
    """Object to what counts for an item; the freeze waits until somebody else has answered.

    Refusals: not found, `not_final` (nothing counts yet), `objected_before`, `window_over`, `stale`; BadInput.
    """
    with store.unit_of_work() as uow:
        review_of_cluster, item = open_cluster_review(uow, actor, name, SPEAKERS)
        if not speaks_for(actor, review_of_cluster.cycle.council, name.unit):
            raise no_such_item()
        _check(given)
        review = _challenged(item)
        if is_over(item.concluded_at, review_of_cluster.rules.objection_days, uow.now):
            message = sentence("The time for objections to this score is over.")
            raise Refusal("window_over", Kind.CONFLICT, message)
        check_version(item, version)
        review_of_cluster.check_seen(item)
        objection = ObjectionRecord(
            id=uuid.uuid4(),
            cycle=item.cycle,
            unit=item.unit,
            criterion=item.criterion,
            reason=given.reason.strip(),
            document_number=given.document_number.strip(),
            decision=item.decision,
            facts_sha256=item.facts_sha256,
            objected_at=uow.now,
            objected_by=actor.account,
            objected_by_name=actor.name,
        )
        if not uow.steps.add_objection(objection):
            message = sentence("Your unit has objected to this score before; an objection is made once.")
            raise Refusal("objected_before", Kind.CONFLICT, message)
        row = step_row(
            actor, "objected", item, objection.reason, {"objection": objection.id, "decision": item.decision}
        )
        sealed = (seal("objection", asdict(objection)),)
        uow.trail.write(item.cycle, [replace(row, sealed=sealed)], uow.now)
        kept = review_of_cluster.put({item.key: replace(item, review=review, objection=objection.id)})[item.key]
        uow.commit()
    return kept


def _challenged(item: ReviewItem) -> ItemState:
    if item.review not in CONCLUDED or item.concluded_at is None or item.basis == "none":
        message = sentence("Nothing final counts for this item yet.")
        raise Refusal("not_final", Kind.CONFLICT, message)
    return after(ItemState(item.review), Step.OBJECT)


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
