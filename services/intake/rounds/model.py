"""The declared days of a cluster round and its quorum."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.intake.files.model import StoredFile
from shared.clock import VIETNAM
from shared.contracts.sentences import Sentence, sentence

LAW, REGULATION, ASSUMPTION = "law", "regulation", "assumption"
STANDINGS = (LAW, REGULATION, ASSUMPTION)
LONGEST_SOURCE = 500


@dataclass(frozen=True)
class Quorum:
    """Which share of the members must attend before a meeting agrees on anything, and who says so."""

    share: Fraction
    source: str
    standing: str

    def needed(self, members: int) -> int:
        """How many of so many members that is, exactly: 2/3 of 9 is 6."""
        return -(-self.share.numerator * members // self.share.denominator)

    def document(self) -> dict[str, Any]:
        """As the feed and the API show it."""
        return {"share": str(self.share), "source": self.source, "standing": self.standing}


@dataclass(frozen=True)
class Round:
    """A declaration of the days, the newest of which counts. Moments are aware UTC; both ends are exclusive."""

    opens_at: datetime
    closes_at: datetime
    answers_until: datetime
    quorum: Quorum
    reason: str
    account: str
    name: str
    at: datetime

    @property
    def reads_from(self) -> date:
        """The first day."""
        return self.opens_at.astimezone(VIETNAM).date()

    @property
    def reads_to(self) -> date:
        """The last day."""
        return _last_day(self.closes_at)

    @property
    def answers_to(self) -> date:
        """The last day for answers."""
        return _last_day(self.answers_until)

    def is_on(self, moment: datetime) -> bool:
        """Whether it is one of the days."""
        return self.opens_at <= moment < self.closes_at


def _last_day(moment: datetime) -> date:
    return (moment - timedelta(seconds=1)).astimezone(VIETNAM).date()


STANDING_NAMES: dict[str, Sentence] = {
    LAW: sentence("law"),
    REGULATION: sentence("the cluster's or council's regulation"),
    ASSUMPTION: sentence("an assumption; no rule was found"),
}


@dataclass(frozen=True)
class RoundFile:
    """A file brought for a cluster's round; `unit` None: for its meeting, by whoever keeps the record."""

    cycle: str
    cluster: str
    unit: str | None
    file: StoredFile
    label: str
    account: str
    at: datetime


SHARE = r"^[1-9][0-9]{0,3}(/[1-9][0-9]{0,3})?\Z"
