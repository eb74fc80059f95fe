"""One clock: aware UTC. Dates that people name are Vietnamese dates."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment

    def forward(self, **duration: float) -> None:
        """Move on by a `timedelta(**duration)`."""
        self.moment += timedelta(**duration)


def end_of_day(day: date) -> datetime:
    """The moment at which `day` is over in Vietnam ("23:59 on D" is the following midnight, exclusive), in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)
