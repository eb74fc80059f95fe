"""What scoring, editions and the council view work through: one consistent look, or one change that commits once.

Voting has ports of its own (`voting.ports`): another process, another database role.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from services.ranking.council.ports import Tallies
from services.ranking.editions.ports import EditionRecords
from services.ranking.people.ports import SignIns
from services.ranking.scoring.ports import ScoringRecords
from shared.contracts.events import Event


class View(Protocol):
    """What is stored, as of one moment."""

    @property
    def scoring(self) -> ScoringRecords: ...
    @property
    def editions(self) -> EditionRecords: ...
    @property
    def tallies(self) -> Tallies: ...


class UnitOfWork(View, Protocol):
    """One change: it commits once, or leaves nothing behind."""

    @property
    def now(self) -> datetime: ...
    @property
    def sign_ins(self) -> SignIns: ...

    def publish(self, event: Event) -> None:
        """Append an event to ranking's feed with the commit."""
        ...

    def commit(self) -> None: ...


class Store(Protocol):
    """Where views and units of work come from."""

    def view(self) -> AbstractContextManager[View]: ...
    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]: ...
