"""What units may owe a cycle."""

from dataclasses import dataclass
from datetime import date

from services.intake.cycles.model import Member
from services.intake.notices.model import (
    REMINDER_ASSESSMENT,
    REMINDER_COMMENTS,
    REMINDER_CONTRIBUTION,
    REMINDER_COVENANT,
    Kind,
)
from shared.contracts.sentences import Sentence, sentence

ASSESSMENT, COVENANT, CONTRIBUTION, COMMENTS = "assessment", "covenant", "contribution", "comments"
MATTERS = (ASSESSMENT, COVENANT, CONTRIBUTION, COMMENTS)
MATTER_NAMES: dict[str, Sentence] = {
    ASSESSMENT: sentence("self-assessment"),
    COVENANT: sentence("covenant"),
    CONTRIBUTION: sentence("contribution"),
    COMMENTS: sentence("comment on the criteria"),
}
REMINDERS: dict[str, Kind] = {
    ASSESSMENT: REMINDER_ASSESSMENT,
    COVENANT: REMINDER_COVENANT,
    CONTRIBUTION: REMINDER_CONTRIBUTION,
    COMMENTS: REMINDER_COMMENTS,
}
MOST_STAGES, LONGEST_STAGE = 6, 60


@dataclass(frozen=True)
class CycleReminders:
    """When a cycle reminds: `days` working days before a day due; what is due besides the self-assessment, and when."""

    days: tuple[int, ...] = (10, 3, 1)
    covenant_due_on: date | None = None
    comments_due_on: date | None = None


@dataclass(frozen=True)
class Waiting:
    """Items of one contributor in one unit that were not handed in, by the day due."""

    unit: str
    account: str
    name: str
    due_on: date
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Owed:
    """Something a unit owes: what, by when; `returned`: it was sent and came back. A contribution names its person."""

    matter: str
    member: Member
    due_on: date
    returned: bool = False
    account: str = ""
    name: str = ""
    criteria: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What identifies it within its cycle."""
        return "/".join((self.matter, self.member.unit, self.account, self.due_on.isoformat()))

    def days_late(self, today: date) -> int:
        """Calendar days since the day due; 0 while it is not over."""
        return max(0, (today - self.due_on).days)
