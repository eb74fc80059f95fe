"""What independent sources say, and how their figures come in."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.contracts.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Observation:
    """An independent figure: of one source, one unit, one indicator, one period. `status` is final or preliminary.

    `release` and `row` say where it stands in the raw file (services; files have none).
    """

    source: str
    unit: str
    indicator: str
    period: str
    value: float
    status: str = "final"
    release: uuid.UUID | None = None
    row: int | None = None

    @property
    def preliminary(self) -> bool:
        """Whether its publisher may still change it."""
        return is_preliminary(self.status)


def is_preliminary(status: str) -> bool:
    """`preliminary`, `prelim.`, `provisional`, `p` … against everything else, which is final."""
    word = status.strip().lower()
    return word.startswith(("prelim", "provis", "estim")) or word in ("p", "e", "sơ bộ", "ước")


@dataclass(frozen=True)
class Lock:
    """Since when a rating is locked, by whom, and whether by its rater (`rater`) or because its time was over."""

    cause: str
    locked_at: datetime
    locked_by_name: str


@dataclass(frozen=True)
class CorrectionRecord:
    """A file that is to correct a locked rating, and why."""

    id: uuid.UUID
    source: str
    cycle: str
    published_on: date
    status: str
    period: str | None
    layout: str
    file_name: str
    raw_sha256: str
    raw: bytes
    reason: str


PROGRESS = ("taken", "unchanged")


@dataclass(frozen=True)
class FetchPlan:
    """Where a source's file is and how often it is asked for. `query`: the body of a PX-Web query, None for a GET."""

    source: str
    address: str
    query: Mapping[str, Any] | None
    cycle: str
    status: str
    every_hours: int
    paused: bool = False


@dataclass(frozen=True)
class Attempt:
    """What became of one attempt: `asked` (under way), `taken`, `unchanged`, `refused` (unreadable) or `down`."""

    outcome: str
    etag: str = ""
    last_modified: str = ""
    release: uuid.UUID | None = None
    said: Sentence | None = None


@dataclass(frozen=True)
class Answer:
    """A publisher's answer. `raw` is None if nothing has changed since the marks that were sent along."""

    raw: bytes | None
    file_name: str
    etag: str
    last_modified: str


class SourceDown(Exception):
    """No good answer came in time; `said` tells how."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said.text)
        self.said = said


RELEASE_STATES = ("preliminary", "final")


@dataclass(frozen=True)
class SourceRecord:
    """A source as it is registered: whose, and who publishes it."""

    source: str
    council: str
    title: Mapping[str, str]
    publisher: Mapping[str, str]
    licence: str
    address: str


@dataclass(frozen=True)
class ReleaseRecord:
    """One file of a source: what it is called, when it was published, and what its bytes are.

    `correction`: why it corrects a locked rating; empty if it does not.
    """

    id: uuid.UUID
    source: str
    cycle: str
    published_on: date
    status: str
    file_name: str
    raw_sha256: str
    raw: bytes
    mapping_version: int | None = None
    correction: str = ""


@dataclass(frozen=True)
class ObservedRow:
    """One row of a release; `row` is its line in the file."""

    row: int
    unit: str
    indicator: str
    period: str
    value: float | None
    status: str


@dataclass(frozen=True)
class WaitingRow:
    """A row of a release whose unit nobody knows yet: how the file spells it, and what it says."""

    row: int
    spelling: str
    indicator: str
    period: str
    value: float | None
    status: str


@dataclass(frozen=True)
class LetterRecord:
    """A signed letter as somebody keyed it: whose figures, the letter's number and date, its scan."""

    id: uuid.UUID
    source: str
    cycle: str
    indicator: str
    period: str
    status: str
    published_on: date
    document_number: str
    issued_on: date
    scan_name: str
    scan_sha256: str
    scan: bytes
    figures: Mapping[str, float]
    correction: str = ""


@dataclass(frozen=True)
class ReleasedRow:
    """What a row of a release is about."""

    release: uuid.UUID
    source: str
    unit: str
    indicator: str
    period: str


@dataclass(frozen=True)
class ReleaseFacts:
    """A release as verified scores refer to it."""

    id: uuid.UUID
    source: str
    publisher: Mapping[str, str]
    raw_sha256: str
    published_on: date


@dataclass(frozen=True)
class ListedSource(SourceRecord):
    """A source with how many releases of it there are."""

    releases: int
    newest_on: date | None


@dataclass(frozen=True)
class ListedRelease:
    """A release with its provenance."""

    release: uuid.UUID
    council: str
    publisher: Mapping[str, str]
    source: str
    cycle: str
    published_on: date
    fetched_at: datetime
    status: str
    file_name: str
    raw_sha256: str
    raw_size: int
    rows: int
    uploaded_by_name: str
    mapping_version: int | None
    correction: str


@dataclass(frozen=True)
class ReleaseRow:
    """One row of a release; `row` is its line in the file."""

    row: int
    unit: str
    indicator: str
    period: str
    value: float | None
    status: str


@dataclass(frozen=True)
class RatedMember:
    """A unit of a cycle, and the newest figure of a source about it."""

    unit: str
    cluster: str
    title: Mapping[str, str]
    value: float | None


@dataclass(frozen=True)
class WaitingSpelling:
    """A spelling of a unit that nobody has said anything about, and how many rows wait for it."""

    spelling: str
    rows: int
    sources: Sequence[str]


@dataclass(frozen=True)
class Touch:
    """A cycle that a release concerns: how many units and items; `screened`: its cohort was screened since."""

    cycle: str
    title: Mapping[str, str]
    units: int
    items: int
    touched_at: datetime
    screened: bool


@dataclass(frozen=True)
class WaitingLetter:
    """A letter that waits for a second person."""

    id: uuid.UUID
    document_number: str
    issued_on: date
    indicator: str
    keyed_at: datetime
    keyed_by_name: str


@dataclass(frozen=True, kw_only=True)
class KeptLetter(LetterRecord):
    """A letter with who keyed it, and what the second person said."""

    keyed_at: datetime
    keyed_by: str
    keyed_by_name: str
    council: str
    title: Mapping[str, str]
    release: uuid.UUID | None
    reason: str | None
    said_at: datetime | None
    said_by_name: str | None


@dataclass(frozen=True)
class WaitingCorrection:
    """A correction that waits for a second person."""

    id: uuid.UUID
    cycle: str
    file_name: str
    reason: str
    proposed_at: datetime
    proposed_by_name: str


@dataclass(frozen=True, kw_only=True)
class KeptCorrection(CorrectionRecord):
    """A correction with who proposed it, and what the second person said."""

    proposed_at: datetime
    proposed_by: str
    proposed_by_name: str
    council: str
    title: Mapping[str, str]
    release: uuid.UUID | None
    verdict_reason: str | None
    said_at: datetime | None
    said_by_name: str | None


@dataclass(frozen=True, kw_only=True)
class MadeAttempt(Attempt):
    """An attempt and when it was made."""

    attempted_at: datetime


@dataclass(frozen=True)
class SourcedFigure:
    """A figure with its publisher and the file it stands in; `row` is its line there."""

    source: str
    title: Mapping[str, str]
    publisher: Mapping[str, str]
    indicator: str
    period: str
    value: float | None
    status: str
    release: uuid.UUID
    row: int
    published_on: date
    file_name: str
    release_sha256: str
