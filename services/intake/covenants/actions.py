"""Register targets, sign them, revise them by a legal document, recognise a revision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.covenants.model import GROUNDS, Covenant, Line, Recognition, Revision, targeted
from services.intake.covenants.rules import check_lines, warnings_of
from services.intake.cycles.model import ARCHIVED, OPEN, Cycle
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import not_open
from services.intake.notices.actions import notify
from services.intake.notices.model import COVENANT_SIGNED, REVISION_RECOGNISED, TARGET_REVISED, Notice
from services.intake.notices.rules import the_administrators, the_unit
from services.intake.people.actions import editor, record
from services.intake.people.rules import (
    administers,
    fills_in,
    fills_in_everything,
    looks,
    not_found,
    refuse_unless,
    sends,
)
from services.intake.ports import Store, UnitOfWork
from services.intake.vietnamese import one_spelling
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor

OWN, BOARD = ("value", "baseline", "note"), ("assigned", "national")


@dataclass(frozen=True)
class GivenRevision:
    """A changed target with the document that changes it."""

    criterion: str
    value: float
    document_number: str
    issued_on: date
    reason: str


@dataclass(frozen=True)
class GivenRecognition:
    """The Board's act that lets a revision count."""

    ground: str
    document_number: str
    issued_on: date
    reason: str


def save_lines(store: Store, actor: Actor, cycle_code: str, unit: str, given: Sequence[Line], seen: int) -> Covenant:
    """Change lines of an unsigned covenant: the unit its targets, baselines and notes, the Board the rest.

    What the actor may not say stays as it is. Raises STALE where somebody changed one of these lines since `seen`.
    """
    with store.unit_of_work() as uow:
        cycle, covenant = _find(uow, actor, cycle_code, unit)
        board = administers(actor, cycle.council)
        for line in given:
            refuse_unless(board or fills_in(actor, cycle.council, unit, line.criterion))
        covenant.refuse_signed()
        check_lines(uow.cycles.framework(cycle.framework_sha256), given)
        names = BOARD if board else OWN
        wanted = [
            replace(covenant.line(line.criterion), **{name: getattr(line, name) for name in names}) for line in given
        ]
        wanted = [replace(line, note=one_spelling(line.note)) for line in wanted]
        after = covenant.merged(wanted, seen, editor(uow, actor))
        if after is not covenant:
            uow.covenants.save(after, uow.now)
            changed = {line.criterion: line.document() for line in wanted if line != covenant.line(line.criterion)}
            record(uow, actor, "covenant_saved", _subject(after), {"version": after.version, "lines": changed})
            uow.commit()
    return after


def sign_covenant(
    store: Store,
    actor: Actor,
    cycle_code: str,
    unit: str,
    seen: int,
    document_number: str = "",
    issued_on: date | None = None,
) -> Covenant:
    """Sign and lock what was seen at version `seen`; the cautions shown are kept with it. Signing leader only."""
    with store.unit_of_work() as uow:
        cycle, covenant = _find(uow, actor, cycle_code, unit)
        refuse_unless(sends(actor, cycle.council, unit))
        framework = uow.cycles.framework(cycle.framework_sha256)
        document = (one_spelling(document_number).strip(), issued_on)
        signed = covenant.signed(framework, seen, document, editor(uow, actor))
        assert signed.signature is not None
        uow.covenants.sign(signed)
        cautions = [caution.said.in_language("en") for caution in warnings_of(covenant, framework)]
        details = {"content_sha256": signed.signature.content_sha256, "cautions": cautions}
        record(uow, actor, "covenant_signed", _subject(signed), details)
        notify(uow, actor, Notice(COVENANT_SIGNED, the_administrators(cycle.council), cycle_code, unit))
        _publish(uow, signed)
        uow.commit()
    return signed


def revise_target(store: Store, actor: Actor, cycle_code: str, unit: str, given: GivenRevision) -> Covenant:
    """Enter a changed target beside the registered one. The same revision again changes nothing."""
    with store.unit_of_work() as uow:
        cycle, covenant = _find(uow, actor, cycle_code, unit)
        refuse_unless(fills_in_everything(actor, cycle.council, unit))
        _refuse_unsigned(covenant)
        _check_revision(uow, cycle, covenant, given)
        number, reason = one_spelling(given.document_number).strip(), one_spelling(given.reason).strip()
        newest = covenant.newest_revision(given.criterion)
        same = (given.value, number, given.issued_on, reason)
        if newest and (newest.value, newest.document_number, newest.issued_on, newest.reason) == same:
            return covenant
        revision = Revision(
            number=len(covenant.revisions) + 1,
            criterion=given.criterion,
            value=given.value,
            document_number=number,
            issued_on=given.issued_on,
            reason=reason,
            account=actor.account,
            name=actor.name,
            at=uow.now,
        )
        uow.covenants.add_revision(covenant, revision)
        after = replace(covenant, revisions=(*covenant.revisions, revision))
        details = {"number": revision.number, "criterion": given.criterion, "value": given.value, "document": number}
        record(uow, actor, "target_revised", _subject(after), details)
        board = the_administrators(cycle.council)
        notify(uow, actor, Notice(TARGET_REVISED, board, cycle_code, unit, f"{given.criterion}: {number}"))
        _publish(uow, after)
        uow.commit()
    return after


def recognise_revision(
    store: Store, actor: Actor, cycle_code: str, unit: str, number: int, given: GivenRecognition
) -> Covenant:
    """The Board lets a revision be shown beside the registered target's score; administrators, never the cluster."""
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="share")
        refuse_unless(administers(actor, cycle.council) and not actor.belongs_to(cycle.council, unit))
        covenant = _covenant(uow, cycle, unit)
        revision = next((one for one in covenant.revisions if one.number == number), None)
        if revision is None:
            raise not_found()
        if cycle.state == ARCHIVED:
            raise not_open(cycle)
        if revision.recognition is not None:
            said = sentence("Revision %(number)s was recognised before.", number=number)
            raise Refusal("recognised", Kind.CONFLICT, said)
        recognition = _recognition(uow, actor, given)
        uow.covenants.recognise(covenant, number, recognition)
        revisions = tuple(
            replace(one, recognition=recognition) if one is revision else one for one in covenant.revisions
        )
        after = replace(covenant, revisions=revisions)
        details = {"number": number, "ground": given.ground, "document": recognition.document_number}
        record(uow, actor, "revision_recognised", _subject(after), details)
        recorded = f"{revision.criterion}: {recognition.document_number}"
        notify(uow, actor, Notice(REVISION_RECOGNISED, the_unit(cycle.council, unit), cycle_code, unit, recorded))
        _publish(uow, after)
        uow.commit()
    return after


def _recognition(uow: UnitOfWork, actor: Actor, given: GivenRecognition) -> Recognition:
    number, reason = one_spelling(given.document_number).strip(), one_spelling(given.reason).strip()
    faults = [Fault(sentence("Give the document's number."), path="document_number")] if not number else []
    if not reason:
        faults.append(Fault(sentence("Give the reason."), path="reason"))
    if given.ground not in GROUNDS:
        faults.append(Fault(sentence("Say on which ground it is recognised."), path="ground"))
    if faults:
        raise BadInput(faults)
    return Recognition(given.ground, number, given.issued_on, reason, actor.account, actor.name, uow.now)


def _check_revision(uow: UnitOfWork, cycle: Cycle, covenant: Covenant, given: GivenRevision) -> None:
    faults: list[Fault] = []
    codes = {criterion.code for criterion in targeted(uow.cycles.framework(cycle.framework_sha256))}
    if given.criterion not in codes | set(covenant.registered()):
        faults.append(Fault(sentence("There is no registered target for this criterion."), path="criterion"))
    if not given.document_number.strip():
        faults.append(Fault(sentence("Give the document's number."), path="document_number"))
    if not given.reason.strip():
        faults.append(Fault(sentence("Give the reason."), path="reason"))
    if faults:
        raise BadInput(faults)


def _find(uow: UnitOfWork, actor: Actor, cycle_code: str, unit: str) -> tuple[Cycle, Covenant]:
    """The cycle, held open, and the covenant, held for change, of a unit that the actor has to do with."""
    cycle = find_cycle(uow, actor, cycle_code, lock="share")
    refuse_unless(looks(actor, cycle.council, unit))
    if cycle.state != OPEN:
        raise not_open(cycle)
    return cycle, _covenant(uow, cycle, unit)


def _covenant(uow: UnitOfWork, cycle: Cycle, unit: str) -> Covenant:
    member = uow.cycles.member(cycle.code, unit)
    if member is None:
        raise not_found()
    return uow.covenants.get(cycle.code, member, lock=True)


def _refuse_unsigned(covenant: Covenant) -> None:
    if not covenant.is_signed:
        said = sentence("The covenant is not signed yet; its targets can still be changed directly.")
        raise Refusal("covenant_unsigned", Kind.CONFLICT, said)


def _subject(covenant: Covenant) -> str:
    return f"covenant:{covenant.cycle}/{covenant.unit}"


def _publish(uow: UnitOfWork, covenant: Covenant) -> None:
    uow.publish(Event("covenant_recorded", _subject(covenant), covenant.feed_version, uow.now, covenant.event()))
    uow.wake_up("verify.drain_feeds", "verify")
