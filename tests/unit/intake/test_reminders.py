"""Days of reminders, and what keeps a reminder from coming twice."""

from datetime import date

import pytest

from services.intake.cycles.model import Member
from services.intake.reminders.model import ASSESSMENT, MOST_STAGES, Owed
from services.intake.reminders.rules import check_reminders, reminder
from shared.contracts.refusals import BadInput
from shared.criteria.model import Title

OWED = Owed(ASSESSMENT, Member("HN", Title(vi="Hà Nội"), "K1"), date(2026, 12, 18))


def test_a_day_given_twice_reminds_once() -> None:
    assert check_reminders((3, 10, 3, 1, 10)) == (10, 3, 1)
    assert check_reminders(()) == ()


@pytest.mark.parametrize("days", [(-1,), (61,), tuple(range(MOST_STAGES + 1))])
def test_days_that_are_none_are_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        check_reminders(days)


def test_one_occasion_reminds_of_one_thing_once() -> None:
    first = reminder("central", "c", OWED, date(2026, 12, 14), "3 days")
    assert first.once is not None
    assert first.once == reminder("central", "c", OWED, date(2026, 12, 15), "3 days").once
    later = Owed(ASSESSMENT, OWED.member, date(2026, 12, 25))
    others = {
        first.once,
        reminder("central", "c", OWED, date(2026, 12, 17), "1 days").once,
        reminder("central", "c", later, date(2026, 12, 14), "3 days").once,
        reminder("central", "other", OWED, date(2026, 12, 14), "3 days").once,
    }
    assert len(others) == 4
