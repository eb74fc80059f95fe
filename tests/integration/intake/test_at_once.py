"""Many at once on one database: nothing overwritten unseen, nothing taken twice, nothing after the close."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import Celery

from services.intake.administration.actions import close_intake, create_cycle, open_cycle
from services.intake.assessments.actions import save_draft, save_items
from services.intake.assessments.queries import read_draft
from services.intake.cycles.queries import read_cycle
from services.intake.directory.actions import record_memberships, record_units
from services.intake.store import SqlStore
from services.intake.submissions.actions import submit
from services.intake.tasks import register_tasks
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.contracts.refusals import Kind, Refusal
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    a_directory,
    administrator,
    an_open_cycle,
    leader,
    membership,
    new_cycle,
    officer,
    said,
    unit,
)
from tests.builders.intake_worker import surroundings

Feed = Callable[[], list[Event]]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run all calls at the same moment; each one's result, or its refusal."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_whole_saves_one_wins_and_the_other_is_told(intake: SqlStore) -> None:
    an_open_cycle(intake)
    for version in range(5):
        results = together(
            *(
                lambda n=n, version=version: save_draft(
                    intake, officer(account=str(n)), CYCLE, "HN", [said("C1", 10.0 * version + n)], version
                )
                for n in range(4)
            )
        )
        refused = [one for one in results if isinstance(one, Refusal)]
        assert [one.kind for one in refused] == [Kind.STALE] * 3
        assert read_draft(intake, officer(), CYCLE, "HN").draft.version == version + 1


def test_officers_at_different_items_all_keep_their_work(intake: SqlStore) -> None:
    an_open_cycle(intake)
    codes = ["C1", "C2", "C3", "B1", "X1"]
    results = together(
        *(
            lambda code=code: save_items(intake, officer(account=code), CYCLE, "HN", [said(code, 1)], 0)
            for code in codes
        )
    )
    assert not [one for one in results if isinstance(one, Refusal)]
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert (set(draft.claims), draft.version) == (set(codes), 5)
    with intake.view() as view:
        assert len(view.history.of(f"assessment:{CYCLE}/HN")) == 5


def test_the_same_click_many_times_is_one_submission(intake: SqlStore, feed: Feed) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5)], 0)
    results = together(*[lambda: submit(intake, leader(), CYCLE, "HN", seen=1)] * 6)
    assert sorted(created for _, created in results) == [False] * 5 + [True]
    assert len({one.content_sha256 for one, _ in results}) == 1
    assert len([event for event in feed() if event.type == "submission_sent"]) == 1


def test_nothing_is_taken_after_the_close_whoever_comes_first(intake: SqlStore, feed: Feed) -> None:
    an_open_cycle(intake)
    results = together(
        *(
            lambda code=code: submit(intake, leader(code), CYCLE, code, seen=None, given=[said("C1", 5)])
            for code in ("HN", "HP", "QN")
        ),
        lambda: close_intake(intake, administrator(), CYCLE),
    )
    taken = [one for one in results[:3] if not isinstance(one, Refusal)]
    events = [event.type if event.type == "submission_sent" else event.data["state"] for event in feed()]
    assert events[0] == "open"
    assert events.count("submission_sent") == len(taken)
    assert events[-1] == "intake_closed"  # whatever was accepted stands before it in the feed


def test_two_lists_at_once_leave_a_sound_directory(intake: SqlStore) -> None:
    a_directory(intake)
    record_units(intake, administrator(), COUNCIL, [unit("NB")])
    results = together(*[lambda: record_memberships(intake, administrator(), COUNCIL, [membership("NB")])] * 4)
    assert sorted((one.added, one.unchanged) for one in results) == [(0, 1), (0, 1), (0, 1), (1, 0)]


def test_a_cycle_is_prepared_and_opened_once(intake: SqlStore, feed: Feed) -> None:
    a_directory(intake)
    made = together(*[lambda: create_cycle(intake, administrator(), new_cycle())] * 4)
    assert sorted(created for _, created in made) == [False, False, False, True]
    opened = together(*[lambda: open_cycle(intake, administrator(), CYCLE)] * 4)
    assert [one.kind for one in opened if isinstance(one, Refusal)] == [Kind.CONFLICT] * 3
    assert len(feed()) == 1


def test_the_task_closes_what_is_due_and_only_once(intake: SqlStore, clock: FrozenClock, feed: Feed) -> None:
    an_open_cycle(intake)
    app = Celery("test", set_as_current=False)
    task = register_tasks(app, surroundings(intake))["intake.close_due_cycles"]
    assert app.tasks["intake.close_due_cycles"] is not None
    task()
    assert read_cycle(intake, officer(), CYCLE).cycle.state == "open"
    clock.forward(days=40)
    together(*[task] * 3)
    assert [event.data["state"] for event in feed()] == ["open", "intake_closed"]
