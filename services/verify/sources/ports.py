"""What actions and queries need of the sources."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.verify.sources.model import (
    Answer,
    Attempt,
    CorrectionRecord,
    FetchPlan,
    LetterRecord,
    Lock,
    ObservedRow,
    ReleasedRow,
    ReleaseRecord,
    SourceRecord,
    WaitingRow,
)
from services.verify.sources.rules.due_dates import Duty
from services.verify.sources.rules.mapping import SourceMapping
from shared.contracts.refusals import Fault


class Duties(Protocol):
    """Due dates, reminders, locks and corrections: added, never changed."""

    def hold(self, source: str, cycle: str) -> None:
        """Hold what a source gives for a cycle until the end of the transaction: bringing and locking take turns."""
        ...

    def set_due(
        self, source: str, cycle: str, due_at: datetime, locks: bool, now: datetime, by: tuple[str, str]
    ) -> int:
        """Keep a due date as the newest; its version. `by`: account and name."""
        ...

    def open(self) -> Sequence[Duty]:
        """What has a due date in a living cycle and is not locked."""
        ...

    def duty(self, source: str, cycle: str) -> Duty:
        """What a source owes a cycle."""
        ...

    def remind(self, duty: Duty, days: int, now: datetime) -> bool:
        """Note a reminder; False if it was given before."""
        ...

    def reminders(self, source: str, cycle: str) -> int:
        """How many reminders were given, over all due dates."""
        ...

    def locked(self, source: str, cycle: str) -> Lock | None:
        """The lock of a rating, if there is one."""
        ...

    def lock(self, source: str, cycle: str, lock: Lock, account: str) -> bool:
        """Lock a rating; False if it was."""
        ...

    def propose(self, correction: CorrectionRecord, now: datetime, account: str, name: str) -> None:
        """Keep a correction until a second person looks at it."""
        ...

    def find(self, correction: uuid.UUID) -> tuple[CorrectionRecord, str, bool] | None:
        """A correction, the account that proposed it, and whether a second person has spoken; held until the end."""
        ...

    def settle(
        self, correction: uuid.UUID, release: uuid.UUID | None, reason: str, now: datetime, account: str, name: str
    ) -> None:
        """Write down what the second person said."""
        ...


class Fetcher(Protocol):
    """Asks a publisher for a file."""

    def fetch(self, plan: FetchPlan, etag: str, last_modified: str) -> Answer:
        """The file, unless it is unchanged. Raises SourceDown."""
        ...


class Fetching(Protocol):
    """Plans and attempts, added and never changed."""

    def plan(self, source: str) -> tuple[int, FetchPlan] | None:
        """The newest plan of a source and its version."""
        ...

    def save(self, plan: FetchPlan, now: datetime, account: str, name: str) -> int:
        """Keep a plan as the newest of its source; its version."""
        ...

    def planned(self) -> Sequence[str]:
        """The sources that have a plan."""
        ...

    def last(self, source: str) -> tuple[Attempt, datetime] | None:
        """The newest attempt for a source, and when; the source is held until the end of the transaction."""
        ...

    def marks(self, source: str, version: int) -> tuple[str, str]:
        """ETag and Last-Modified of the newest answer that was taken in by this version of the plan."""
        ...

    def attempt(self, source: str, version: int, attempt: Attempt, now: datetime) -> None:
        """Write an attempt down."""
        ...


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
        ...


@dataclass(frozen=True)
class TableReaders:
    """`tidy` reads files of any format, `template` the workbook that raters fill in: dimensions unit and indicator."""

    tidy: TableReader
    template: TableReader


class Letters(Protocol):
    """Letters keyed by one person and confirmed by another."""

    def keep(self, letter: LetterRecord, now: datetime, account: str, name: str) -> None:
        """Keep a letter until a second person looks at it."""
        ...

    def find(self, letter: uuid.UUID) -> tuple[LetterRecord, str, bool] | None:
        """A letter, the account that keyed it, and whether a second person has spoken; held until the end."""
        ...

    def settle(
        self, letter: uuid.UUID, release: uuid.UUID | None, reason: str, now: datetime, account: str, name: str
    ) -> None:
        """Write down what the second person said."""
        ...


class Mappings(Protocol):
    """How the files of sources are laid out, and what people said about spellings of units."""

    def newest(self, source: str) -> tuple[int, SourceMapping] | None:
        """The source's newest mapping and its version."""
        ...

    def save(self, source: str, mapping: SourceMapping, now: datetime, account: str, name: str) -> int:
        """Keep a mapping as the newest one; its version."""
        ...

    def lock(self, council: str) -> None:
        """Hold the spellings of a council until the end of the transaction, so that no row waits for a past answer."""
        ...

    def answers(self, council: str) -> Mapping[str, str | None]:
        """Folded spelling → the unit meant, None for none of them."""
        ...

    def answer(self, council: str, spelling: str, unit: str | None, now: datetime, account: str, name: str) -> None:
        """Remember what a spelling means."""
        ...

    def wait(self, release: uuid.UUID, rows: Sequence[WaitingRow]) -> None:
        """Keep rows until somebody says whose they are."""
        ...

    def observe(self, council: str, folded: str, unit: str) -> Sequence[ReleasedRow]:
        """Make observations of the waiting rows of a spelling: those that are new."""
        ...


class Sources(Protocol):
    """Sources, their releases and observations."""

    def find(self, source: str) -> SourceRecord | None:
        """The source, if it is registered."""
        ...

    def register(self, source: SourceRecord, now: datetime, account: str, name: str) -> bool:
        """Add a source; False if its code is taken."""
        ...

    def release_with(self, source: str, raw_sha256: str) -> uuid.UUID | None:
        """The release of this source that has exactly these bytes."""
        ...

    def take_in(
        self, release: ReleaseRecord, rows: Sequence[ObservedRow], now: datetime, account: str, name: str
    ) -> bool:
        """Store a release with all its rows; False if this source has one with the same bytes."""
        ...
