"""Extensions, and what they open and close: on the fake and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import marshmallow as ma
import pytest

from services.intake.administration.actions import archive_cycle, close_due_cycles, close_intake, create_cycle
from services.intake.assessments.actions import save_items
from services.intake.assessments.queries import read_draft
from services.intake.cycles.actions import GivenExtension, extend
from services.intake.cycles.queries import read_calendar, read_cycle
from services.intake.ports import Store
from services.intake.submissions.actions import submit, take_step
from services.intake.submissions.model import Submission
from services.intake.submissions.queries import read_submissions
from shared.clock import FrozenClock, end_of_day
from shared.contracts.events import Event
from shared.contracts.intake_v1 import CycleRecorded
from shared.contracts.refusals import BadInput, Kind, Refusal
from tests.builders.intake import CYCLE, administrator, an_open_cycle, leader, new_cycle, officer, reviewer, said

DEADLINE = date(2026, 12, 20)


def send(intake: Store, unit: str = "HN", value: float = 5) -> Submission:
    return submit(intake, leader(unit), CYCLE, unit, seen=None, given=[said("C1", value, 20)])[0]


def go_to(clock: FrozenClock, day: date, hour: int = 5) -> None:
    clock.moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_more_time_for_all_travels_in_the_feed(
    intake: Store, clock: FrozenClock, feed: Callable[[], list[Event]]
) -> None:
    an_open_cycle(intake)
    extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 31), "Bão số 9", late_days=3))
    event = feed()[-1]
    loaded = CycleRecorded(unknown=ma.RAISE).load(dict(event.data))
    assert (loaded["deadline_at"], event.subject_version) == (end_of_day(date(2026, 12, 31)), 3)
    cycle = read_cycle(intake, officer(), CYCLE).cycle
    assert (cycle.deadline_at, cycle.closes_at) == (end_of_day(date(2026, 12, 31)), end_of_day(date(2027, 1, 3)))
    go_to(clock, date(2026, 12, 30))
    assert close_due_cycles(intake) == []
    assert not send(intake).late
    go_to(clock, date(2027, 1, 2))
    assert send(intake, "HP").late
    go_to(clock, date(2027, 1, 4))
    assert close_due_cycles(intake) == [CYCLE]
    # Preparing the same cycle once more is still the same command.
    assert create_cycle(intake, administrator(), new_cycle())[1] is False


def test_more_time_for_one_unit_is_that_units_alone(intake: Store, clock: FrozenClock) -> None:
    an_open_cycle(intake)
    given = GivenExtension(date(2027, 1, 10), "Sáp nhập", unit="HP", document="12/CV-BTĐKT")
    extend(intake, administrator(), CYCLE, given)
    go_to(clock, date(2026, 12, 21))
    assert close_due_cycles(intake) == [CYCLE]
    with pytest.raises(Refusal) as caught:
        send(intake)
    assert (caught.value.code, caught.value.kind) == ("intake_closed", Kind.CONFLICT)
    assert read_draft(intake, officer("HP"), CYCLE, "HP").editable
    assert not read_draft(intake, officer(), CYCLE, "HN").editable
    assert not send(intake, "HP").late
    go_to(clock, date(2027, 1, 11))
    with pytest.raises(Refusal) as caught:
        send(intake, "HP", 6)
    assert caught.value.code == "intake_closed"


def test_a_returned_unit_gets_time_to_send_again(intake: Store, clock: FrozenClock) -> None:
    an_open_cycle(intake)
    send(intake)
    go_to(clock, date(2026, 12, 22))
    close_due_cycles(intake)
    with pytest.raises(Refusal) as caught:
        take_step(intake, reviewer(), CYCLE, "HN", 1, "returned", "Thiếu", date(2026, 12, 28))
    assert caught.value.kind is Kind.FORBIDDEN  # more time is the administrators' to give
    with pytest.raises(BadInput):
        take_step(intake, administrator(), CYCLE, "HN", 1, "returned", "Thiếu", date(2026, 12, 1))
    assert read_submissions(intake, officer(), CYCLE, "HN").state_of(1) == "submitted"
    take_step(intake, administrator(), CYCLE, "HN", 1, "returned", "Thiếu", date(2026, 12, 28))
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 6, 24)], 1)
    again, _ = submit(intake, leader(), CYCLE, "HN", seen=2)
    assert (again.number, again.late) == (2, False)
    with pytest.raises(Refusal):
        send(intake, "HP")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (GivenExtension(DEADLINE, "Bão"), "deadline_on"),
        (GivenExtension(date(2026, 11, 1), "Bão"), "deadline_on"),
        (GivenExtension(date(2026, 12, 31), "  "), "reason"),
    ],
)
def test_what_is_no_extension_is_asked_about(intake: Store, given: GivenExtension, path: str) -> None:
    an_open_cycle(intake)
    with pytest.raises(BadInput) as caught:
        extend(intake, administrator(), CYCLE, given)
    assert [fault.path for fault in caught.value.faults] == [path]
    assert read_cycle(intake, officer(), CYCLE).cycle.extensions == ()


def test_who_extends_and_when(intake: Store) -> None:
    an_open_cycle(intake)
    given = GivenExtension(date(2026, 12, 31), "Bão")
    for actor in (officer(), leader(), reviewer(), administrator("ha-noi")):
        with pytest.raises(Refusal) as caught:
            extend(intake, actor, CYCLE, given)
        assert caught.value.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND)
    with pytest.raises(Refusal) as caught:
        extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 31), "Bão", unit="ZZ"))
    assert caught.value.kind is Kind.NOT_FOUND
    close_intake(intake, administrator(), CYCLE)
    with pytest.raises(Refusal) as caught:
        extend(intake, administrator(), CYCLE, given)
    assert caught.value.kind is Kind.CONFLICT
    extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 31), "Bão", unit="HN"))
    archive_cycle(intake, administrator(), CYCLE)
    with pytest.raises(Refusal) as caught:
        extend(intake, administrator(), CYCLE, GivenExtension(date(2027, 12, 31), "Bão", unit="HN"))
    assert caught.value.kind is Kind.CONFLICT


def test_the_calendar_counts_working_days(intake: Store, clock: FrozenClock) -> None:
    an_open_cycle(intake)
    view = read_calendar(intake, reviewer(), CYCLE)
    assert (view.today, view.deadline_on, view.deadline_is_day_off) == (date(2026, 11, 22), DEADLINE, True)
    # Four weeks of five days, one of them Ngày Văn hóa Việt Nam.
    assert (view.left, [one.day for one in view.days_off]) == (19, [date(2026, 11, 24)])
    clock.moment += timedelta(days=60)
    assert read_calendar(intake, reviewer(), CYCLE).left == 0
