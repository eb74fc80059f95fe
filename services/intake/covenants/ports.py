"""What actions on covenants need from the outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from services.intake.covenants.model import Covenant, Recognition, Revision
from services.intake.cycles.model import Member


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
