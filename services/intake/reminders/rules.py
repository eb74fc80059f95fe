"""What units still owe a cycle, by when, how late it is, and when to remind of it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

from services.intake.assessments.model import ASSIGNED, RETURNED, Contribution
from services.intake.notices.model import Notice
from services.intake.notices.rules import the_accounts, the_unit
from services.intake.reminders.model import LONGEST_STAGE, MOST_STAGES, REMINDERS, Owed, Waiting
from services.intake.working_days import is_working_day
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence


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
