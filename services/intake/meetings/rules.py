"""What a meeting's record must hold. Pure."""

from collections.abc import Collection, Sequence
from datetime import date

from services.intake.assessments.model import SIGNED_FILE
from services.intake.cycles.model import CycleCluster
from services.intake.meetings.model import DISSENT, Attendance, Content, Meeting, MinutesPosition, NotedTotal
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence


def check_content(content: Content, cluster: CycleCluster, criteria: Collection[str], today: date) -> None:
    """Refuse a record that contradicts itself or the cluster; raises BadInput, located by field."""
    members = tuple(member.unit for member in cluster.members)
    faults = _sitting_faults(content, cluster, today)
    faults += _attendance_faults(content.attendance, members)
    faults += _table_faults(content.table, members)
    faults += _dissent_faults(content, members, criteria)
    if content.agreed and not content.has_quorum:
        said = sentence(
            "%(came)s of %(members)s members came, %(needed)s are needed; nothing can be agreed.",
            came=len(content.attending),
            members=len(members),
            needed=content.quorum.needed(len(members)),
        )
        faults.append(Fault(said, path="agreed"))
    faults += _minutes_faults(content)
    if faults:
        raise BadInput(faults)


def _sitting_faults(content: Content, cluster: CycleCluster, today: date) -> list[Fault]:
    faults: list[Fault] = []
    if content.held_on > today:
        faults.append(
            Fault(sentence("The meeting lies in the future; it is recorded once it was held."), path="held_on")
        )
    if not content.place:
        faults.append(Fault(sentence("Say where the meeting was held."), path="place"))
    came = content.attending
    deputies = [unit for unit in cluster.deputies if unit in came]
    presiding = [cluster.head] if cluster.head in came else deputies
    if presiding and content.chair_unit not in presiding:
        said = sentence("The cluster head presides; where it did not come, a deputy that came.")
        faults.append(Fault(said, path="chair_unit"))
    elif content.chair_unit not in came:
        faults.append(Fault(sentence("Who presides has come to the meeting."), path="chair_unit"))
    if not content.chair:
        faults.append(Fault(sentence("Name the person who presided."), path="chair"))
    if cluster.head is None:
        return faults
    own = content.own_file_chair_unit
    if (own not in deputies) if deputies else (own is not None):
        said = sentence(
            "Over the head's own file a deputy presides; a representative of the Board does where no deputy came."
        )
        faults.append(Fault(said, path="own_file_chair_unit"))
    if not content.own_file_chair:
        said = sentence("Name the person who presided over the discussion of the head's own file.")
        faults.append(Fault(said, path="own_file_chair"))
    return faults


def _attendance_faults(attendance: Sequence[Attendance], members: Sequence[str]) -> list[Fault]:
    faults: list[Fault] = []
    if sorted(one.unit for one in attendance) != sorted(members):
        said = sentence("Say of every member of the cluster, once, whether it came.")
        faults.append(Fault(said, path="attendance"))
    for place, one in enumerate(attendance):
        if not one.attended:
            continue
        for name, said in (
            ("representative", sentence("%(unit)s: name its representative.", unit=one.unit)),
            ("position", sentence("%(unit)s: give the position of its representative.", unit=one.unit)),
        ):
            if not getattr(one, name):
                faults.append(Fault(said, path=f"attendance.{place}.{name}"))
    return faults


def _table_faults(table: Sequence[NotedTotal], members: Sequence[str]) -> list[Fault]:
    units = [one.unit for one in table]
    if len(set(units)) != len(units) or not set(units) <= set(members):
        said = sentence("The table names members of the cluster, each once.")
        return [Fault(said, path="table")]
    return []


def _dissent_faults(content: Content, members: Sequence[str], criteria: Collection[str]) -> list[Fault]:
    faults: list[Fault] = []
    for place, one in enumerate(content.dissents):
        where = f"dissents.{place}"
        if one.by_unit not in content.attending:
            faults.append(Fault(sentence("Who dissents has come to the meeting."), path=f"{where}.by_unit"))
        faults += about_faults(one.unit, one.criterion, one.reason, members, criteria, f"{where}.")
    return faults


def about_faults(
    unit: str | None,
    criterion: str | None,
    reason: str,
    members: Sequence[str],
    criteria: Collection[str],
    where: str = "",
    unit_field: str = "unit",
) -> list[Fault]:
    """What is wrong with what a dissent is about."""
    faults: list[Fault] = []
    if unit not in members:
        faults.append(Fault(sentence("Say which member's scores it is about."), path=f"{where}{unit_field}"))
    if criterion is not None and criterion not in criteria:
        said = sentence("The framework has no criterion %(criterion)s.", criterion=criterion)
        faults.append(Fault(said, path=f"{where}criterion"))
    if not reason:
        faults.append(Fault(sentence("A dissent gives its reason."), path=f"{where}reason"))
    return faults


def _minutes_faults(content: Content) -> list[Fault]:
    minutes = content.minutes
    if minutes is None:
        return []
    faults: list[Fault] = []
    if not minutes.document_number:
        faults.append(Fault(sentence("Give the document's number."), path="minutes.document_number"))
    if minutes.issued_on < content.held_on:
        said = sentence("The minutes are dated before the meeting.")
        faults.append(Fault(said, path="minutes.issued_on"))
    if not minutes.signers or not all(one.name and one.position for one in minutes.signers):
        said = sentence("Name those who signed the minutes, with their positions.")
        faults.append(Fault(said, path="minutes.signers"))
    if minutes.media_type != SIGNED_FILE:
        said = sentence("The signed document is attached as a PDF file.")
        faults.append(Fault(said, path="minutes.sha256"))
    return faults


def check_version(meeting: Meeting, content: Content, correction: str, seen: int) -> None:
    """Refuse a version upon one that was not seen, and a correction that is not signed or does not say what it is."""
    newest = meeting.versions[-1].number if meeting.versions else 0
    if seen != newest:
        said = sentence("The record of this meeting was changed meanwhile; nothing was saved over it. Please look.")
        raise Refusal("meeting_changed", Kind.STALE, said)
    if not meeting.versions or not meeting.is_signed:
        return
    faults: list[Fault] = []
    if content.minutes is None:
        said = sentence("The minutes are signed; a correction is signed as well.")
        faults.append(Fault(said, path="minutes"))
    if not correction:
        faults.append(Fault(sentence("Say what this version corrects."), path="correction"))
    if faults:
        raise BadInput(faults)


def check_position(
    meeting: Meeting, position: MinutesPosition, members: Sequence[str], criteria: Collection[str]
) -> None:
    """A member that came speaks of the newest signed version; a dissent says of what and why."""
    newest = meeting.newest
    if not newest.is_signed:
        raise Refusal("meeting_unsigned", Kind.CONFLICT, sentence("The minutes are not signed yet."))
    if position.version != newest.number:
        said = sentence(
            "The minutes were corrected meanwhile; please look at version %(number)s.", number=newest.number
        )
        raise Refusal("meeting_corrected", Kind.STALE, said)
    if position.unit not in newest.content.attending:
        said = sentence("Members that came to the meeting confirm its minutes or dissent.")
        raise Refusal("not_attended", Kind.CONFLICT, said)
    if position.kind == DISSENT:
        about = (position.about_unit, position.criterion, position.reason)
        faults = about_faults(*about, members, criteria, unit_field="about_unit")
        if faults:
            raise BadInput(faults)
