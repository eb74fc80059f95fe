"""`retry-parked` of the services that read feeds, as a process of its own on a real database."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from shared.contracts.events import Event
from shared.plumbing.database import Database, UnitOfWork
from shared.plumbing.feed_reader import ATTEMPTS, FeedReader, reader_report
from tests.needs import ROOT
from tests.servers import TestDatabase

FEED = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
MOMENT = "2026-03-01T08:00:00+00:00"


class OneEvent:
    """A feed with one event, again and again."""

    def get_json(self, path: str, **params: int) -> dict[str, object]:
        event = {
            "id": FEED, "position": 7, "type": "noted", "version": 1, "occurred_at": MOMENT, "subject": "note:a",
            "subject_version": 1, "data": {},
        }  # fmt: skip
        return {"feed": FEED, "events": [event] if params["after"] < 7 else [], "next": 7}


def run(service: str, url: str | None, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {"LC_ALL": language, "PATH": os.environ["PATH"]} | ({"DATABASE_URL": url} if url else {})
    return subprocess.run(
        [sys.executable, "-m", f"services.{service}", "retry-parked"],
        env=environment, cwd=ROOT, text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("service", "schema"), [("intake", None), ("verify", None), ("ranking", "scoring")])
def test_parked_events_get_another_five_tries(
    make_database: Callable[..., TestDatabase], service: str, schema: str | None
) -> None:
    url = make_database(service).url
    database = Database(url, schema=schema)
    tries = []

    def take(uow: UnitOfWork, event: Event) -> None:
        tries.append(event.position)
        if len(tries) <= ATTEMPTS:
            raise ValueError("nobody may read this")

    reader = FeedReader("notes", OneEvent(), {"noted": take})
    where = f"{schema}." if schema else ""
    for _ in range(ATTEMPTS):
        reader.drain(database)
        with database.unit_of_work() as uow:  # the pauses between the tries are over
            uow.connection.execute(sa.text(f"UPDATE {where}feed_waiting SET next_try_at = now() - interval '1 s'"))
            uow.commit()
    reader.drain(database)
    assert len(tries) == ATTEMPTS

    done = run(service, url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "notes, position 7: note:a (ValueError)\nParked events that are tried again: 1.\n"
    again = run(service, url, language="vi_VN.UTF-8")
    assert (again.returncode, again.stdout) == (0, "Không có sự kiện nào bị gác lại.\n")

    reader.drain(database)
    assert len(tries) == ATTEMPTS + 1
    with database.reader() as connection:
        (report,) = reader_report(connection, schema)
    database.close()
    assert (report["waiting"], report["parked"]) == (0, 0)


def test_without_a_database_it_says_what_is_missing() -> None:
    missing = run("verify", None)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "DATABASE_URL is missing" in missing.stderr
    nobody = run("ranking", "postgresql://x:y@127.0.0.1:9/none", language="vi_VN.UTF-8")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr == "Cơ sở dữ liệu không phản hồi.\n"
