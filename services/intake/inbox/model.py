"""Lines of an inbox, mail settings and letters: what they are."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.notices.model import NEVER, Kind
from shared.contracts.sentences import Sentence

LONGEST_ADDRESS = 254
MOST_LINES = 20


@dataclass(frozen=True)
class MailSetting:
    """Where an account gets mail, and how often: `at_once`, `daily` (one mail a working day) or `none`."""

    address: str = ""
    mode: str = NEVER


@dataclass(frozen=True)
class Letter:
    """One mail. `key` names it for good: sent twice after a crash it carries the same Message-ID."""

    key: str
    address: str
    name: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True)
class CaughtMail:
    """One message that would have been sent."""

    to: str
    subject: str
    date: str
    text: str


# --- the inbox
@dataclass(frozen=True)
class Entry:
    """One line of a person's inbox, as it is read. Titles by language, where a cycle or unit is concerned."""

    number: int
    kind: Kind
    council: str
    cycle: str | None
    cycle_title: dict[str, str]
    unit: str | None
    unit_title: dict[str, str]
    detail: Sentence | str
    by: str
    at: datetime
    read_at: datetime | None

    @property
    def path(self) -> str:
        """The page concerned, below the address of the kind's app."""
        return path_of(self.kind, self.cycle, self.unit)


def path_of(kind: Kind, cycle: str | None, unit: str | None) -> str:
    """Where a notice of this kind leads; the inbox where the page needs what the notice does not name."""
    if ("{cycle}" in kind.path and cycle is None) or ("{unit}" in kind.path and unit is None):
        return "notices"
    return kind.path.format(cycle=cycle, unit=unit)
