"""Work rows: asked for once, claimed by one, finished once, whatever dies in between."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from shared.clock import FrozenClock
from shared.plumbing import work
from shared.plumbing.database import Database


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def database(plumbing_database: Callable[..., Database], clock: FrozenClock) -> Database:
    return plumbing_database(clock=clock)


def ask(database: Database, key: str) -> bool:
    with database.unit_of_work() as uow:
        asked = work.enqueue(uow, "screening", key, {"key": key})
        uow.commit()
    return asked


def states(database: Database) -> dict[str, int]:
    with database.reader() as connection:
        return {row["state"]: row["count"] for row in work.open_work(connection)}


def test_same_work_is_asked_for_once(database: Database) -> None:
    assert ask(database, "a")
    assert not ask(database, "a")
    claimed = work.claim(database, "screening")
    assert claimed is not None
    with database.unit_of_work() as uow:
        work.finish(uow, claimed)
        uow.commit()
    assert not ask(database, "a"), "done work with the same inputs is not done again"
    assert work.claim(database, "screening") is None


def test_each_piece_goes_to_one_of_many_workers(plumbing_database: Callable[..., Database]) -> None:
    database = plumbing_database()
    for number in range(60):
        ask(database, f"piece {number}")
    done: list[str] = []

    def labour() -> None:
        while (claimed := work.claim(database, "screening")) is not None:
            with database.unit_of_work() as uow:
                work.finish(uow, claimed)
                uow.commit()
            done.append(claimed.key)

    workers = [threading.Thread(target=labour) for _ in range(4)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert sorted(done) == sorted(f"piece {number}" for number in range(60))


def test_lease_of_a_dead_worker_runs_out(database: Database, clock: FrozenClock) -> None:
    ask(database, "a")
    dead = work.claim(database, "screening", lease_seconds=60)
    assert dead is not None
    assert work.claim(database, "screening") is None
    clock.forward(seconds=61)
    successor = work.claim(database, "screening")
    assert successor is not None
    assert successor.attempts == 2
    with database.unit_of_work() as uow, pytest.raises(work.LeaseLost):
        work.finish(uow, dead)
    with pytest.raises(work.LeaseLost):
        work.renew(database, dead)
    with database.unit_of_work() as uow:
        work.finish(uow, successor)
        uow.commit()
    assert states(database) == {}


def test_renewed_lease_is_kept(database: Database, clock: FrozenClock) -> None:
    ask(database, "a")
    claimed = work.claim(database, "screening", lease_seconds=60)
    assert claimed is not None
    clock.forward(seconds=50)
    work.renew(database, claimed, lease_seconds=60)
    clock.forward(seconds=50)
    assert work.claim(database, "screening") is None


def test_attempts_are_bounded_and_the_failure_is_seen(database: Database) -> None:
    ask(database, "a")
    for _ in range(3):
        claimed = work.claim(database, "screening", attempts=3)
        assert claimed is not None
        work.fail(database, claimed, ValueError("nobody reads this"))
    assert work.claim(database, "screening", attempts=3) is None
    assert states(database) == {"failed": 1}
    with database.reader() as connection:
        errors = connection.execute(sa.text("SELECT error FROM work")).scalars().all()
    assert errors == ["ValueError"]
