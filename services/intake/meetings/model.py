"""The meeting of a cluster: who came with which mandate, the table noted, dissents, minutes, positions on them."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import rfc8785

from services.intake.rounds.model import Quorum

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


def content_sha256(content: Content) -> str:
    """SHA-256 (hexadecimal) of the RFC 8785 form."""
    return hashlib.sha256(rfc8785.dumps(content.document())).hexdigest()


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
