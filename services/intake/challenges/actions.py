"""Challenge an item of another member, answer once, withdraw; every step is kept and travels to verify."""

from dataclasses import replace

from services.intake.assessments.model import Evidence, GivenEvidence
from services.intake.challenges.model import Answer, Challenge, Withdrawal
from services.intake.challenges.queries import _document, _find, _publish, _tell
from services.intake.challenges.rules import check_answer, refuse_withdrawn
from services.intake.notices.model import CHALLENGE_ANSWERED, CHALLENGE_WITHDRAWN
from services.intake.people.rules import not_found, refuse_unless
from services.intake.ports import Intake, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.contracts.refusals import Kind as RefusalKind
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def answer(
    intake: Intake,
    actor: Actor,
    cycle_code: str,
    unit: str,
    criterion: str,
    number: int,
    text: str,
    document: GivenEvidence | None,
) -> Challenge:
    """The challenged unit answers, once, until the declared day. Raises CONFLICT or BadInput."""
    with intake.unit_of_work() as uow:
        place, item = _find(uow, actor, cycle_code, unit, criterion, lock="update")
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
    intake: Intake, actor: Actor, cycle_code: str, unit: str, criterion: str, number: int, reason: str
) -> Challenge:
    """The challenger takes its challenge back. Again: nothing changes."""
    with intake.unit_of_work() as uow:
        place, _item = _find(uow, actor, cycle_code, unit, criterion, lock="update")
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
