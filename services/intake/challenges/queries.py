"""Challenge an item of another member, answer once, withdraw; every step is kept and travels to verify."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.assessments.model import Evidence, GivenEvidence
from services.intake.challenges.model import Challenge
from services.intake.challenges.rules import check_challenge, refuse_second, shown_challenge
from services.intake.cycles.model import ARCHIVED
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import not_open
from services.intake.notices.model import ITEM_CHALLENGED, Kind, Notice
from services.intake.notices.queries import notify
from services.intake.notices.rules import the_unit
from services.intake.people.queries import record
from services.intake.people.rules import not_found, reads_submissions, refuse_unless
from services.intake.ports import Intake, UnitOfWork, View
from services.intake.rounds.queries import Place, find_place
from services.intake.rounds.rules import not_on
from services.intake.submissions.model import Submission
from services.intake.submissions.rules import shown_to_members
from services.intake.vietnamese import one_spelling
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Refusal
from shared.contracts.refusals import Kind as RefusalKind
from shared.contracts.sentences import sentence
from shared.criteria.model import Item
from shared.people import Actor


@dataclass(frozen=True)
class ItemView:
    """An item of a member with the challenges about it, and what the reader may do."""

    place: Place
    unit: str
    item: Item
    submission: Submission | None  # what was received, as far as the reader may see it
    challenges: Sequence[Challenge]
    challenges_for: Sequence[str]  # units in whose name the reader may challenge now
    answers: bool  # whether the reader may answer those that wait


def read_item(intake: Intake, actor: Actor, cycle_code: str, unit: str, criterion: str) -> ItemView:
    """An item's challenges: for the members of the cluster and those who follow it."""
    with intake.view() as view:
        place, item = _find(view, actor, cycle_code, unit, criterion)
        challenges = view.challenges.of_units(cycle_code, [unit], criterion)
        received = view.submissions.newest_received(cycle_code, [unit]).get(unit)
        shown = received if unit in place.readable else None
        if shown is not None and not reads_submissions(actor, place.cycle.council, unit, place.cluster.code):
            shown = shown_to_members(shown, place.framework)
        now = view.now
    standing = {one.by_unit for one in challenges if one.withdrawal is None}
    mine = actor.belongs_to(place.cycle.council, unit)
    return ItemView(
        place=place,
        unit=unit,
        item=item,
        submission=shown,
        challenges=[as_seen(place, one) for one in challenges],
        challenges_for=[
            one for one in place.speaks_for if place.reads and received and not mine and one not in standing
        ],
        answers=unit in place.speaks_for
        and place.cycle.state != ARCHIVED
        and place.declared is not None
        and now < place.declared.answers_until,
    )


def cluster_of(intake: Intake, actor: Actor, cycle_code: str, unit: str) -> str:
    """The cluster of a member, for those who may follow its round."""
    with intake.view() as view:
        find_cycle(view, actor, cycle_code)
        member = view.cycles.member(cycle_code, unit)
        if member is None:
            raise not_found()
        return find_place(view, actor, cycle_code, member.cluster).cluster.code


def challenge(
    intake: Intake,
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
    with intake.unit_of_work() as uow:
        place, item = _find(uow, actor, cycle_code, unit, criterion, lock="update")
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


def _find(
    view: View | UnitOfWork, actor: Actor, cycle_code: str, unit: str, criterion: str, *, lock: str | None = None
) -> tuple[Place, Item]:
    """The round of a unit's cluster and the item; the cycle is held where something changes."""
    cycle = find_cycle(view, actor, cycle_code, lock=lock)
    member = view.cycles.member(cycle_code, unit)
    if member is None:
        raise not_found()
    place = find_place(view, actor, cycle_code, member.cluster)
    framework = place.framework
    if criterion not in framework.columns:
        raise not_found()
    if lock and cycle.state == ARCHIVED:
        raise not_open(cycle)
    return place, framework.items[framework.columns[criterion]]


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
    """History, feed, bell and commit of one step."""
    record(uow, actor, action, after.subject, details)
    data = after.event(synthetic=place.cycle.synthetic)
    uow.publish(Event("challenge_recorded", after.subject, after.feed_version, uow.now, data))
    uow.ring("verify.drain_feeds", "verify")
    uow.commit()


def as_seen(place: Place, challenge: Challenge) -> Challenge:
    """A challenge as far as the reader may see it."""
    if challenge.unit in place.staff_for or {challenge.unit, challenge.by_unit} & set(place.own):
        return challenge
    return shown_challenge(challenge, place.framework.items[place.framework.columns[challenge.criterion]])
