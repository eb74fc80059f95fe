"""What actions and queries need of the sources."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from services.verify.sources.model import (
    Answer,
    Attempt,
    CorrectionRecord,
    FetchPlan,
    KeptCorrection,
    KeptLetter,
    LetterRecord,
    ListedRelease,
    ListedSource,
    Lock,
    MadeAttempt,
    Observation,
    ObservedRow,
    RatedMember,
    ReleasedRow,
    ReleaseFacts,
    ReleaseRecord,
    ReleaseRow,
    SourcedFigure,
    SourceRecord,
    Touch,
    WaitingCorrection,
    WaitingLetter,
    WaitingRow,
    WaitingSpelling,
)
from services.verify.sources.rules.due_dates import Duty, OwedFigures
from services.verify.sources.rules.mapping import KeptMapping, SourceMapping
from shared.contracts.refusals import Fault

Record = TypeVar("Record")
Waiting = TypeVar("Waiting", covariant=True)
Kept = TypeVar("Kept", covariant=True)


class Sources(Protocol):
    """Sources, their releases and figures."""

    def find(self, source: str) -> SourceRecord | None:
        """The source, if it is registered."""

    def register(self, source: SourceRecord, now: datetime, account: str, name: str) -> bool:
        """Add a source; False if its code is taken."""

    def release_with(self, source: str, raw_sha256: str) -> uuid.UUID | None:
        """The release of this source that has exactly these bytes."""

    def take_in(
        self, release: ReleaseRecord, rows: Sequence[ObservedRow], now: datetime, account: str, name: str
    ) -> bool:
        """Store a release with all its rows; False if this source has one with the same bytes."""

    def listed(self, councils: Collection[str], source: str | None = None) -> Sequence[ListedSource]:
        """The sources of these councils (or one of them) by code, with how many releases they have."""

    def releases(
        self, source: str, after: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[ListedRelease], uuid.UUID | None]:
        """Releases of a source, newest first, and where the next page begins (None at the end)."""

    def release(self, identity: uuid.UUID, councils: Collection[str]) -> ListedRelease | None:
        """One release, if its source is one of these councils'."""

    def raw(self, identity: uuid.UUID) -> bytes:
        """The file as it was taken in."""

    def observations(self, identity: uuid.UUID, after: int, limit: int) -> tuple[Sequence[ReleaseRow], int | None]:
        """Rows of a release by line, and the line after which the next page begins (None at the end)."""

    def rated_members(self, cycle: str, source: str, indicator: str, period: str) -> Sequence[RatedMember]:
        """The units of a cycle in its order: cluster, title, and the newest figure of the source (None: none)."""

    def figures(self, council: str, unit: str, references: Sequence[tuple[str, str]]) -> Sequence[SourcedFigure]:
        """All figures of these (source, indicator) pairs on a unit, newest period and release first."""

    def facts(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, ReleaseFacts]:
        """Releases by identifier, as verified scores refer to them."""

    def newest_observations(self, council: str, sources: Collection[str], units: Collection[str]) -> list[Observation]:
        """Of every source, unit, indicator and period the newest release's figure; one it took back is none."""


class Touches(Protocol):
    """Which cycles releases concern, and which screenings have seen them."""

    def touch(self, release: uuid.UUID, cycle: str, units: int, items: int, now: datetime) -> None:
        """Note how many units and items of a cycle a release concerns."""

    def unseen(self, cycle: str) -> Sequence[uuid.UUID]:
        """The releases about a cycle that no screening of its cohort has seen."""

    def see(self, cycle: str, screening: uuid.UUID) -> None:
        """Note that this screening of the cohort has seen them."""

    def rows(self, releases: Collection[uuid.UUID], units: Collection[str]) -> Sequence[ReleasedRow]:
        """The rows of releases about some units."""

    def of_release(self, release: uuid.UUID) -> Sequence[Touch]:
        """The cycles that a release concerns."""


class Mappings(Protocol):
    """How the files of sources are laid out, and what people said about spellings of units."""

    def newest(self, source: str) -> tuple[int, SourceMapping] | None:
        """The source's newest mapping and its version."""

    def save(self, source: str, mapping: SourceMapping, now: datetime, account: str, name: str) -> int:
        """Keep a mapping as the newest one; its version."""

    def lock(self, council: str) -> None:
        """Hold the spellings of a council until the end of the transaction, so that no row waits for a past answer."""

    def answers(self, council: str) -> Mapping[str, str | None]:
        """Folded spelling → the unit meant, None for none of them."""

    def answer(self, council: str, spelling: str, unit: str | None, now: datetime, account: str, name: str) -> None:
        """Remember what a spelling means."""

    def wait(self, release: uuid.UUID, rows: Sequence[WaitingRow]) -> None:
        """Keep rows until somebody says whose they are."""

    def observe(self, council: str, folded: str, unit: str) -> Sequence[ReleasedRow]:
        """Make observations of the waiting rows of a spelling: those that are new."""

    def listed(self, source: str) -> Sequence[KeptMapping]:
        """All mappings of a source, the newest first."""

    def waiting(self, council: str, source: str | None = None) -> Sequence[WaitingSpelling]:
        """Spellings that nobody has said anything about, most rows first."""


class SecondPerson(Protocol[Record, Waiting, Kept]):
    """What one person brings and another confirms: added, never changed."""

    def keep(self, record: Record, now: datetime, account: str, name: str) -> None:
        """Keep it until a second person looks at it."""

    def find(self, identity: uuid.UUID) -> tuple[Record, str, bool] | None:
        """What is kept, the account that brought it, and whether a second person has spoken; held until the end."""

    def settle(
        self, identity: uuid.UUID, release: uuid.UUID | None, reason: str, now: datetime, account: str, name: str
    ) -> None:
        """Write down what the second person said."""

    def waiting(self, source: str) -> Sequence[Waiting]:
        """What waits for a second person, the oldest first."""

    def shown(self, identity: uuid.UUID, councils: Collection[str]) -> Kept | None:
        """One with what the second person said, if its source is one of these councils'."""


Letters = SecondPerson[LetterRecord, WaitingLetter, KeptLetter]
Corrections = SecondPerson[CorrectionRecord, WaitingCorrection, KeptCorrection]


class Duties(Protocol):
    """Due dates, reminders and locks: added, never changed."""

    def hold(self, source: str, cycle: str) -> None:
        """Hold what a source gives for a cycle until the end of the transaction."""

    def set_due(
        self, source: str, cycle: str, due_at: datetime, locks: bool, now: datetime, by: tuple[str, str]
    ) -> int:
        """Keep a due date as the newest; its version. `by`: account and name."""

    def open(self) -> Sequence[Duty]:
        """What has a due date in a living cycle and is not locked."""

    def duty(self, source: str, cycle: str) -> Duty:
        """What a source owes a cycle."""

    def remind(self, duty: Duty, days: int, now: datetime) -> bool:
        """Note a reminder; False if it was given before."""

    def reminders(self, source: str, cycle: str) -> int:
        """How many reminders were given, over all due dates."""

    def locked(self, source: str, cycle: str) -> Lock | None:
        """The lock of a rating, if there is one."""

    def lock(self, source: str, cycle: str, lock: Lock, account: str) -> bool:
        """Lock a rating; False if it was."""

    def owed(
        self,
        councils: Collection[str],
        *,
        cycle: str | None = None,
        source: str | None = None,
    ) -> Sequence[OwedFigures]:
        """What the sources of these councils owe their living cycles, the earliest due date first.

        Each with the framework that may ask for it, what the last attempt to fetch it came to, lock and reminders.
        """

    def ratings_wait(self, cycle: str) -> bool:
        """Whether a rating of the cycle may still be given or revised: one is not locked, or none was declared yet."""


class Fetching(Protocol):
    """Plans and attempts of fetching, added and never changed."""

    def plan(self, source: str) -> tuple[int, FetchPlan] | None:
        """The newest plan of a source and its version."""

    def save(self, plan: FetchPlan, now: datetime, account: str, name: str) -> int:
        """Keep a plan as the newest of its source; its version."""

    def planned(self) -> Sequence[str]:
        """The sources that have a plan."""

    def last(self, source: str) -> MadeAttempt | None:
        """The newest attempt for a source; the source is held until the end of the transaction."""

    def attempts(self, source: str, most: int) -> Sequence[MadeAttempt]:
        """The newest attempts for a source, the newest first."""

    def marks(self, source: str, version: int) -> tuple[str, str]:
        """ETag and Last-Modified of the newest answer that was taken in by this version of the plan."""

    def attempt(self, source: str, version: int, attempt: Attempt, now: datetime) -> None:
        """Write an attempt down."""


class Fetcher(Protocol):
    """Asks a publisher for a file."""

    def fetch(self, plan: FetchPlan, etag: str, last_modified: str) -> Answer:
        """The file, unless it is unchanged. Raises SourceDown."""


@dataclass(frozen=True)
class TidyTable:
    """`dimensions`: names. `rows`: one text per dimension, then value and status. `bad`: cells that cannot be read."""

    dimensions: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    bad: Sequence[Fault]


class TableReader(Protocol):
    """Reads a file of any format that we know."""

    def __call__(self, raw: bytes, file_name: str) -> TidyTable:
        """The whole table. Raises BadInput, located, when the file cannot be read."""


@dataclass(frozen=True)
class TableReaders:
    """`tidy` reads files of any format, `template` the workbook that raters fill in: dimensions unit and indicator."""

    tidy: TableReader
    template: TableReader
