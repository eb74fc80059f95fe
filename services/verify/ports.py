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

    now: datetime  # the moment of everything in it
    cycles: Cycles  # cycles, clusters and members
    claims: Claims  # current claims with what supports and disputes them
    sources: Sources  # sources, releases and figures
    touches: Touches  # which cycles releases concern
    mappings: Mappings  # how files are laid out, and what spellings of units mean
    letters: Letters  # letters keyed by hand
    corrections: Corrections  # corrections of locked ratings
    duties: Duties  # due dates and locks
    fetching: Fetching  # plans and attempts of fetching
    results: Results  # decisions, and what the feed last said
    reviews: Reviews  # review items and findings
    steps: Steps  # the steps of reviews
    trail: Trail  # the audit trail
    changes: Changes  # what screenings changed
    history: History  # earlier cycles, and how screenings stand
    queue: Queue  # the review queue
    triage: Triage  # review plans, draws, joint acceptances


class UnitOfWork(View, Protocol):
    """One transaction over verify's database; rolled back unless committed."""

    screenings: ScreeningWork  # work to be done by the worker

    def record(self, action: str, subject: str, actor: Actor, reason: str, data: Mapping[str, Any]) -> None:
        """Write a line of history: who did what, when and why."""

    def publish(self, event: Event) -> None:
        """Append an event to verify's feed."""

    def wake_up(self, task: str, queue: str) -> None:
        """Wake up a worker after the commit."""

    def commit(self) -> None:
        """Make it all true."""


class Store(Protocol):
    """Opens looks and units of work."""

    def view(self) -> AbstractContextManager[View]:
        """A look at the newest state, which does not move while it is looked at."""

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction to write in."""
