"""Challenge an item of another member, answer once, withdraw; every step is kept and travels to verify."""

import uuid
from dataclasses import replace

from services.intake.assessments.model import Evidence, GivenEvidence
from services.intake.challenges.model import Answer, Challenge, Withdrawal
from services.intake.challenges.queries import find_item
from services.intake.challenges.rules import check_answer, check_challenge, refuse_second, refuse_withdrawn
from services.intake.notices.actions import notify
from services.intake.notices.model import CHALLENGE_ANSWERED, CHALLENGE_WITHDRAWN, ITEM_CHALLENGED, Kind, Notice
from services.intake.notices.rules import the_unit
from services.intake.people.actions import record
from services.intake.people.rules import not_found, refuse_unless
from services.intake.ports import Store, UnitOfWork
from services.intake.rounds.queries import Place
from services.intake.rounds.rules import not_on
from services.intake.vietnamese import one_spelling
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Refusal
from shared.contracts.refusals import Kind as RefusalKind
from shared.contracts.sentences import sentence
from shared.people import Actor


def challenge(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    criterion: str,
    by_unit: str,
    reason: str,
    document: GivenEvidence,
) -> Challenge:
    """Challenge an item of another member with a reason and a document, on the declared days.

    The same challenge again changes nothing. Raises CONFLICT outside the days, BadInput, located by field.
    """
    with store.unit_of_work() as uow:
        place, item = find_item(uow, actor, cycle_code, unit, criterion, lock="update")
        refuse_unless(by_unit in place.speaks_for and not actor.belongs_to(place.cycle.council, unit))
        if not place.reads:
            raise not_on()
        received = uow.submissions.newest_received(cycle_code, [unit]).get(unit)
        if received is None:
            said = sentence("Nothing of this member has been received yet.")
            raise Refusal("nothing_received", RefusalKind.CONFLICT, said)
        said_reason = one_spelling(reason).strip()
        brought = _document(uow, place, by_unit, document)
        known = uow.challenges.of_units(cycle_code, [unit], criterion)
        for one in known:
            same = (one.by_unit, one.reason, one.document.document()) == (by_unit, said_reason, brought.document())
            if same and one.withdrawal is None:
                return one
        refuse_second(known, by_unit)
        check_challenge(item, said_reason, brought)
        made = Challenge(
            cycle=cycle_code,
            cluster=place.cluster.code,
            unit=unit,
            criterion=criterion,
            number=len(known) + 1,
            by_unit=by_unit,
            submission=received.number,
            content_sha256=received.content_sha256,
            reason=said_reason,
            document=brought,
            account=actor.account,
            name=actor.name,
            at=uow.now,
        )
        uow.challenges.add(made)
        _tell(uow, actor, place, ITEM_CHALLENGED, made, made.unit)
        _publish(uow, actor, place, made, "item_challenged", {"by_unit": by_unit, "reason": said_reason})
    return made


def _document(uow: UnitOfWork, place: Place, unit: str, given: GivenEvidence) -> Evidence:
    """The document with what is known of its file; raises BadInput for a file that the unit did not bring."""
    file = None
    if given.sha256:
        brought = uow.rounds.files(place.cycle.code, place.cluster.code, given.sha256)
        file = next((one for one in brought if one.unit == unit), None)
        if file is None:
            said = sentence("Your unit has not brought a file with this hash to the cluster round.")
            raise BadInput([Fault(said, path="document.sha256")])
    return Evidence(
        id=uuid.uuid4().hex,
        sha256=file.file.sha256 if file else None,
        size=file.file.size if file else None,
        media_type=file.file.media_type if file else None,
        label=file.label if file else "",
        document_number=one_spelling(given.document_number).strip(),
        issuer=one_spelling(given.issuer).strip(),
        issued_on=given.issued_on,
        signer=one_spelling(given.signer).strip(),
        reference_only=given.reference_only,
    )


def _tell(uow: UnitOfWork, actor: Actor, place: Place, kind: Kind, challenge: Challenge, unit: str) -> None:
    to = the_unit(place.cycle.council, unit)
    notify(uow, actor, Notice(kind, to, challenge.cycle, challenge.unit, challenge.criterion))


def _publish(
    uow: UnitOfWork, actor: Actor, place: Place, after: Challenge, action: str, details: dict[str, object]
) -> None:
    """History, feed, wake-up and commit of one step."""
    record(uow, actor, action, after.subject, details)
    data = after.event(synthetic=place.cycle.synthetic)
    uow.publish(Event("challenge_recorded", after.subject, after.feed_version, uow.now, data))
    uow.wake_up("verify.drain_feeds", "verify")
    uow.commit()


def answer(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    criterion: str,
    number: int,
    text: str,
    document: GivenEvidence | None,
) -> Challenge:
    """The challenged unit answers, once, until the declared day. Raises CONFLICT or BadInput."""
    with store.unit_of_work() as uow:
        place, item = find_item(uow, actor, cycle_code, unit, criterion, lock="update")
        refuse_unless(unit in place.speaks_for)
        found = _numbered(uow, cycle_code, unit, criterion, number)
        brought = None if document is None else _document(uow, place, unit, document)
        said = one_spelling(text).strip()
        if found.answer is not None and (found.answer.text, _shown(found.answer.document)) == (said, _shown(brought)):
            return found
        check_answer(found, item, said, brought)
        if place.declared is None or uow.now >= place.declared.answers_until:
            late = sentence("The day until which challenges are answered is over.")
            raise Refusal("answers_closed", RefusalKind.CONFLICT, late)
        given = Answer(said, brought, actor.account, actor.name, uow.now)
        uow.challenges.answer(found, given)
        _tell(uow, actor, place, CHALLENGE_ANSWERED, found, found.by_unit)
        after = replace(found, answer=given)
        _publish(uow, actor, place, after, "challenge_answered", {"text": said})
    return after


def withdraw(
    store: Store, actor: Actor, cycle_code: str, unit: str, criterion: str, number: int, reason: str
) -> Challenge:
    """The challenger takes its challenge back. Again: nothing changes."""
    with store.unit_of_work() as uow:
        place, _item = find_item(uow, actor, cycle_code, unit, criterion, lock="update")
        found = _numbered(uow, cycle_code, unit, criterion, number)
        refuse_unless(found.by_unit in place.speaks_for)
        said = one_spelling(reason).strip()
        if found.withdrawal is not None and found.withdrawal.reason == said:
            return found
        refuse_withdrawn(found)
        given = Withdrawal(said, actor.account, actor.name, uow.now)
        uow.challenges.withdraw(found, given)
        _tell(uow, actor, place, CHALLENGE_WITHDRAWN, found, found.unit)
        after = replace(found, withdrawal=given)
        _publish(uow, actor, place, after, "challenge_withdrawn", {"reason": said})
    return after


def _numbered(uow: UnitOfWork, cycle: str, unit: str, criterion: str, number: int) -> Challenge:
    found = next((one for one in uow.challenges.of_units(cycle, [unit], criterion) if one.number == number), None)
    if found is None:
        raise not_found()
    return found


def _shown(document: Evidence | None) -> object:
    return None if document is None else document.document()
