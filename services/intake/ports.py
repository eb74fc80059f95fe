"""The unit of work of intake's actions and the view of its queries: one attribute for each subject's store."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.intake.accounts.ports import Accounts, Handovers, Limits, Passwords, TokenIssuer
from services.intake.adoption.ports import Adoption
from services.intake.assessments.ports import Assessments
from services.intake.challenges.ports import Challenges
from services.intake.covenants.ports import Covenants
from services.intake.cycles.ports import Cycles
from services.intake.directory.ports import Councils
from services.intake.files.ports import EvidenceFiles as EvidenceFiles  # also for those who see these ports
from services.intake.files.ports import Retention
from services.intake.inbox.ports import Inboxes, MailDesk
from services.intake.meetings.ports import Meetings
from services.intake.notices.ports import Notices
from services.intake.papers.ports import Printer
from services.intake.people.ports import History, People
from services.intake.questions.ports import Questions
from services.intake.reminders.ports import Reminders
from services.intake.results.ports import VerifiedResults
from services.intake.rounds.ports import Rounds
from services.intake.submissions.ports import Submissions
from shared.contracts.events import Event


class View(Protocol):
    """What is stored, with each subject's part of it, as of one moment."""

    now: datetime

    @property
    def councils(self) -> Councils: ...
    @property
    def cycles(self) -> Cycles: ...
    @property
    def assessments(self) -> Assessments: ...
    @property
    def submissions(self) -> Submissions: ...
    @property
    def covenants(self) -> Covenants: ...
    @property
    def questions(self) -> Questions: ...
    @property
    def people(self) -> People: ...
    @property
    def adoption(self) -> Adoption: ...
    @property
    def rounds(self) -> Rounds: ...
    @property
    def challenges(self) -> Challenges: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def inboxes(self) -> Inboxes: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def verified(self) -> VerifiedResults: ...
    @property
    def history(self) -> History: ...


class UnitOfWork(View, Protocol):
    """One transaction: everything in it or nothing. `commit` writes the events last and wakes the workers after."""

    def publish(self, event: Event) -> None: ...
    def wake_up(self, task: str, queue: str) -> None: ...
    def commit(self) -> None: ...


class Store(Protocol):
    """Opens the service's own data."""

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]: ...
    def view(self) -> AbstractContextManager[View]: ...


class AccountWork(Protocol):
    """One transaction on accounts."""

    @property
    def now(self) -> datetime: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def history(self) -> History: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def handovers(self) -> Handovers: ...

    def moment(self) -> datetime:
        """The time at this point of the transaction: after waiting for a lock, later than `now`."""
        ...

    def publish(self, event: Event) -> None: ...
    def wake_up(self, task: str, queue: str) -> None: ...
    def commit(self) -> None: ...


class AccountStore(Protocol):
    """Opens accounts; counts attempts to sign in; hashes passwords."""

    @property
    def limits(self) -> Limits: ...
    @property
    def passwords(self) -> Passwords: ...

    def work(self) -> AbstractContextManager[AccountWork]: ...


@dataclass(frozen=True)
class WebDependencies:
    """What pages and endpoints are made with."""

    store: Store
    files: EvidenceFiles
    printer: Printer
    account_store: AccountStore
    signer: TokenIssuer
    mail: MailDesk
