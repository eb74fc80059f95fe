"""The outbox misses no row in whatever order they commit; its reader follows restores and parks what fails."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from shared.contracts.events import Event, EventSchema
from shared.plumbing.database import Database, UnitOfWork
from shared.plumbing.feed_reader import FeedReader, MissingReference, ParkedEvent, reader_report, retry_parked
from shared.plumbing.outbox import read_after

WRITERS = 8
ROWS_EACH = 400


class DirectFeed:
    """Serves a database's outbox as its HTTP feed does, without the HTTP."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.calls = 0

    def get_json(self, path: str, **params: Any) -> Any:
        assert path == "/v1/events"
        self.calls += 1
        with self.database.reader() as connection:
            page = read_after(connection, params["after"], params["limit"])
        return {"feed": str(page["feed"]), "events": EventSchema(many=True).dump(page["events"]), "next": page["next"]}


class Notebook:
    """A reader that writes each subject's text into `note`, and fails where it is asked to."""

    def __init__(self, source: Database, own: Database) -> None:
        self.own = own
        self.feed = DirectFeed(source)
        self.reader = FeedReader("notebook", self.feed, {"noted": self.take})
        self.failures: dict[str, Exception] = {}
        self.handled: list[tuple[str, int]] = []

    def take(self, uow: UnitOfWork, event: Event) -> None:
        if event.subject in self.failures:
            # Something was already written when it failed: the savepoint must undo it.
            uow.connection.execute(sa.text("INSERT INTO note VALUES ('half done')"))
            raise self.failures[event.subject]
        self.handled.append((event.subject, event.subject_version))
        uow.connection.execute(
            sa.text("INSERT INTO note VALUES (:text) ON CONFLICT DO NOTHING"), {"text": event.data["text"]}
        )

    def drain(self) -> int:
        return self.reader.drain(self.own)

    def report(self) -> dict[str, Any]:
        with self.own.reader() as connection:
            return reader_report(connection)[0]


def note(database: Database, subject: str, version: int = 1, text: str | None = None) -> None:
    with database.unit_of_work() as uow:
        uow.publish(Event("noted", subject, version, uow.now, {"text": text or f"{subject} {version}"}))
        uow.commit()


def notes(database: Database) -> set[str]:
    with database.reader() as connection:
        return set(connection.execute(sa.text("SELECT text FROM note")).scalars())


def test_reader_misses_no_row_of_concurrent_writers(plumbing_database: Callable[..., Database]) -> None:
    source, own = plumbing_database(pool_size=WRITERS), plumbing_database()
    notebook = Notebook(source, own)
    start = threading.Barrier(WRITERS + 1)
    errors: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            start.wait()
            for row in range(ROWS_EACH):
                note(source, f"subject-{writer}-{row}")
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    start.wait()
    while any(thread.is_alive() for thread in writers):
        notebook.drain()
    for thread in writers:
        thread.join()
    notebook.drain()
    assert not errors
    assert notebook.feed.calls > 10, "the reader did not read while the writers wrote"
    assert len(notes(own)) == WRITERS * ROWS_EACH
    assert len(notebook.handled) == WRITERS * ROWS_EACH, "an event was handled twice"


def test_without_the_lock_a_late_commit_would_be_passed(plumbing_database: Callable[..., Database]) -> None:
    """Why `append` locks: a row whose position was taken first but committed last is behind the cursor."""
    source = plumbing_database()
    insert = sa.text(
        "INSERT INTO outbox_event (id, type, version, occurred_at, subject, subject_version, data)"
        " VALUES (gen_random_uuid(), 'noted', 1, now(), :subject, 1, '{\"text\": \"x\"}')"
    )
    with source.engine.connect() as slow, source.engine.connect() as fast:
        slow.execute(insert, {"subject": "slow"})
        fast.execute(insert, {"subject": "fast"})
        fast.commit()
        with source.reader() as connection:
            cursor = read_after(connection, 0, 10)["next"]
        slow.commit()
    with source.reader() as connection:
        assert read_after(connection, cursor, 10)["events"] == []
        assert len(read_after(connection, 0, 10)["events"]) == 2


def test_same_event_twice_changes_nothing(plumbing_database: Callable[..., Database]) -> None:
    source, own = plumbing_database(), plumbing_database()
    notebook = Notebook(source, own)
    note(source, "a", 1)
    note(source, "a", 3, "newest")
    note(source, "a", 2, "older, arriving late")
    assert notebook.drain() == 3
    assert notebook.handled == [("a", 1), ("a", 3)]
    with own.unit_of_work() as uow:
        uow.connection.execute(sa.text("UPDATE feed_cursor SET position = 0"))
        uow.commit()
    notebook.drain()
    assert notebook.handled == [("a", 1), ("a", 3)]


def test_restored_feed_is_replayed_and_older_versions_are_taken(plumbing_database: Callable[..., Database]) -> None:
    source, own = plumbing_database(), plumbing_database()
    notebook = Notebook(source, own)
    note(source, "kept", 1)
    note(source, "rewound", 5, "lost by the restore")
    note(source, "gone", 1)
    notebook.drain()
    with source.unit_of_work() as uow:
        uow.connection.execute(sa.text("DELETE FROM outbox_event WHERE subject <> 'kept'"))
        uow.connection.execute(sa.text("UPDATE feed_identity SET feed = gen_random_uuid()"))
        uow.commit()
    note(source, "rewound", 2, "written after the restore")
    notebook.drain()
    assert ("rewound", 2) in notebook.handled
    assert notebook.handled.count(("kept", 1)) == 2
    assert "written after the restore" in notes(own)
    assert notebook.report()["vanished"] == 1


def test_missing_reference_waits_and_blocks_only_its_subject(plumbing_database: Callable[..., Database]) -> None:
    source, own = plumbing_database(), plumbing_database()
    notebook = Notebook(source, own)
    notebook.failures["early"] = MissingReference()
    note(source, "early", 1)
    note(source, "early", 2)
    note(source, "other", 1)
    notebook.drain()
    assert notebook.handled == [("other", 1)]
    assert notebook.report()["waiting"] == 2
    for _ in range(6):
        notebook.drain()
    assert notebook.report()["parked"] == 0, "waiting for a reference is no failure"
    notebook.failures.clear()
    notebook.drain()
    assert notebook.handled == [("other", 1), ("early", 1), ("early", 2)]
    assert notebook.report()["waiting"] == 0
    assert "half done" not in notes(own)


def test_failing_event_is_parked_after_five_tries(
    plumbing_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from shared.clock import FrozenClock

    clock = FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))
    source, own = plumbing_database(), plumbing_database(clock=clock)
    notebook = Notebook(source, own)
    notebook.failures["broken"] = ValueError("not for anybody's eyes")
    note(source, "broken", 1)
    note(source, "fine", 1)
    for _ in range(8):
        notebook.drain()
        clock.forward(minutes=1)
    report = notebook.report()
    assert (report["parked"], report["waiting"]) == (1, 0)
    assert notes(own) == {"fine 1"}
    with own.reader() as connection:
        row = connection.execute(sa.text("SELECT attempts, error FROM feed_waiting")).one()
    assert (row.attempts, row.error) == (5, "ValueError")
    notebook.failures.clear()
    with own.unit_of_work() as uow:
        assert retry_parked(uow) == [ParkedEvent("notebook", 1, "broken", "ValueError")]
        uow.commit()
    notebook.drain()
    assert notes(own) == {"fine 1", "broken 1"}


def test_two_drains_at_once_are_one(plumbing_database: Callable[..., Database]) -> None:
    source, own = plumbing_database(), plumbing_database()
    notebook = Notebook(source, own)
    note(source, "a", 1)
    notebook.drain()
    note(source, "b", 1)
    with own.engine.connect() as busy:
        busy.execute(sa.text("SELECT * FROM feed_cursor FOR UPDATE"))
        assert notebook.drain() == 0
    assert notebook.drain() == 1


def test_nothing_is_published_without_the_commit(plumbing_database: Callable[..., Database]) -> None:
    source = plumbing_database()
    with source.unit_of_work() as uow:
        uow.publish(Event("noted", "a", 1, uow.now, {"text": "x"}, id=uuid.uuid4()))
        uow.connection.execute(sa.text("INSERT INTO note VALUES ('x')"))
    with source.reader() as connection:
        assert read_after(connection, 0, 10)["events"] == []
    assert notes(source) == set()
