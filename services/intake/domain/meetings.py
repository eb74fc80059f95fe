"""The meeting of a cluster: who came with which mandate, the table noted, dissents, and the signed minutes.

Every version is kept. Until its minutes are signed a meeting is prepared; afterwards a correction is a new version,
signed as well, that says what it changes. Members who came confirm or dissent by themselves, each version anew.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import rfc8785

from services.intake.domain.cluster_round import Quorum
from services.intake.domain.cycles import CycleCluster
from services.intake.domain.dossier import SIGNED_FILE
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence

CONFIRM, DISSENT = "confirm", "dissent"
KINDS = (CONFIRM, DISSENT)
VERIFIED, SUBMITTED = "verified", "submitted"
BASES = (VERIFIED, SUBMITTED)
LONGEST_TEXT, LONGEST_NAME = 4000, 200
MOST_DISSENTS, MOST_SIGNERS = 500, 50


@dataclass(frozen=True)
class Attendance:
    """Whether a member came, and who spoke for it. `mandate`: the document that lets somebody else than its head."""

    unit: str
    attended: bool = False
    representative: str = ""
    position: str = ""
    mandate: str = ""


@dataclass(frozen=True)
class NotedTotal:
    """A line of the table: points as verified, or, where these are not known, as submitted."""

    unit: str
    points: float
    basis: str


@dataclass(frozen=True)
class NotedDissent:
    """What a member said against it in the meeting: about a unit's item, or its whole line (`criterion` None)."""

    by_unit: str
    unit: str
    criterion: str | None
    reason: str


@dataclass(frozen=True)
class Signer:
    """Somebody who signed the minutes."""

    name: str
    position: str


@dataclass(frozen=True)
class Minutes:
    """The signed document."""

    document_number: str
    issued_on: date
    signers: tuple[Signer, ...]
    sha256: str
    size: int
    media_type: str
    label: str


@dataclass(frozen=True)
class Content:
    """What a version says. The head presides; over the discussion of its own file the deputy does.

    `own_file_chair_unit` None: a representative of the Board, where no deputy came.
    """

    held_on: date
    place: str
    chair_unit: str
    chair: str
    own_file_chair_unit: str | None
    own_file_chair: str
    attendance: tuple[Attendance, ...]
    table: tuple[NotedTotal, ...]
    agreed: bool
    dissents: tuple[NotedDissent, ...]
    quorum: Quorum
    minutes: Minutes | None = None

    @property
    def attending(self) -> tuple[str, ...]:
        """The units that came."""
        return tuple(one.unit for one in self.attendance if one.attended)

    @property
    def has_quorum(self) -> bool:
        """Whether enough members came to agree on something."""
        return len(self.attending) >= self.quorum.needed(len(self.attendance))

    def document(self) -> dict[str, Any]:
        """As it is kept, hashed and published; the label of the file is nobody else's business."""
        minutes = self.minutes
        return {
            "held_on": self.held_on.isoformat(),
            "place": self.place,
            "chair": {"unit": self.chair_unit, "name": self.chair},
            "own_file_chair": {"unit": self.own_file_chair_unit, "name": self.own_file_chair},
            "attendance": [vars(one) for one in self.attendance],
            "table": [vars(one) for one in self.table],
            "agreed": self.agreed,
            "dissents": [vars(one) for one in self.dissents],
            "quorum": {
                **self.quorum.document(),
                "members": len(self.attendance),
                "needed": self.quorum.needed(len(self.attendance)),
                "attended": len(self.attending),
            },
            "minutes": None
            if minutes is None
            else {
                "document_number": minutes.document_number,
                "issued_on": minutes.issued_on.isoformat(),
                "signers": [vars(one) for one in minutes.signers],
                "sha256": minutes.sha256,
                "size": minutes.size,
                "media_type": minutes.media_type,
            },
        }


@dataclass(frozen=True)
class Version:
    """A version of a meeting's record. `correction`: what it changes in minutes that were signed before."""

    number: int
    content: Content
    content_sha256: str
    correction: str
    account: str
    name: str
    at: datetime

    @property
    def is_signed(self) -> bool:
        return self.content.minutes is not None


@dataclass(frozen=True)
class MinutesPosition:
    """A member that came says by itself whether a signed version is right; `version` is the one it speaks of."""

    version: int
    unit: str
    kind: str
    about_unit: str | None
    criterion: str | None
    reason: str
    account: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Meeting:
    """A meeting with all its versions and positions, oldest first."""

    cycle: str
    cluster: str
    number: int
    versions: tuple[Version, ...] = ()
    positions: tuple[MinutesPosition, ...] = ()

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def is_signed(self) -> bool:
        """Whether its minutes are signed; from then on every version is."""
        return self.newest.is_signed

    @property
    def subject(self) -> str:
        """How feed and history name it."""
        return f"meeting:{self.cycle}/{self.cluster}/{self.number}"

    @property
    def feed_version(self) -> int:
        """Grows with every version and every position."""
        return len(self.versions) + len(self.positions)

    def positions_on(self, version: int) -> tuple[MinutesPosition, ...]:
        """What members said of a version, oldest first."""
        return tuple(one for one in self.positions if one.version == version)

    def stand_of(self, unit: str) -> MinutesPosition | None:
        """What a member said last of the newest version."""
        return next((one for one in reversed(self.positions_on(self.newest.number)) if one.unit == unit), None)

    def with_version(self, version: Version) -> "Meeting":
        return replace(self, versions=(*self.versions, version))

    def event(self, *, synthetic: bool) -> dict[str, Any]:
        """The data of `meeting_recorded` (shared.contracts.intake_v1.MeetingRecorded): the newest version."""
        newest = self.newest
        return {
            "cycle": self.cycle,
            "cluster": self.cluster,
            "number": self.number,
            "version": newest.number,
            "correction": newest.correction,
            "content_sha256": newest.content_sha256,
            "synthetic": synthetic,
            "recorded_at": newest.at.isoformat(),
            **newest.content.document(),
            "positions": [
                {
                    "unit": one.unit,
                    "kind": one.kind,
                    "about_unit": one.about_unit,
                    "criterion": one.criterion,
                    "reason": one.reason,
                    "stated_at": one.at.isoformat(),
                }
                for one in self.positions_on(newest.number)
            ],
        }


def content_sha256(content: Content) -> str:
    """SHA-256 (hexadecimal) of the RFC 8785 form."""
    return hashlib.sha256(rfc8785.dumps(content.document())).hexdigest()


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
