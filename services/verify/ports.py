"""What verify's use cases need from the outside: one transaction with its repositories."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from services.verify.claims.ports import Cycles, Screenings
from services.verify.reviews.ports import Changes, Reviews, Steps
from services.verify.sources.ports import Duties, Fetching, Letters, Mappings, Sources
from services.verify.triage.ports import Triage
from shared.contracts.events import Event
from shared.people import Actor


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
