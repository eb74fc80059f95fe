"""What voting works through: its own unit of work (it shares none with scoring), boxes and papers, and box keys."""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from services.ranking.voting.model import AnnouncedTally, Box, EarlierBox, Paper, Plan, RollEntry, Snapshot, Tally


class VotingRecords(Protocol):
    """Boxes and papers over one transaction. Nothing written for a paper carries a time, an account or an order."""

    def snapshot(self, cycle: str, cluster: str) -> Snapshot | None: ...
    def snapshots(self) -> list[Snapshot]: ...
    def boxes(self) -> list[Box]: ...
    def box(self, box: uuid.UUID) -> Box | None: ...
    def lock_for_casting(self, box: uuid.UUID) -> None: ...
    def lock_for_closing(self, box: uuid.UUID) -> None: ...
    def lock_cluster(self, cycle: str, cluster: str) -> None: ...
    def earlier(self, cycle: str, cluster: str) -> list[EarlierBox]: ...
    def add_box(
        self, box: uuid.UUID, snapshot: Snapshot, plan: Plan, number: int, public_key: bytes, at: datetime, by: str
    ) -> None: ...
    def roll(self, box: uuid.UUID) -> list[RollEntry]: ...
    def mark(self, box: uuid.UUID, unit: str) -> bool: ...
    def put_in(self, box: uuid.UUID, sealed: bytes, receipt: str) -> None: ...
    def sealed(self, box: uuid.UUID) -> list[bytes]: ...
    def knows_receipt(self, box: uuid.UUID, receipt: str) -> bool: ...
    def close(
        self,
        box: Box,
        tally: Tally,
        ballots: Sequence[tuple[str, Paper | None]],
        receipts: Sequence[str],
        at: datetime,
        by: str,
    ) -> None: ...
    def tally(self, box: uuid.UUID) -> AnnouncedTally | None: ...


class View(Protocol):
    """What is stored, as of one moment."""

    @property
    def voting(self) -> VotingRecords: ...


class UnitOfWork(View, Protocol):
    """One change: it commits once, or leaves nothing behind."""

    @property
    def now(self) -> datetime: ...
    def commit(self) -> None: ...


class Store(Protocol):
    """Where views and units of work come from."""

    def view(self) -> AbstractContextManager[View]: ...
    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]: ...
    def casting(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work that raises PaperNotConfirmed, and nothing that names the paper, when the database fails."""
        ...


class PaperNotConfirmed(Exception):
    """The database failed while a paper was put in. It says nothing of the paper."""


class BoxKeys(Protocol):
    """Key pairs of boxes; private keys live outside the database and end with their box."""

    def create(self, box: uuid.UUID) -> bytes:
        """Make a key pair, keep the private key, return the public one."""
        ...

    def seal(self, public_key: bytes, box: uuid.UUID, content: bytes) -> bytes:
        """Seal a packed ballot so that only the box's private key opens it."""
        ...

    def open(self, box: uuid.UUID, sealed: Sequence[bytes]) -> list[bytes | None]:
        """The contents; None for one that does not open. Raises KeyMissing."""
        ...

    def destroy(self, box: uuid.UUID) -> None:
        """Forget the private key; what was sealed to it stays sealed for ever."""
        ...


class KeyMissing(Exception):
    """The private key of a box is not where it should be."""
