"""What announcing needs from the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.intake.notices.model import Addressee, Delivery, Notice, Recipients


class Notices(Protocol):
    """Notices and who reads them."""

    def people(self, wanted: Sequence[Recipients]) -> Sequence[Addressee]:
        """The open accounts that may be meant by any of these, by one query; who is meant is the domain's to say."""
        ...

    def add(self, by: str, notices: Sequence[tuple[Notice, Sequence[Delivery]]]) -> int:
        """Write those whose `once` is new, with their deliveries; how many lines of inboxes that made."""
        ...


class Notifies(Protocol):
    """A transaction in which notices can be written: any of intake's units of work."""

    @property
    def now(self) -> datetime: ...
    @property
    def notices(self) -> Notices: ...
    def wake_up(self, task: str, queue: str) -> None: ...
