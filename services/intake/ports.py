"""What intake's use cases need from the outside. The real ones: `adapters/`; the fakes: `tests/fakes/intake.py`."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from services.intake.domain.adoption import Confirmation, Position, Proposal
from services.intake.domain.assessment import Draft
from services.intake.domain.covenant import Covenant, Recognition, Revision
from services.intake.domain.cycles import Cycle, CycleCluster, Extension, Member
from services.intake.domain.directory import Council, Directory, Plan
from services.intake.domain.evidence import StoredFile, Upload
from services.intake.domain.explanations import Answer, ExplanationRequest
from services.intake.domain.reception import SUBMITTED, Reception
from services.intake.domain.submissions import Submission
from shared.contracts.events import Event
from shared.criteria.model import Framework


@dataclass(frozen=True)
class HistoryRow:
    """One change: who, when, what was done to what, and the details a person needs to understand it later."""

    actor: str
    actor_name: str
    action: str
    subject: str
    details: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a unit stands in a cycle, for overviews."""

    member: Member
    version: int
    edited_at: datetime | None
    submissions: int
    submitted_at: datetime | None
    late: bool
    is_sent: bool
    reception: str = SUBMITTED


class Councils(Protocol):
    """Councils with their directories."""

    def get(self, code: str, *, lock: bool = False) -> Council | None: ...
    def all(self) -> Sequence[Council]: ...
    def save(self, council: Council) -> None: ...
    def directory(self, council: Council) -> Directory: ...
    def carry_out(self, council: Council, plan: Plan) -> None: ...


class Cycles(Protocol):
    """Cycles with their frozen clusters. `lock`: `share` (nobody may change it meanwhile) or `update`."""

    def get(self, code: str, *, lock: str | None = None) -> Cycle | None: ...
    def all(self) -> Sequence[Cycle]: ...
    def due(self, moment: datetime) -> Sequence[str]: ...
    def add(self, cycle: Cycle, framework: Framework, at: datetime) -> bool: ...
    def save(self, cycle: Cycle) -> None: ...
    def adopt(self, cycle: str, framework_sha256: str) -> None:
        """Another framework for a cycle that is being prepared."""
        ...

    def extend(self, cycle: str, extension: Extension) -> None: ...
    def framework(self, sha256: str) -> Framework: ...
    def freeze(self, cycle: str, clusters: Sequence[CycleCluster]) -> None: ...
    def clusters(self, cycle: str) -> Sequence[CycleCluster]: ...
    def member(self, cycle: str, unit: str) -> Member | None: ...


class Assessments(Protocol):
    """Drafts, what was sent of them, and the files units brought."""

    def draft(self, cycle: str, unit: str, *, lock: bool = False) -> Draft | None: ...
    def save_draft(self, draft: Draft, at: datetime) -> None: ...
    def standings(self, cycle: str, search: str = "") -> Sequence[Standing]:
        """In Vietnamese order within each cluster; `search`: a search key that a unit's name must hold."""
        ...

    def add_submission(self, submission: Submission) -> None: ...
    def submission(self, cycle: str, unit: str, number: int) -> Submission | None: ...
    def submissions(self, cycle: str, unit: str) -> Sequence[Submission]: ...
    def add_reception(self, step: Reception) -> None: ...
    def receptions(self, cycle: str, unit: str) -> Sequence[Reception]: ...
    def add_upload(self, upload: Upload) -> None: ...
    def uploads(self, cycle: str, unit: str, sha256s: Iterable[str]) -> Mapping[str, Upload]: ...


class Covenants(Protocol):
    """Covenants with their revisions. `lock`: held until the end of the transaction."""

    def get(self, cycle: str, member: Member, *, lock: bool = False) -> Covenant: ...
    def all(self, cycle: str) -> Mapping[str, Covenant]:
        """Those that were begun, by unit."""
        ...

    def save(self, covenant: Covenant, at: datetime) -> None: ...
    def sign(self, covenant: Covenant) -> None: ...
    def add_revision(self, covenant: Covenant, revision: Revision) -> None: ...
    def recognise(self, covenant: Covenant, number: int, recognition: Recognition) -> None: ...


class Adoption(Protocol):
    """Proposals of criteria with positions and confirmation; nothing of it is ever changed."""

    def proposals(self, cycle: str) -> Sequence[Proposal]:
        """Of a cycle, oldest first."""
        ...

    def add(self, proposal: Proposal, framework: Framework) -> None: ...
    def add_position(self, proposal: Proposal, position: Position) -> None: ...
    def confirm(self, proposal: Proposal, confirmation: Confirmation) -> None: ...


class Explanations(Protocol):
    """What the reviewers ask, as verify told it, and what the units answer."""

    def get(self, request: str, *, lock: bool = False) -> ExplanationRequest | None: ...
    def of_unit(self, cycle: str, unit: str) -> Sequence[ExplanationRequest]:
        """All that were ever asked, newest first."""
        ...

    def waiting(self, cycle: str, now: datetime) -> Sequence[ExplanationRequest]:
        """Of a cycle, those that may still be answered, soonest first."""
        ...

    def save(self, request: ExplanationRequest) -> None:
        """Add or replace, without its answer."""
        ...

    def add_answer(self, request: ExplanationRequest, answer: Answer) -> None: ...


@dataclass(frozen=True)
class Contributor:
    """An account that may be given items of a unit."""

    account: str
    name: str


class People(Protocol):
    """What the work on assessments needs to know of accounts."""

    def contributors(self, council: str, unit: str) -> Sequence[Contributor]:
        """The open accounts with the role contributor for this unit, in Vietnamese order of their names."""
        ...


class History(Protocol):
    """Append-only rows of what was done."""

    def record(self, row: HistoryRow) -> None: ...
    def of(self, subject: str, limit: int = 100) -> Sequence[HistoryRow]: ...


class UnitOfWork(Protocol):
    """One transaction: everything in it or nothing. `commit` writes the events last and rings the bells after."""

    now: datetime

    @property
    def councils(self) -> Councils: ...
    @property
    def cycles(self) -> Cycles: ...
    @property
    def assessments(self) -> Assessments: ...
    @property
    def covenants(self) -> Covenants: ...
    @property
    def explanations(self) -> Explanations: ...
    @property
    def people(self) -> People: ...
    @property
    def adoption(self) -> Adoption: ...
    @property
    def history(self) -> History: ...
    def publish(self, event: Event) -> None: ...
    def ring(self, task: str, queue: str) -> None: ...
    def commit(self) -> None: ...


class View(Protocol):
    """One consistent look at everything; nothing can be changed through it."""

    now: datetime

    @property
    def councils(self) -> Councils: ...
    @property
    def cycles(self) -> Cycles: ...
    @property
    def assessments(self) -> Assessments: ...
    @property
    def covenants(self) -> Covenants: ...
    @property
    def explanations(self) -> Explanations: ...
    @property
    def people(self) -> People: ...
    @property
    def adoption(self) -> Adoption: ...
    @property
    def history(self) -> History: ...


class Intake(Protocol):
    """The door to the service's own data."""

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]: ...
    def view(self) -> AbstractContextManager[View]: ...


class EvidenceFiles(Protocol):
    """Files by their hash, outside the database."""

    def store(self, stream: IO[bytes], client_name: str | None) -> StoredFile: ...
    def path(self, sha256: str) -> Path | None: ...
