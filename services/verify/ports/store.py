"""What verify's use cases need from the outside: one transaction with its repositories."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.verify.claims.ports import Cycles
from services.verify.domain.source_mapping import SourceMapping
from services.verify.ports.changes import Changes, ReleasedRow
from services.verify.ports.duties import Duties
from services.verify.ports.fetching import Fetching
from services.verify.ports.reviews import Reviews
from services.verify.ports.steps import Steps
from services.verify.ports.triage import Triage
from shared.contracts.events import Event
from shared.people import Actor
from shared.plumbing.leases import Work

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


class Screenings(Protocol):
    """Rows of work."""

    def request(self, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
        """Ask for a piece of work once; False if it was asked for before."""
        ...

    def hold(self, work: Work) -> None:
        """Make sure that the work is still ours as this transaction commits; raises LeaseLost if it is not."""
        ...

    def finish(self, work: Work, state: str) -> None:
        """Mark a claimed piece of work `done` or `discarded`; raises LeaseLost if somebody else holds it now."""
        ...


class Transaction(Protocol):
    """One transaction over verify's database; rolled back unless committed."""

    @property
    def now(self) -> datetime:
        """The moment of everything in it."""
        ...

    @property
    def cycles(self) -> Cycles:
        """Read models of intake's feed."""
        ...

    @property
    def sources(self) -> Sources:
        """Sources and releases."""
        ...

    @property
    def reviews(self) -> Reviews:
        """Claims, items, findings, decisions."""
        ...

    @property
    def changes(self) -> Changes:
        """What releases concern and changed."""
        ...

    @property
    def duties(self) -> Duties:
        """Due dates, locks and corrections."""
        ...

    @property
    def steps(self) -> Steps:
        """What happened to reviews."""
        ...

    @property
    def triage(self) -> Triage:
        """Review plans, draws, joint acceptances."""
        ...

    @property
    def screenings(self) -> Screenings:
        """Work to be done by the worker."""
        ...

    @property
    def fetching(self) -> Fetching:
        """Plans and attempts of fetching."""
        ...

    @property
    def letters(self) -> Letters:
        """Letters keyed by hand."""
        ...

    @property
    def mappings(self) -> Mappings:
        """How files are laid out, and what spellings of units mean."""
        ...

    def record(self, action: str, subject: str, actor: Actor, reason: str, data: Mapping[str, Any]) -> None:
        """Write a line of history: who did what, when and why."""
        ...

    def publish(self, event: Event) -> None:
        """Append an event to verify's feed."""
        ...

    def ring(self, task: str, queue: str) -> None:
        """Ring a worker's bell after the commit."""
        ...

    def commit(self) -> None:
        """Make it all true."""
        ...


class Store(Protocol):
    """Opens transactions."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction to write in."""
        ...
