"""Ten officers of ten units and two of the same unit type at once, against a real server: no keystroke is lost."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from deploy.embedded import held_port
from services.intake.administration.actions import create_cycle, open_cycle
from services.intake.assessments.queries import read_draft
from services.intake.store import SqlStore
from shared.clock import SystemClock
from shared.people import Actor
from shared.plumbing.tokens import TokenSigner, load_signing_key
from tests.builders.intake import CYCLE, a_directory, administrator, new_cycle, officer
from tests.builders.intake_workbooks import CODES, RULES, framework
from tests.integration.intake.web import Web, make_settings
from tests.servers import TestDatabase

pytestmark = pytest.mark.timeout(180)
UNITS = tuple(f"T{number}" for number in range(10))
SHARED = UNITS[0]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(web: Web, fresh: TestDatabase, tmp_path: Path) -> Iterator[str]:
    """Gunicorn with two workers of four threads on the test's database; its address."""
    settings = make_settings(tmp_path, fresh.url)
    with contextlib.closing(held_port()) as held:
        port = held.getsockname()[1]
    environment = {name.upper(): str(value) for name, value in vars(settings).items()}
    command = ["-m", "gunicorn", "-w", "2", "--threads", "4", "-b", f"127.0.0.1:{port}", "services.intake.wsgi"]
    with (tmp_path / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], env={**os.environ, **environment}, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            _until_ready(f"http://127.0.0.1:{port}/health/live", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "gunicorn ended"
        with contextlib.suppress(requests.RequestException):
            if requests.get(url, timeout=20).ok:
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn does not answer")


@dataclass
class Typist:
    """An officer who types item after item, and reads again where somebody else was at the same one."""

    address: str
    token: str
    unit: str
    name: str
    codes: Sequence[str]
    saved: list[tuple[str, str]] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)

    def type_everything(self, barrier: threading.Barrier) -> None:
        draft = f"{self.address}/v1/cycles/{CYCLE}/units/{self.unit}/draft"
        headers = {"Authorization": f"Bearer {self.token}"}
        with requests.Session() as session:
            session.headers.update(headers)
            seen = session.get(draft, timeout=30).headers["ETag"]
            barrier.wait()
            for number, code in enumerate(self.codes):
                note = f"{self.name}, lần {number}"
                item = {"value": 1, "note": note}
                while True:
                    answer = session.put(f"{draft}/items/{code}", json=item, headers={"If-Match": seen}, timeout=30)
                    if answer.status_code == 412:  # learns who was faster, and looks again
                        self.recorded.append(code)
                        seen = session.get(draft, timeout=30).headers["ETag"]
                        continue
                    assert answer.status_code == 200, answer.text
                    seen = answer.headers["ETag"]
                    self.saved.append((code, note))
                    break


@pytest.mark.whole
def test_no_keystroke_is_lost(server: str, web: Web, intake: SqlStore, tmp_path: Path) -> None:
    a_directory(intake, UNITS)
    document = framework()
    for group in document["groups"]:
        for criterion in group["criteria"]:
            criterion.update(RULES[0])
            criterion.pop("target", None)
            criterion.pop("direction", None)
    create_cycle(intake, administrator(), new_cycle(framework=document))
    open_cycle(intake, administrator(), CYCLE)
    signer = TokenSigner("intake", load_signing_key(tmp_path / "intake.pem"), SystemClock())

    def typist(unit: str, number: int, codes: Sequence[str]) -> Typist:
        actor: Actor = web.with_account(
            officer(unit, account=f"{unit}-{number}".lower(), name=f"Cán bộ {unit}.{number}")
        )
        return Typist(server, signer.person_token(actor), unit, actor.name, codes)

    # The two of the same unit go through all items from opposite ends and meet in the middle; both want the last one.
    typists = [typist(unit, 1, CODES) for unit in UNITS]
    typists.append(typist(SHARED, 2, [*reversed(CODES), CODES[-1]]))
    barrier = threading.Barrier(len(typists))
    with ThreadPoolExecutor(len(typists)) as pool:
        for done in [pool.submit(one.type_everything, barrier) for one in typists]:
            done.result()
    with intake.view() as view:
        rows = {unit: view.history.of(f"assessment:{CYCLE}/{unit}", 500) for unit in UNITS}
    for unit in UNITS:
        draft = read_draft(intake, officer(unit), CYCLE, unit).draft
        here = [one for one in typists if one.unit == unit]
        # Everything that was answered with "saved" stands in history under its typist, once; the newest in the draft.
        kept = [
            (code, change["after"]["note"])
            for row in reversed(rows[unit])
            for code, change in row.details["changed"].items()
        ]
        assert sorted(kept) == sorted(typed for one in here for typed in one.saved)
        assert {code: draft.claim(code).note for code in CODES} == dict(kept)
        assert draft.version == len(rows[unit])
    for one in typists:
        assert [code for code, _note in one.saved] == list(one.codes)
    assert not [one for one in typists[1:-1] if one.recorded]  # who is alone in a unit is never stopped
