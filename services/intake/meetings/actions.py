"""Keep the record of a cluster's meeting: prepared, signed, corrected; members confirm or dissent by themselves."""

from dataclasses import dataclass, replace
from datetime import date

from services.intake.cycles.model import INTAKE_CLOSED
from services.intake.meetings.model import (
    DISSENT,
    Attendance,
    Content,
    Meeting,
    Minutes,
    MinutesPosition,
    NotedDissent,
    NotedTotal,
    Signer,
    Version,
    content_sha256,
)
from services.intake.meetings.queries import submitted_totals
from services.intake.meetings.rules import check_content, check_position, check_version
from services.intake.notices.actions import notify
from services.intake.notices.model import MINUTES_TO_CONFIRM, Notice
from services.intake.notices.rules import the_unit
from services.intake.people.actions import record
from services.intake.people.rules import not_found, refuse_unless
from services.intake.ports import Store, UnitOfWork
from services.intake.rounds.model import Quorum
from services.intake.rounds.queries import Place, find_place
from services.intake.vietnamese import one_spelling
from shared.clock import VIETNAM
from shared.contracts.events import Event
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


@dataclass(frozen=True)
class GivenMinutes:
    """The signed document; `sha256` names a PDF that was brought to the cluster's round before."""

    document_number: str
    issued_on: date
    signers: tuple[Signer, ...]
    sha256: str


@dataclass(frozen=True)
class GivenMeeting:
    """A meeting as its recorder gives it. `table` None: the self-scores that were received."""

    held_on: date
    place: str
    chair_unit: str
    chair: str
    own_file_chair_unit: str | None
    own_file_chair: str
    attendance: tuple[Attendance, ...]
    table: tuple[NotedTotal, ...] | None
    agreed: bool
    dissents: tuple[NotedDissent, ...]
    minutes: GivenMinutes | None = None


def record_meeting(
    store: Store,
    actor: Actor,
    cycle_code: str,
    cluster_code: str,
    number: int | None,
    given: GivenMeeting,
    *,
    seen: int = 0,
    correction: str = "",
) -> Meeting:
    """Keep a version of a meeting's record; `number` None: of a new meeting. Head, deputies, administrators.

    Raises STALE upon a version that was not seen, BadInput, located by field; the same content again changes nothing.
    """
    with store.unit_of_work() as uow:
        place = find_place(uow, actor, cycle_code, cluster_code, lock="update")
        refuse_unless(place.records)
        quorum = _quorum(place)
        known = uow.meetings.of_cluster(cycle_code, cluster_code)
        meeting = Meeting(cycle_code, cluster_code, len(known) + 1)
        if number is not None:
            numbered = {one.number: one for one in known}
            if number not in numbered:
                raise not_found()
            meeting = numbered[number]
        said = one_spelling(correction).strip()
        content = _content(uow, place, given, quorum)
        if meeting.versions and seen == meeting.newest.number - 1 and meeting.newest.content == content:
            return meeting
        check_version(meeting, content, said, seen)
        criteria = place.framework.columns
        check_content(content, place.cluster, criteria, uow.now.astimezone(VIETNAM).date())
        version = Version(
            number=len(meeting.versions) + 1,
            content=content,
            content_sha256=content_sha256(content),
            correction=said if meeting.versions and meeting.is_signed else "",
            account=actor.account,
            name=actor.name,
            at=uow.now,
        )
        uow.meetings.add_version(meeting, version)
        after = meeting.with_version(version)
        details = {"version": version.number, "content_sha256": version.content_sha256, "signed": version.is_signed}
        record(uow, actor, "meeting_recorded", after.subject, {**details, "correction": version.correction})
        _publish(uow, place, after)
        if version.is_signed:
            recorded = [
                Notice(MINUTES_TO_CONFIRM, the_unit(place.cycle.council, unit), cycle_code, unit)
                for unit in content.attending
            ]
            notify(uow, actor, *recorded)
        uow.commit()
    return after


def take_position(
    store: Store,
    actor: Actor,
    cycle_code: str,
    cluster_code: str,
    number: int,
    *,
    version: int,
    unit: str,
    kind: str,
    about_unit: str | None = None,
    criterion: str | None = None,
    reason: str = "",
) -> Meeting:
    """Confirm the signed minutes, or dissent on record, in the name of a member that came. Again: nothing changes."""
    with store.unit_of_work() as uow:
        place = find_place(uow, actor, cycle_code, cluster_code, lock="update")
        refuse_unless(unit in place.speaks_for)
        _quorum(place)  # refuses what is over
        found = {one.number: one for one in uow.meetings.of_cluster(cycle_code, cluster_code)}
        if number not in found:
            raise not_found()
        meeting = found[number]
        dissents = kind == DISSENT
        position = MinutesPosition(
            version=version,
            unit=unit,
            kind=kind,
            about_unit=about_unit if dissents else None,
            criterion=criterion if dissents else None,
            reason=one_spelling(reason).strip() if dissents else "",
            account=actor.account,
            name=actor.name,
            at=uow.now,
        )
        check_position(meeting, position, place.units, place.framework.columns)
        stand = meeting.stand_of(unit)
        if stand is not None and _said(stand) == _said(position):
            return meeting
        uow.meetings.add_position(meeting, position)
        after = replace(meeting, positions=(*meeting.positions, position))
        record(uow, actor, "minutes_position", after.subject, {**_said(position), "version": version, "unit": unit})
        _publish(uow, place, after)
        uow.commit()
    return after


def _said(position: MinutesPosition) -> dict[str, object]:
    names = ("kind", "about_unit", "criterion", "reason")
    return {name: getattr(position, name) for name in names}


def _quorum(place: Place) -> Quorum:
    if place.cycle.state != INTAKE_CLOSED or place.declared is None:
        said = sentence("A meeting is recorded once intake is closed and the days of the cluster round are declared.")
        raise Refusal("round_not_declared", Kind.CONFLICT, said)
    return place.declared.quorum


def _content(uow: UnitOfWork, place: Place, given: GivenMeeting, quorum: Quorum) -> Content:
    """The version with what is known of its file; texts in one spelling, members in the cluster's order."""
    order = {unit: number for number, unit in enumerate(place.units)}

    def placed(unit: str) -> int:
        return order.get(unit, len(order))

    return Content(
        held_on=given.held_on,
        place=_text(given.place),
        chair_unit=given.chair_unit,
        chair=_text(given.chair),
        own_file_chair_unit=given.own_file_chair_unit,
        own_file_chair=_text(given.own_file_chair),
        attendance=tuple(
            Attendance(one.unit, one.attended, _text(one.representative), _text(one.position), _text(one.mandate))
            if one.attended
            else Attendance(one.unit)
            for one in sorted(given.attendance, key=lambda one: placed(one.unit))
        ),
        table=tuple(sorted(given.table, key=lambda one: placed(one.unit)))
        if given.table is not None
        else submitted_totals(uow, place),
        agreed=given.agreed,
        dissents=tuple(replace(one, reason=_text(one.reason)) for one in given.dissents),
        quorum=quorum,
        minutes=None if given.minutes is None else _minutes(uow, place, given.minutes),
    )


def _minutes(uow: UnitOfWork, place: Place, given: GivenMinutes) -> Minutes:
    brought = uow.rounds.files(place.cycle.code, place.cluster.code, given.sha256)
    file = next((one for one in brought if one.unit is None), None)
    if file is None:
        said = sentence("No file with this hash was brought for the minutes of this cluster.")
        raise BadInput([Fault(said, path="minutes.sha256")])
    return Minutes(
        document_number=_text(given.document_number),
        issued_on=given.issued_on,
        signers=tuple(Signer(_text(one.name), _text(one.position)) for one in given.signers),
        sha256=file.file.sha256,
        size=file.file.size,
        media_type=file.file.media_type,
        label=file.label,
    )


def _text(text: str) -> str:
    return one_spelling(text).strip()


def _publish(uow: UnitOfWork, place: Place, meeting: Meeting) -> None:
    """Signed minutes and what members say of them travel; what is only prepared does not."""
    if meeting.is_signed:
        data = meeting.event(synthetic=place.cycle.synthetic)
        uow.publish(Event("meeting_recorded", meeting.subject, meeting.feed_version, uow.now, data))
