"""Self-assessments a second through intake's API with durable commits, against bare INSERT and commit of the same rows.

Both go to the same PostgreSQL with its usual durability, from the same number of clients at once. While they are
measured the rest of the suite (verify, ranking, the schedule) is held still, so that intake alone is measured.
"""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from deploy.demo.__main__ import Passwords, open_administrator
from deploy.demo.cast import Cast
from deploy.demo.cycles import Claim, Cluster, DemoCycle, Unit
from deploy.demo.person import Person
from deploy.demo.story import Story
from tests.suite import Suite, family_of

CLIENTS = 8
UNITS_EACH = 40
CRITERIA = 39
STILL = ("verify", "verify-worker", "ranking", "ranking-worker", "ballot", "intake-worker", "beat")
# What one self-assessment leaves behind; the key tells whose it is.
TABLES = ("assessment", "submission", "history", "outbox_event")


def bench_cycle(count: int = CLIENTS * UNITS_EACH, clusters: int = 1) -> DemoCycle:
    """A made-up cycle of that many units and 39 criteria."""
    units = [f"U{number:04}" for number in range(count)]
    named = {f"K{number:03}": Cluster({"en": f"Cluster {number}"}) for number in range(clusters)}
    criteria = [
        {"code": f"C{number:02}", "max_points": 25, "rule": {"name": "goalposts", "low": 0, "high": 100}}
        for number in range(CRITERIA)
    ]
    claims = tuple(Claim(str(criterion["code"]), 61.5 + index, 15.38) for index, criterion in enumerate(criteria))
    return DemoCycle(
        code="bench",
        council="bench",
        council_title={"en": "Benchmark"},
        title={"en": "Benchmark"},
        period="2025",
        notice={"en": "Made-up figures."},
        synthetic=True,
        framework={
            "framework": "bench",
            "title": {"en": "Benchmark"},
            "total": 25 * CRITERIA,
            "groups": [{"code": "G", "title": {"en": "Group"}, "criteria": criteria}],
        },
        clusters=named,
        units=tuple(Unit(unit, {"en": unit}, f"K{number % clusters:03}") for number, unit in enumerate(units)),
        claims=dict.fromkeys(units, claims),
        releases=(),
    )


Shared = TypeVar("Shared")


def share_of(whole: Sequence[Shared], number: int) -> Sequence[Shared]:
    """What client `number` does of it."""
    return whole[number * len(whole) // CLIENTS : (number + 1) * len(whole) // CLIENTS]


@dataclass(frozen=True)
class Leader:
    """A signed-in leader of some units; a token carries no more of them."""

    person: Person
    units: Sequence[Unit]


def prepare(suite: Suite, cycle: DemoCycle) -> list[Leader]:
    """Open the cycle; leaders of some units each, already signed in."""
    cast = Cast(suite.address, Passwords(bytes(range(32))))
    open_administrator(cycle, suite, cast)
    story = Story(cycle, cast, lambda told: None)
    story.register()
    story.open_cycle()
    leaders = []
    for first in range(0, len(cycle.units), UNITS_EACH):
        units = cycle.units[first : first + UNITS_EACH]
        login = f"leader-{first}.bench"
        grants = [
            {"role": "signing_leader", "council": cycle.council, "units": [unit.code for unit in units]},
        ]
        body = {"login": login, "name": login, "password": cast.password_of(login), "grants": grants}
        story.administrator.post("/intake/v1/accounts", body)
        leaders.append(Leader(cast.person(login), units))
        leaders[-1].person.token()
    return leaders


@contextmanager
def held_still(suite: Suite) -> Iterator[None]:
    """Everything but intake, the gateway and the servers sleeps."""
    sleeping = [process for name in STILL for process in family_of(suite.pid(name))]
    for process in sleeping:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in sleeping:
            process.send_signal(signal.SIGCONT)


def timed(work: Callable[[int], None]) -> float:
    """Seconds until all clients have done their share at once."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(work, range(CLIENTS)))
    return time.perf_counter() - begun


def through_the_api(suite: Suite, cycle: DemoCycle, leaders: Sequence[Leader]) -> float:
    """Every unit's whole self-assessment, each answered after its commit."""
    base = suite.address_of("intake")
    bodies = {
        unit: json.dumps(
            {
                "items": [
                    {"criterion": claim.criterion, "value": claim.value, "self_points": claim.self_points}
                    for claim in claims
                ]
            }
        )
        for unit, claims in cycle.claims.items()
    }

    def send(number: int) -> None:
        for leader in share_of(leaders, number):
            leader.person.address = base
            for unit in leader.units:
                leader.person.call(
                    "POST",
                    f"/v1/cycles/{cycle.code}/units/{unit.code}/submissions",
                    data=bodies[unit.code],
                    headers={"Content-Type": "application/json"},
                )

    return timed(send)


def bare_inserts(url: str) -> float:
    """The very rows the API left, inserted into empty tables of the same shape: one transaction a self-assessment."""
    with psycopg.connect(url) as connection:
        rows: list[list[tuple[str, dict[str, Any]]]] = []
        for assessment, unit in connection.execute("SELECT id, unit FROM assessment ORDER BY unit").fetchall():
            rows.append(_rows_of(connection, assessment, unit))
        for table in TABLES:
            connection.execute(
                sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING IDENTITY)").format(
                    sql.Identifier(f"bare_{table}"), sql.Identifier(table)
                )
            )

    def insert(number: int) -> None:
        with psycopg.connect(url) as own:
            for unit_rows in share_of(rows, number):
                for table, row in unit_rows:
                    own.execute(
                        sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_record(NULL::{}, %s)").format(
                            sql.Identifier(f"bare_{table}"), sql.Identifier(f"bare_{table}")
                        ),
                        (json.dumps(row),),
                    )
                own.commit()

    return timed(insert)


def _rows_of(connection: psycopg.Connection[Any], assessment: int, unit: str) -> list[tuple[str, dict[str, Any]]]:
    questions = {
        "assessment": ("SELECT to_jsonb(t) FROM assessment t WHERE id = %s", assessment),
        "submission": ("SELECT to_jsonb(t) FROM submission t WHERE assessment_id = %s", assessment),
        "history": ("SELECT to_jsonb(t) FROM history t WHERE subject LIKE %s", f"%/{unit}"),
        "outbox_event": ("SELECT to_jsonb(t) FROM outbox_event t WHERE subject = %s", f"submission:bench/{unit}"),
    }
    found: list[tuple[str, dict[str, Any]]] = []
    for table, (question, key) in questions.items():
        found += [(table, row) for (row,) in connection.execute(question, (key,)).fetchall()]
    return found


def main() -> None:
    """Print both rates and their ratio."""
    measure(bench_cycle())


def measure(cycle: DemoCycle) -> None:
    """Send every unit's self-assessment, insert the same rows bare, print both."""
    with tempfile.TemporaryDirectory(prefix="congtam-bench-") as folder:
        suite = Suite(Path(folder) / "suite")
        suite.start()
        try:
            leaders = prepare(suite, cycle)
            with held_still(suite):
                api = through_the_api(suite, cycle, leaders)
                bare = bare_inserts(suite.database_url("intake_owner"))
        finally:
            suite.stop()
    count = len(cycle.units)
    print(f"   {count} self-assessments of {CRITERIA} criteria, {CLIENTS} clients at once, {os.cpu_count()} cores")
    print(f"   all of them sent after  {api:7.0f} s")
    print(f"   intake's API            {count / api:7.0f} a second")
    print(f"   bare INSERT and commit  {count / bare:7.0f} a second")
    print(f"   ratio                   {bare / api:7.3f} of the bare rate")
