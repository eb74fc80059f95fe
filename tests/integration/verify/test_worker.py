"""A real Celery worker on real PostgreSQL and Redis, reading intake over HTTP; and one that is killed in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from services.verify import tables as t
from services.verify.reviews import tables as review_tables
from shared.plumbing.celery import CeleryWaker
from shared.plumbing.database import Database
from shared.plumbing.tokens import TokenVerifier
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import Town
from tests.servers import TestDatabase

WORK, OUTBOX = t.metadata.tables["work"], t.metadata.tables["outbox_event"]
PATIENCE = 60.0


def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    limit = time.monotonic() + patience
    while not true():
        assert time.monotonic() < limit, f"waited too long: {what}"
        time.sleep(0.1)


@contextmanager
def served(intake: Intake, town: Town) -> Iterator[str]:
    """Intake's feed over HTTP, for those whose token says that verify is asking intake."""
    app = Flask("intake")
    trusted = {name: signer.jwks() for name, signer in town.signers.items()}
    verifier = TokenVerifier(trusted, "intake")

    @app.get("/v1/events")
    def events() -> Any:
        actor = verifier.verify(request.headers["Authorization"].removeprefix("Bearer "))
        assert actor.account == "verify"
        return jsonify(intake.get_json("/v1/events", **{name: int(n) for name, n in request.args.items()}))

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Suite:
    """Starts and kills workers."""

    def __init__(self, folder: Path, url: str, redis_url: str, intake_url: str, town: Town) -> None:
        self.redis_url = redis_url
        self.folder = folder
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "PUBLIC_URL": "http://localhost/verify",
            "SECRET_KEY": "not secret in a test",
            "SIGNING_KEY_FILE": str(town.settings.signing_key_file),
            "TRUSTED_KEYS_FILE": str(town.settings.trusted_keys_file),
            "INTAKE_URL": intake_url,
            "VERIFY_URL": "http://localhost/verify",
            "RANKING_URL": "http://localhost/ranking",
            "LEASE_SECONDS": "3",
            "OMP_NUM_THREADS": "1",
            "SCREENING_TURN": "20",
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self.waker = CeleryWaker(redis_url)

    def start(self) -> subprocess.Popen[bytes]:
        name = f"worker-{len(self.workers)}"
        command = (
            f"-m celery -A services.verify.worker worker -Q verify -n {name}@%h --concurrency 2 --loglevel WARNING"
        )
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers.append(
                subprocess.Popen(
                    [sys.executable, *command.split()],
                    env=self.environment,
                    cwd=Path(__file__).parents[3],
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        return self.workers[-1]

    def wake_up(self, task: str) -> None:
        self.waker.wake_up(task, "verify")

    def kill(self) -> None:
        """Kill -9 everything that still runs."""
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.workers.clear()


@pytest.fixture
def database(make_database: Callable[[str], TestDatabase], wake_ups: Any) -> Iterator[Database]:
    """One of the test's own: workers are killed in the middle of their transactions."""
    made = Database(make_database("verify").url, waker=wake_ups)
    yield made
    made.close()


@pytest.fixture
def town(tmp_path: Path, database: Database) -> Town:
    return Town(tmp_path, database)


@pytest.fixture
def suite(tmp_path: Path, database: Database, redis_url: str, intake: Intake, town: Town) -> Iterator[Suite]:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with served(intake, town) as address:
        made = Suite(tmp_path, url, redis_url, address, town)
        yield made
        made.kill()


def rows(database: Database, table: sa.Table) -> list[dict[str, Any]]:
    with database.reader() as connection:
        return [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]


def test_a_worker_reads_the_feed_and_screens(database: Database, intake: Intake, suite: Suite) -> None:
    intake.records(says.cycle())
    for unit, cluster in (("AA", "NORTH"), ("BB", "NORTH"), ("CC", "SOUTH")):
        intake.receives(says.submission(unit, {"C1": 50.0, "C2": 50.0, "C3": 60.0}, cluster=cluster))
    suite.start()
    # One wake-up: the worker sends the next for the screenings by itself.
    suite.wake_up("verify.drain_feeds")
    until(
        lambda: {row["cohort"] for row in rows(database, review_tables.review_item)} == {True}, "the cohort is screened"
    )
    until(lambda: {row["state"] for row in rows(database, WORK)} <= {"done", "discarded"}, "all work is finished")
    assert len(rows(database, review_tables.review_item)) == 9
    assert [(e["subject"], e["subject_version"]) for e in rows(database, OUTBOX) if e["data"]["cohort_screened"]]


@pytest.mark.timeout(240)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_does_it_once(
    database: Database, intake: Intake, drain: Callable[[], int], suite: Suite, databases: Any
) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 50.0, "C2": 50.0, "C3": 60.0}))
    drain()
    address = database.engine.url
    admin = databases.admin_url.rsplit("/", 1)[0] + f"/{address.database}"
    with psycopg.connect(admin) as hindrance:
        # Whoever writes items waits here: the worker is stopped after it computed, before it committed.
        hindrance.execute("LOCK TABLE review_item IN EXCLUSIVE MODE")
        suite.start()
        suite.wake_up("verify.screen")

        def stopped() -> bool:
            with psycopg.connect(admin) as eyes:
                waiting = eyes.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'verify' AND wait_event_type = 'Lock'"
                    " AND datname = %s",
                    [address.database],
                ).fetchone()
            return waiting == (1,)

        until(stopped, "the worker writes")
        suite.kill()
        hindrance.rollback()
    (work,) = rows(database, WORK)
    assert work["state"] == "claimed"
    assert (
        rows(database, review_tables.review_item)
        == rows(database, review_tables.finding)
        == rows(database, OUTBOX)
        == []
    )

    suite.start()

    def done() -> bool:
        suite.wake_up("verify.wake_up_for_open_work")
        time.sleep(0.5)
        return [row["state"] for row in rows(database, WORK)] == ["done"]

    until(done, "the lease is over and somebody else has done it")
    (work,) = rows(database, WORK)
    assert work["attempts"] == 2
    assert len(rows(database, review_tables.review_item)) == 3
    assert [event["subject_version"] for event in rows(database, OUTBOX)] == [1]


def many(intake: Intake, cycle: str, units: int) -> None:
    """A complete cycle of two criteria; every tenth unit claims what nobody else does."""
    names = [f"U{number:05d}" for number in range(units)]
    clusters = {f"K{start:05d}": names[start : start + 10] for start in range(0, units, 10)}
    said = says.cycle(cycle, clusters)
    intake.records(said)
    for number, unit in enumerate(names):
        claims = {"C1": 100.0 if number % 10 == 0 else 40.0 + number % 7, "C2": 50.0 + number % 5}
        intake.receives(says.submission(unit, claims, cycle=said, cluster=f"K{number // 10 * 10:05d}", evidence=()))


def only_the_newest(database: Database) -> None:
    """Leave the last screening of every cohort to be done, as if nobody had looked before."""
    cycle = WORK.c.payload["cycle"].astext
    newest = sa.func.max(sa.cast(WORK.c.payload["changes"].astext, sa.Integer))
    keys = sa.select(cycle + "/cohort/" + sa.cast(newest, sa.Text)).where(WORK.c.payload["unit"].astext.is_(None))
    with database.unit_of_work() as uow:
        stale = WORK.c.key.not_in(keys.group_by(cycle))
        uow.connection.execute(sa.update(WORK).where(stale).values(state="discarded"))
        uow.commit()


def nothing_twice(database: Database, units: int) -> None:
    """Every item and every unit once, told once, and no finding kept twice."""
    items = rows(database, review_tables.review_item)
    assert len(items) == 2 * units
    assert {row["cohort"] for row in items} == {True}
    events = rows(database, OUTBOX)
    assert [event["subject_version"] for event in events] == [1] * units
    assert len({event["subject"] for event in events}) == units
    kept = [
        (row["cycle"], row["unit"], row["criterion"], row["content_sha256"])
        for row in rows(database, review_tables.finding)
    ]
    assert len(kept) == len(set(kept))


@pytest.mark.whole
@pytest.mark.timeout(400)
def test_a_worker_killed_between_two_turns_is_gone_on_from_where_it_was(
    database: Database, intake: Intake, drain: Callable[[], int], suite: Suite, databases: Any
) -> None:
    units = 50
    many(intake, "nation", units)
    drain()
    only_the_newest(database)
    admin = databases.admin_url.rsplit("/", 1)[0] + f"/{database.engine.url.database}"
    columns = ", ".join(
        column.name
        for column in review_tables.review_item.columns
        if not column.nullable and column.server_default is None
    )
    with psycopg.connect(admin) as hindrance:
        # Whoever writes this item, which is of the second turn, waits here.
        hindrance.execute(
            f"INSERT INTO review_item ({columns}) SELECT cycle, unit, 'C1', cluster, 0, submission, true, false, 0,"
            " '{}', '{}', '{}', false, '[]', '', 'open', 'unverifiable', 'none', false, false, 1, now()"
            " FROM cycle_member WHERE unit = 'U00045'".encode()
        )
        suite.start()
        suite.wake_up("verify.screen")
        until(lambda: bool(rows(database, review_tables.review_item)), "the first turn is written", 3 * PATIENCE)
        suite.kill()
        hindrance.rollback()
    written = rows(database, review_tables.review_item)
    assert 0 < len(written) < 2 * units
    clusters = {row["cluster"] for row in written}
    assert len(written) == 2 * 10 * len(clusters)  # whole clusters
    assert [row["state"] for row in rows(database, WORK) if row["state"] != "discarded"] == ["claimed"]

    suite.start()

    def done() -> bool:
        suite.wake_up("verify.wake_up_for_open_work")
        time.sleep(0.5)
        return [row["state"] for row in rows(database, WORK) if row["state"] != "discarded"] == ["done"]

    until(done, "somebody else has done the rest", 3 * PATIENCE)
    nothing_twice(database, units)


@pytest.mark.whole
@pytest.mark.timeout(400)
def test_two_workers_share_the_cohorts_of_several_cycles(
    database: Database, intake: Intake, drain: Callable[[], int], suite: Suite, tmp_path: Path
) -> None:
    cycles, units = 6, 30
    for number in range(cycles):
        many(intake, f"cycle-{number}", units)
    drain()
    only_the_newest(database)
    suite.start()
    suite.start()
    logs = [tmp_path / f"worker-{number}.log" for number in range(2)]

    def done() -> bool:
        suite.wake_up("verify.screen")
        time.sleep(0.5)
        return {row["state"] for row in rows(database, WORK)} == {"done", "discarded"}

    until(done, "all cohorts are screened", 3 * PATIENCE)
    nothing_twice(database, cycles * units)
    assert {row["attempts"] for row in rows(database, WORK) if row["state"] == "done"} == {1}
    finished = [log.read_text().count("screening_finished") for log in logs]
    assert sum(finished) == cycles, finished
