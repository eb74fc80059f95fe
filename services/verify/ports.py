"""What actions and queries stand on: one consistent look at everything, or one unit of work that changes it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from services.verify.claims.ports import Claims, Cycles, ScreeningWork
from services.verify.renewal.ports import History
from services.verify.results.ports import Results
from services.verify.reviews.ports import Changes, Reviews, Steps, Trail
from services.verify.sources.ports import Corrections, Duties, Fetching, Letters, Mappings, Sources, Touches
from services.verify.triage.ports import Queue, Triage
from shared.contracts.events import Event
from shared.people import Actor


class View(Protocol):
    """One consistent look; what it holds is read, never changed."""

    @property
    def now(self) -> datetime:
        """The moment of everything in it."""
        ...

    @property
    def cycles(self) -> Cycles:
        """Cycles, clusters and members."""
        ...

    @property
    def claims(self) -> Claims:
        """Current claims with what supports and disputes them."""
        ...

    @property
    def sources(self) -> Sources:
        """Sources, releases and figures."""
        ...

    @property
    def touches(self) -> Touches:
        """Which cycles releases concern."""
        ...

    @property
    def mappings(self) -> Mappings:
        """How files are laid out, and what spellings of units mean."""
        ...

    @property
    def letters(self) -> Letters:
        """Letters keyed by hand."""
        ...

    @property
    def corrections(self) -> Corrections:
        """Corrections of locked ratings."""
        ...

    @property
    def duties(self) -> Duties:
        """Due dates and locks."""
        ...

    @property
    def fetching(self) -> Fetching:
        """Plans and attempts of fetching."""
        ...

    @property
    def results(self) -> Results:
        """Decisions, and what the feed last said."""
        ...

    @property
    def reviews(self) -> Reviews:
        """Review items and findings."""
        ...

    @property
    def steps(self) -> Steps:
        """The steps of reviews."""
        ...

    @property
    def trail(self) -> Trail:
        """The audit trail."""
        ...

    @property
    def changes(self) -> Changes:
        """What screenings changed."""
        ...

    @property
    def history(self) -> History:
        """Earlier cycles, and how screenings stand."""
        ...

    @property
    def queue(self) -> Queue:
        """The review queue."""
        ...

    @property
    def triage(self) -> Triage:
        """Review plans, draws, joint acceptances."""
        ...


class UnitOfWork(View, Protocol):
    """One transaction over verify's database; rolled back unless committed."""

    @property
    def screenings(self) -> ScreeningWork:
        """Work to be done by the worker."""
        ...

    def record(self, action: str, subject: str, actor: Actor, reason: str, data: Mapping[str, Any]) -> None:
        """Write a line of history: who did what, when and why."""
        ...

    def publish(self, event: Event) -> None:
        """Append an event to verify's feed."""
        ...

    def wake_up(self, task: str, queue: str) -> None:
        """Wake up a worker after the commit."""
        ...

    def commit(self) -> None:
        """Make it all true."""
        ...


class Store(Protocol):
    """Opens looks and units of work."""

    def view(self) -> AbstractContextManager[View]:
        """A look at the newest state, which does not move while it is looked at."""
        ...

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction to write in."""
        ...
