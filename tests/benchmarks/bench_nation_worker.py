"""The nation on the Celery worker: 34 provinces, 3,321 communes, 100,000 agencies × 40 criteria, in real servers.

Claims, figures of a source for a fifth of the criteria, ratings for two fifths and one earlier cycle are copied into
verify's database; then the task `verify.screen` runs in a real worker (real PostgreSQL with its usual durability, real
Redis). Of each size: the seconds of the first screening and of one again after something about a single unit changed,
the largest memory of worker and PostgreSQL (proportional share), the rows it left, and how the processor's time grows
beside the number of items.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg

from deploy.embedded import EmbeddedPostgres
from services.verify.claims.actions.receive import record_cycle
from services.verify.claims.actions.screenings import request_screenings
from services.verify.claims.model import TASK
from services.verify.store import SqlStore
from shared.plumbing.celery import CeleryWaker
from shared.plumbing.database import Database
from shared.plumbing.tokens import create_signing_key
from tests.integration.verify import intake as says
from tests.needs import ROOT
from tests.servers import Databases, start_redis

SIZES = {"provinces": 34, "communes": 3321, "agencies": 100_000}
CRITERIA, CLUSTER = 40, 10
NOW, BEFORE = "nation-2025", "nation-2024"
MOMENT = "2026-03-01 08:00+00"
COUNTED = ("review_item", "finding", "outbox_event")


def framework() -> dict[str, Any]:
    """Forty criteria: every fifth with a `same` source, two of five with a rating, the rest with none."""
    criteria: list[dict[str, Any]] = []
    for column in range(CRITERIA):
        criterion: dict[str, Any] = {"code": f"C{column:02d}", "title": {"en": f"C{column:02d}"}, "max_points": 100}
        if column % 5 == 0:
            criterion["rule"] = {"name": "goalposts", "low": 0, "high": 100}
        if column % 5 < 3:
            reference = {
                "id": "nso",
                "indicator": criterion["code"],
                "relation": "same" if column % 5 == 0 else "related",
            }
            criterion["sources"] = [reference | ({"tolerance": {"absolute": 6}} if column % 5 == 0 else {})]
        criteria.append(criterion)
    return {"framework": "nation", "version": 1, "title": {"en": "Nation"}, "missing": "exclude", "criteria": criteria,
            "uncorroborated": "documented"}  # fmt: skip


def load(database: Database, owner_url: str, units: int) -> None:
    """Two cycles of so many units: the earlier one is over, the later one is complete and has not been screened."""
    draw = np.random.default_rng(7)
    level = 60 + draw.normal(0, 6, (units, 1)) + draw.normal(0, 8, CRITERIA) + draw.normal(0, 5, (units, CRITERIA))
    now, before = (np.clip(np.round(level + draw.normal(0, 4, level.shape), 1), 0, 100) for _ in range(2))
    claimed = np.where(draw.random(level.shape) < 0.02, np.minimum(now + draw.uniform(8, 25, level.shape), 100), now)
    rated = np.round(level + draw.normal(0, 5, level.shape), 2)
    names = [f"U{row:06d}" for row in range(units)]
    clusters: dict[str, list[str]] = {}
    for row, name in enumerate(names):
        clusters.setdefault(f"K{row // CLUSTER:05d}", []).append(name)
    document = framework()
    for cycle, period, state in ((BEFORE, "2024", "archived"), (NOW, "2025", "open")):
        with SqlStore(database).unit_of_work() as uow:
            record_cycle(uow, says.cycle(cycle, clusters, framework=document, period=period, state=state))
            uow.commit()
    with psycopg.connect(owner_url) as owner:
        submissions = {cycle: _submissions(owner, cycle, names) for cycle in (BEFORE, NOW)}
        _items(owner, submissions[NOW], claimed)
        _figures(owner, names, now, rated)
        _earlier(owner, submissions[BEFORE], names, before)
        owner.execute(
            "UPDATE cycle_member SET submission = s.id FROM submission s"
            " WHERE s.cycle = cycle_member.cycle AND s.unit = cycle_member.unit"
        )
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")


def _copy(owner: psycopg.Connection[Any], statement: str, rows: Iterator[Sequence[Any]]) -> None:
    with owner.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _submissions(owner: psycopg.Connection[Any], cycle: str, names: Sequence[str]) -> list[int]:
    columns = "cycle, unit, number, content_sha256, framework_sha256, submitted_at, late, received_at"
    rows = ((cycle, name, 1, "0" * 64, "0" * 64, MOMENT, False, MOMENT) for name in names)
    _copy(owner, f"COPY submission ({columns}) FROM STDIN", rows)
    found = owner.execute("SELECT id FROM submission WHERE cycle = %s ORDER BY unit", (cycle,)).fetchall()
    return [identity for (identity,) in found]


def _items(owner: psycopg.Connection[Any], submissions: Sequence[int], claimed: Any) -> None:
    rows = (
        (submission, f"C{column:02d}", points if column % 5 == 0 else None, points, "")
        for submission, row in zip(submissions, claimed.tolist(), strict=True)
        for column, points in enumerate(row)
    )
    _copy(owner, "COPY submission_item (submission, criterion, value, self_points, note) FROM STDIN", rows)


def _figures(owner: psycopg.Connection[Any], names: Sequence[str], now: Any, rated: Any) -> None:
    owner.execute(
        "INSERT INTO source VALUES"
        " ('nso', 'central', '{\"en\": \"NSO\"}', '{\"en\": \"NSO\"}', '', '', %s, 'bench', 'bench')",
        (MOMENT,),
    )
    release = owner.execute(
        "INSERT INTO release (id, source, cycle, published_on, fetched_at, status, file_name, raw_sha256, raw_size,"
        " raw, rows, uploaded_by, uploaded_by_name)"
        " VALUES (gen_random_uuid(), 'nso', %s, '2026-02-01', %s, 'final', 'n.csv',"
        " %s, 0, '', %s, 'bench', 'bench') RETURNING id",
        (NOW, MOMENT, "0" * 64, len(names) * CRITERIA * 3 // 5),
    ).fetchone()
    assert release is not None
    columns = [column for column in range(CRITERIA) if column % 5 < 3]
    figures = np.where(np.arange(CRITERIA) % 5 == 0, now, rated).tolist()
    rows = (
        (release[0], at * len(columns) + place, name, f"C{column:02d}", "2025", figures[at][column], "final")
        for at, name in enumerate(names)
        for place, column in enumerate(columns)
    )
    _copy(owner, "COPY observation (release, row, unit, indicator, period, value, status) FROM STDIN", rows)


def _earlier(owner: psycopg.Connection[Any], submissions: Sequence[int], names: Sequence[str], before: Any) -> None:
    """What the earlier cycle left: items with what counted for them."""
    columns = (
        "cycle, unit, criterion, cluster, place, submission, cohort, self_points, flagged, priority, findings, codes,"
        " asked, inconclusive, explanation, facts_sha256, review, state, basis, blocks_freeze, left_out, points,"
        " version, updated_at"
    )
    rows = (
        (BEFORE, name, f"C{column:02d}", f"K{at // CLUSTER:05d}", column, submissions[at], True, points, False, 0.0,
         "{}", "{}", "{}", False, "[]", "", "closed", "documented", "decision", False, False, points, 1, MOMENT)
        for at, name in enumerate(names)
        for column, points in enumerate(before[at].tolist())
    )  # fmt: skip
    _copy(owner, f"COPY review_item ({columns}) FROM STDIN", rows)


class Watch:
    """Samples process families: megabytes (proportional share, the largest seen) and seconds of the processor."""

    def __init__(self, **roots: int) -> None:
        self.roots = roots
        self.peak = dict.fromkeys(roots, 0.0)
        self._used: dict[str, dict[int, float]] = {name: {} for name in roots}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            for name, root in self.roots.items():
                with suppress(psutil.Error, OSError):
                    process = psutil.Process(root)
                    family = (process, *process.children(recursive=True))
                    self.peak[name] = max(self.peak[name], sum(map(_megabytes, family)))
                    for member in family:
                        times = member.cpu_times()
                        self._used[name][member.pid] = times.user + times.system

    def processor(self) -> float:
        """Seconds that all of them have used so far."""
        return sum(sum(used.values()) for used in self._used.values())


def _megabytes(process: psutil.Process) -> float:
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


@contextmanager
def worker(folder: Path, url: str, redis_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker as the suite starts it."""
    if not (folder / "verify.pem").exists():
        create_signing_key(folder / "verify.pem")
        (folder / "trusted.json").write_text("{}")
    environment = os.environ | {
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "not secret in a benchmark",
        "SIGNING_KEY_FILE": str(folder / "verify.pem"),
        "TRUSTED_KEYS_FILE": str(folder / "trusted.json"),
        "OMP_NUM_THREADS": "1",
    }
    environment |= {f"{name}_URL": "http://127.0.0.1:1" for name in ("PUBLIC", "INTAKE", "VERIFY", "RANKING")}
    command = "-m celery -A services.verify.worker worker -Q verify --concurrency 2 --loglevel INFO"
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command.split()],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    """Asks until it is done; RuntimeError when the time is over."""
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends:
            raise RuntimeError("the worker did not finish in time")
        time.sleep(0.05)


class Bench:
    """One size: a database, a worker, and what it took."""

    def __init__(self, folder: Path, owner_url: str, database: Database, redis_url: str) -> None:
        self.folder, self.owner_url, self.database = folder, owner_url, database
        self.waker = CeleryWaker(redis_url)
        self.redis_url = redis_url

    def ask(self, units: Sequence[str] | None) -> None:
        """Ask for a screening, as an event or a release about these units does."""
        with SqlStore(self.database).unit_of_work() as uow:
            uow.cycles.lock([NOW])
            request_screenings(uow, NOW, units)
            uow.commit()

    def run(self, seconds: float) -> float:
        """Wake the worker and wait for all work to be finished."""
        begun = time.monotonic()
        self.waker.wake_up(TASK, "verify")
        wait_until(lambda: not self.rows("work WHERE state IN ('queued', 'claimed')"), seconds)
        if self.rows("work WHERE state = 'failed' OR error IS NOT NULL"):
            raise RuntimeError(f"a screening failed; see {self.folder / 'worker.log'}")
        return time.monotonic() - begun

    def rows(self, what: str) -> int:
        """How many rows."""
        with psycopg.connect(self.owner_url) as owner:
            found = owner.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()
        return int(found[0]) if found else 0


def measure(servers: Databases, postgres: int, redis_url: str, name: str, units: int, first: list[float]) -> None:
    """One size, printed; `first` holds processor time and items of the smallest one, for comparison."""
    made = servers.make("verify")
    database = Database(made.url)
    with tempfile.TemporaryDirectory(prefix="congtam-bench-") as folder:
        bench = Bench(Path(folder), made.owner_url, database, redis_url)
        load(database, made.owner_url, units)
        with (
            worker(Path(folder), made.url, redis_url) as process,
            Watch(worker=process.pid, postgres=postgres) as watch,
        ):
            time.sleep(5)  # the worker starts
            idle = watch.processor()
            bench.ask(None)
            seconds, used = bench.run(7200), watch.processor() - idle
            left = {table: bench.rows(table) for table in COUNTED}
            print(f"{units:>7} {name:10} × {CRITERIA}: {seconds:>7.1f} s, {used:.1f} s of the processor …", flush=True)
            bench.ask(["U000000"])
            again, used_again = bench.run(7200), watch.processor() - idle - used
    database.close()
    servers.drop(made)
    items = units * CRITERIA
    if not first:
        first += used, items
    growth = f"{used / first[0]:.1f} × the processor for {items / first[1]:.0f} × the items"
    print(
        f"{units:>7} {name:10} × {CRITERIA}: {seconds:>7.1f} s ({used:.1f} s of the processor), again {again:.1f} s "
        f"({used_again:.1f} s); worker {watch.peak['worker']:.0f} MB, PostgreSQL {watch.peak['postgres']:.0f} MB; "
        f"{growth}",
        flush=True,
    )
    print(f"        rows: {', '.join(f'{count} {table}' for table, count in left.items())}", flush=True)


def main() -> None:
    """Prints two lines per size; SIZES=34,3321 leaves the largest out."""
    asked = [int(size) for size in os.environ.get("SIZES", "").split(",") if size]
    with tempfile.TemporaryDirectory(prefix="congtam-bench-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres")
        postgres.start()
        redis = start_redis(Path(folder) / "redis")
        assert redis is not None
        try:
            assert postgres.process is not None
            servers, first = Databases(postgres.url), list[float]()
            for name, units in SIZES.items():
                if not asked or units in asked:
                    measure(servers, postgres.process.pid, redis.url, name, units, first)
            servers.close()
        finally:
            redis.stop()
            postgres.stop()


if __name__ == "__main__":
    main()
