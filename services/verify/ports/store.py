"""What verify's use cases need from the outside: one transaction with its repositories."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

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

OPEN_STATES = ("draft", "open")
RELEASE_STATES = ("preliminary", "final")


@dataclass(frozen=True)
class CycleRecord:
    """A cycle as intake last recorded it; `framework` is the document."""

    cycle: str
    council: str
    period: str
    state: str
    framework: Mapping[str, Any]
    framework_sha256: str
    synthetic: bool = False

    @property
    def intake_closed(self) -> bool:
        """Whether no more submissions are waited for."""
        return self.state not in OPEN_STATES

    @property
    def archived(self) -> bool:
        """Whether nothing is screened any more."""
        return self.state == "archived"


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


class Cycles(Protocol):
    """Read models of intake's cycles and submissions."""

    def find(self, cycle: str) -> CycleRecord | None:
        """The cycle, if it arrived."""
        ...

    def lock(self, cycles: Iterable[str]) -> None:
        """Hold these cycles until the end of the transaction: what changes screenings or what counts takes turns."""
        ...

    def take_turns(self) -> None:
        """To be called by whoever may lock several cycles one after the other, so that no two wait for each other."""
        ...

    def record(self, data: Mapping[str, Any], now: datetime) -> bool:
        """Take over a cycle's full state. True if screenings rest on something else now, or wait no longer."""
        ...

    def is_member(self, cycle: str, unit: str) -> bool:
        """Whether the unit is a member of the cycle."""
        ...

    def members(self, cycle: str) -> Mapping[str, str]:
        """Unit → cluster."""
        ...

    def unit_names(self, cycle: str) -> Mapping[str, Sequence[str]]:
        """Unit → its names in all languages."""
        ...

    def record_submission(self, data: Mapping[str, Any], now: datetime) -> bool:
        """Keep a version of a self-assessment and make it the current one; False if it already was."""
        ...

    def record_covenant(self, data: Mapping[str, Any]) -> bool:
        """Take over a signed covenant's full state; False if it said so before."""
        ...

    def record_challenge(self, data: Mapping[str, Any]) -> bool:
        """Take over a challenge's full state; False if it said so before."""
        ...

    def revoke_sessions(self, account: str, before: datetime) -> None:
        """Remember that tokens issued before a moment are void."""
        ...

    def touched(self, council: str, units: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The living cycles of a council that have some of these units as members: cycle → those units."""
        ...

    def count_change(self, cycle: str, units: Collection[str] | None) -> Mapping[str | None, int]:
        """Count a change for units (None: all) and say which screenings are due: unit → count, None → the cohort's.

        Units of clusters that still wait for somebody are screened alone; nothing is due in an archived cycle.
        """
        ...

    def cohort_units(self, cycle: str) -> Sequence[str]:
        """The units of the complete clusters that have sent a self-assessment."""
        ...

    def company(self, cycle: str, unit: str) -> Sequence[str]:
        """The units of a unit's cluster that have sent a self-assessment, itself included."""
        ...

    def sent_number(self, cycle: str, unit: str) -> int:
        """The number of the unit's current self-assessment; 0 without one."""
        ...

    def seats(self, cycle: str, cluster: str) -> tuple[Sequence[str], Sequence[str]]:
        """The units of a cluster that head it or are its deputies, and all its units."""
        ...

    def newest_change(self, cycle: str, unit: str | None) -> int | None:
        """The count a screening of the unit alone (None: of the cohort) has to rest on; None if none is wanted."""
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
