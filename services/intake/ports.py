"""What intake's use cases need from the outside. The real ones: `adapters/`; the fakes: `tests/fakes/intake.py`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from services.intake.domain.adoption import Confirmation, Position, Proposal
from services.intake.domain.assessment import Draft, Editor
from services.intake.domain.covenant import Covenant, Recognition, Revision
from services.intake.domain.cycles import Cycle, CycleCluster, Extension, Member, Quota
from services.intake.domain.directory import Council, Directory, Plan
from services.intake.domain.evidence import StoredFile, Upload
from services.intake.domain.reception import SUBMITTED, Reception
from services.intake.domain.roll_up import RollUp
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
    def quotas(self, cycle: str) -> Mapping[str, Quota]:
        """The newest quota of each cluster that has one."""
        ...

    def set_quotas(self, cycle: str, quotas: Sequence[Quota]) -> None: ...
    def roll_up(self, cycle: str) -> RollUp | None:
        """The newest declaration of what the cycle rolls up; None where it has no parts."""
        ...

    def set_roll_up(self, cycle: str, roll_up: RollUp, edit: Editor) -> None: ...


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
    def received(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        """By cycle the values by item of the newest version that the unit sent and nobody returned."""
        ...

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
    def people(self) -> People: ...
    @property
    def adoption(self) -> Adoption: ...
    @property
    def history(self) -> History: ...


class Intake(Protocol):
    """The door to the service's own data."""

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]: ...
    def view(self) -> AbstractContextManager[View]: ...


class VerifiedResults(Protocol):
    """What verification found in earlier cycles; whoever reads verify's feed can give it to `Parts.verified`."""

    def of(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        """By cycle the verified values by criterion; a cycle that is not verified (yet) is left out."""
        ...


class EvidenceFiles(Protocol):
    """Files by their hash, outside the database."""

    def store(self, stream: IO[bytes], client_name: str | None) -> StoredFile: ...
    def path(self, sha256: str) -> Path | None: ...
