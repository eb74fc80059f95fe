"""What voting needs: boxes, rolls, sealed papers and their keys, and the one view of scoring it may read."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.ranking.domain.voting.box import Box, EarlierBox, Plan, Snapshot
from services.ranking.domain.voting.tally import Tally


@dataclass(frozen=True)
class RollEntry:
    """A unit on the roll and whether its paper came in; never when."""

    unit: str
    voted: bool


@dataclass(frozen=True)
class AnnouncedTally:
    """A tally as announced. `document` is its JSON form, see `adapters.voting.documents`."""

    box: uuid.UUID
    council: str
    cycle: str
    cluster: str
    round: int
    sheet_sha256: str
    announced_at: datetime
    document: dict[str, Any]


class VotingRecords(Protocol):
    """Boxes and papers over one transaction; see `adapters.voting.records`."""

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
        ballots: Sequence[tuple[str, Sequence[str | None] | None]],
        receipts: Sequence[str],
        at: datetime,
        by: str,
    ) -> None: ...
    def tally(self, box: uuid.UUID) -> AnnouncedTally | None: ...


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
