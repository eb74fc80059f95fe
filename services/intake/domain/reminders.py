"""What units still owe a cycle, by when, how late it is, and when to remind of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from services.intake.domain.calendar import is_working_day
from services.intake.domain.contributions import ASSIGNED, RETURNED, Contribution
from services.intake.domain.cycles import Member
from services.intake.domain.notices import (
    REMINDER_ASSESSMENT,
    REMINDER_COMMENTS,
    REMINDER_CONTRIBUTION,
    REMINDER_COVENANT,
    Kind,
    Notice,
    the_accounts,
    the_unit,
)
from shared.clock import VIETNAM
from shared.contracts.refusals import BadInput, Fault
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
        """What tells it apart within its cycle."""
        return "/".join((self.matter, self.member.unit, self.account, self.due_on.isoformat()))

    def days_late(self, today: date) -> int:
        """Calendar days since the day due; 0 while it is not over."""
        return max(0, (today - self.due_on).days)


def check_reminders(days: Sequence[int]) -> tuple[int, ...]:
    """The days in descending order, each once; raises BadInput on `days`."""
    if len(days) > MOST_STAGES or any(not 0 <= day <= LONGEST_STAGE for day in days):
        said = sentence(
            "At most %(most)s whole numbers of working days, each from 0 to %(longest)s.",
            most=MOST_STAGES,
            longest=LONGEST_STAGE,
        )
        raise BadInput([Fault(said, path="days")])
    return tuple(sorted(set(days), reverse=True))


def waiting_of(unit: str, contributions: Mapping[str, Contribution]) -> list[Waiting]:
    """What contributors of one unit have not handed in, by account and day due."""
    still: dict[tuple[str, str, date], list[str]] = {}
    for code, one in sorted(contributions.items()):
        if one.state in (ASSIGNED, RETURNED) and one.due_on is not None:
            still.setdefault((one.account, one.name, one.due_on), []).append(code)
    return [Waiting(unit, *key, tuple(codes)) for key, codes in sorted(still.items())]


def last_day(deadline_at: datetime) -> date:
    """The last day on which something due at this (exclusive) moment is in time."""
    return (deadline_at - timedelta(seconds=1)).astimezone(VIETNAM).date()


@lru_cache(maxsize=512)
def days_left(today: date, due_on: date) -> int:
    """Working days after today up to the day due, that day included; negative: calendar days it is late."""
    if due_on < today:
        return (due_on - today).days
    return sum(is_working_day(today + timedelta(days=number)) for number in range(1, (due_on - today).days + 1))


def stage_of(today: date, due_on: date, days: Sequence[int]) -> int | None:
    """Which reminder is due: the smallest number of working days before the day due that has been reached.

    None: it is too early, or the day is over (what is late stands in the overdue list).
    """
    # Far enough away, no holidays bring it near: at least five days in seven are worked, but for some weeks of Tết.
    if not days or not 0 <= (due_on - today).days <= 3 * max(days) + 30:
        return None
    left = days_left(today, due_on)
    return min((stage for stage in days if left <= stage), default=None)


def reminder(council: str, cycle: str, owed: Owed, today: date, occasion: str) -> Notice:
    """The notice that reminds of it; the same occasion never reminds twice."""
    day = owed.due_on.strftime("%d/%m/%Y")
    left = days_left(today, owed.due_on)
    said = sentence("Due on %(day)s; working days left: %(left)s", day=day, left=left)
    if left < 0:
        said = sentence("It was due on %(day)s.", day=day)
    to = the_accounts(owed.account) if owed.account else the_unit(council, owed.member.unit)
    unit = owed.member.unit
    return Notice(REMINDERS[owed.matter], to, cycle, unit, said, once=f"{cycle}/{owed.key}/{occasion}")
