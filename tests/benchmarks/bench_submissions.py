"""Whole self-assessments a second through intake's API, against bare INSERT and commit of the same rows.

Both on one durable PostgreSQL, with the same number of hands; gunicorn and the senders share the machine with it.
"""

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests
from psycopg.types.json import Jsonb

from deploy.children import start_child, stop_child, wait_until
from deploy.embedded import EmbeddedPostgres, EmbeddedRedis, free_port
from services.intake.adapters.accounts import SqlAccounts
from services.intake.adapters.store import SqlIntake
from services.intake.domain.accounts import Account
from services.intake.settings import IntakeSettings
from services.intake.usecases import cycles
from shared.plumbing.database import Database, new_id
from shared.plumbing.identity import Actor, Grant, Role
from shared.plumbing.tokens import TokenSigner, create_signing_key, load_signing_key, public_jwk
from tests.builders.intake import COUNCIL, CYCLE, a_directory, administrator, new_cycle
from tests.servers import Databases, TestDatabase

UNITS = 800
CRITERIA = 40
HANDS = 8
SECONDS = 8.0
FRAMEWORK = {
    "framework": "bench",
    "version": 1,
    "total": 1000,
    "rounding": 2,
    "missing": "zero",
    "groups": [
        {
            "code": "G",
            "criteria": [
                {"code": f"C{number}", "max_points": 25, "rule": {"name": "goalposts", "low": 0, "high": 100}}
                for number in range(CRITERIA)
            ],
        }
    ],
}


@dataclass(frozen=True)
class Sender:
    """One unit's signing leader."""

    unit: str
    token: str


def content(number: int) -> dict[str, Any]:
    """A filled-in form of forty items."""
    return {
        "items": [
            {
                "criterion": f"C{item}",
                "value": 40.5 + (number + item) % 50,
                "self_points": 12.25,
                "note": "Theo báo cáo",
            }
            for item in range(CRITERIA)
        ]
    }


def prepared(database: Database, keys: Path) -> list[Sender]:
    """An open cycle of many units, and a leader with a token for each."""
    intake = SqlIntake(database)
    a_directory(intake, tuple(f"U{number}" for number in range(UNITS)))
    cycles.create_cycle(intake, administrator(), new_cycle(framework=FRAMEWORK))
    cycles.open_cycle(intake, administrator(), CYCLE)
    signer = TokenSigner("intake", load_signing_key(keys / "intake.pem"))
    senders: list[Sender] = []
    with database.unit_of_work() as uow:
        for number in range(UNITS):
            grant = Grant(Role.SIGNING_LEADER, COUNCIL, units=(f"U{number}",))
            account = Account(str(new_id()), f"u{number}", f"Leader {number}", "vi", (), (grant,), True, uow.now)
            SqlAccounts(uow.connection).add_account(account, "no password opens this")
            senders.append(Sender(f"U{number}", signer.person_token(Actor(account.id, account.name, (), (grant,)))))
        uow.commit()
    return senders


def start_web(folder: Path, url: str, redis_url: str) -> tuple[Any, str]:
    """Gunicorn as the suite runs it: two processes of four threads."""
    (folder / "trusted.json").write_text(
        json.dumps({"intake": {"keys": [public_jwk(load_signing_key(folder / "intake.pem"))]}})
    )
    port = free_port()
    settings = IntakeSettings(
        database_url=url,
        redis_url=redis_url,
        secret_key="a secret for benchmarks, long enough",
        signing_key_file=folder / "intake.pem",
        trusted_keys_file=folder / "trusted.json",
        public_url="http://127.0.0.1",
        intake_url="http://127.0.0.1",
        verify_url="http://127.0.0.1",
        ranking_url="http://127.0.0.1",
        evidence_dir=folder / "evidence",
    )
    environment = {**os.environ, **{name.upper(): str(value) for name, value in vars(settings).items()}}
    environment |= {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2", "WEB_THREADS": "4"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:deploy.gunicorn_settings"]
    command.append("services.intake.wsgi:application")
    child = start_child(command, log=folder / "web.log", environment=environment)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return requests.get(f"{address}/health/ready", timeout=2).ok
        except requests.RequestException:
            return False

    if not wait_until(answers, child, seconds=60, interval=0.1):
        raise RuntimeError((folder / "web.log").read_text()[-2000:])
    return child, address


def through_the_api(address: str, senders: Sequence[Sender]) -> float:
    """Submissions a second, all hands busy."""

    def hand(number: int) -> Callable[[int], None]:
        session = requests.Session()

        def send(turn: int) -> None:
            sender = senders[(number + turn * HANDS) % len(senders)]
            path = f"{address}/v1/cycles/{CYCLE}/units/{sender.unit}/submissions"
            headers = {"Authorization": f"Bearer {sender.token}", "If-Match": f'"{turn * HANDS // len(senders)}"'}
            answer = session.post(path, json=content(turn), headers=headers, timeout=30)
            assert answer.status_code == 201, answer.text

        return send

    return per_second(hand)


def bare_inserts(database: TestDatabase, rows: Sequence[tuple[str, Sequence[Any]]]) -> float:
    """The same rows a second, inserted and committed by hands that do nothing else."""

    def hand(number: int) -> Callable[[int], None]:
        connection = psycopg.connect(database.owner_url)

        def insert(turn: int) -> None:
            for statement, values in rows:
                connection.execute(statement, values)  # type: ignore[call-overload]
            connection.commit()

        return insert

    return per_second(hand)


def per_second(hand: Callable[[int], Callable[[int], None]]) -> float:
    """How often all hands together did it, a second."""
    counts = [0] * HANDS
    begun = time.monotonic()

    def work(number: int) -> None:
        act = hand(number)
        while time.monotonic() < begun + SECONDS:
            act(counts[number])
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begun)


def rows_of_one_submission(database: TestDatabase) -> list[tuple[str, Sequence[Any]]]:
    """What one submission wrote, as plain statements on tables of the same shape without their keys."""
    with psycopg.connect(database.owner_url) as connection:
        statements: list[tuple[str, Sequence[Any]]] = []
        for table in ("assessment", "submission", "history", "outbox_event"):
            order = {"assessment": "submissions DESC", "submission": "submitted_at"}.get(table, "1 DESC")
            connection.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WHERE false")  # type: ignore[call-overload]
            row = connection.execute(f"SELECT * FROM {table} ORDER BY {order} LIMIT 1").fetchone()  # type: ignore[call-overload]
            assert row is not None
            values = [Jsonb(value) if isinstance(value, dict | list) else value for value in row]
            places = ", ".join(["%s"] * len(values))
            statements.append((f"INSERT INTO bare_{table} VALUES ({places})", values))
    return statements


def main() -> None:
    """Print both rates and their ratio."""
    with tempfile.TemporaryDirectory(prefix="congtam-bench-") as name:
        folder = Path(name)
        server = EmbeddedPostgres(folder / "postgres")  # durable, as in production
        redis = EmbeddedRedis(folder / "redis")
        for one in (server, redis):
            one.start()
        create_signing_key(folder / "intake.pem")
        databases = Databases(server.url)
        fresh = databases.make("intake")
        database = Database(fresh.url)
        senders = prepared(database, folder)
        child, address = start_web(folder, fresh.url, redis.url)
        try:
            api = through_the_api(address, senders)
            bare = bare_inserts(fresh, rows_of_one_submission(fresh))
        finally:
            stop_child(child, signal.SIGTERM, 15)
            database.close()
            databases.close()
            redis.stop()
            server.stop()
    print(f"  {CRITERIA} items each, {HANDS} hands, durable commits")
    print(f"  through the API   {api:8.0f} submissions a second")
    print(f"  bare INSERTs      {bare:8.0f} a second")
    print(f"  ratio             {api / bare:8.2f}")
