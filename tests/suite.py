"""The whole suite as a test sees it: `Suite(folder)`, `.start()`, `.address`, `.kill("verify-worker")`, `.stop()`.

It is the real runner (`python -m deploy run`) in a process of its own, with embedded servers and durable settings.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg

from deploy.databases import DATABASES, role_url
from deploy.runner import http_status
from deploy.state import State

ROOT = Path(__file__).resolve().parent.parent
START_PATIENCE = 150.0


def wait_for(condition: Callable[[], Any], seconds: float = 15, interval: float = 0.05) -> bool:
    """Ask `condition` until it says yes; False after `seconds`."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(interval)
    return False


def family_of(pid: int) -> list[psutil.Process]:
    """A process and everything it started, and they started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def gone(process: psutil.Process) -> bool:
    """Whether it has ended (nobody may have collected it yet)."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Suite:
    """A running suite in `folder`. Start it again after `stop` or `kill("runner")`: the data is still there."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.state = State(folder.resolve())
        self.log = folder.with_name(folder.name + ".runner.log")
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self._environment = {**inherited, **(environment or {})}
        self.runner: subprocess.Popen[bytes] | None = None

    def start(self) -> "Suite":
        """Start everything and wait until it is ready."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "deploy", "run", "--folder", str(self.state.folder)]
            self.runner = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=subprocess.STDOUT
            )
        runner = self.runner
        wait_for(lambda: self._running().get("ready") or runner.poll() is not None, START_PATIENCE)
        if not self._running().get("ready"):
            self.stop()
            raise AssertionError(f"The suite did not start: {self.log.read_text()[-3000:]}")
        return self

    def stop(self) -> None:
        """Orderly stop; killed when it takes too long."""
        if self.runner is not None and self.runner.poll() is None:
            self.runner.send_signal(signal.SIGTERM)
            try:
                self.runner.wait(60)
            except subprocess.TimeoutExpired:
                self.runner.kill()
                self.runner.wait()

    def kill(self, name: str, wait: bool = True) -> None:
        """kill -9 one process by its name in `deploy/processes.py`, or `postgres`, `redis`, `runner`.

        With `wait` it returns when the runner has started it again and it is ready.
        """
        if name == "runner":
            assert self.runner is not None
            family = family_of(self.runner.pid)
            self.runner.kill()
            self.runner.wait()
            assert wait_for(lambda: all(map(gone, family)), 30), "orphans"
            return
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        if wait:
            assert wait_for(lambda: self._pid(name) not in (None, before), 60), f"{name} did not come back"
            assert wait_for(lambda: self.is_ready(name), 60), f"{name} is not ready"

    def is_ready(self, name: str) -> bool:
        """Whether a process answers (workers and servers: whether they run)."""
        known = self._running().get("processes", {}).get(name)
        if known is None or known["address"] is None:
            return self._pid(name) is not None
        path = "/health/live" if name == "gateway" else "/health/ready"
        return http_status(known["address"] + path) == 200

    def pid(self, name: str) -> int:
        """The process id of one process, which must be running."""
        found = self._pid(name)
        assert found is not None, f"{name} does not run"
        return found

    @property
    def address(self) -> str:
        """Where people go: `http://127.0.0.1:PORT`, without a slash at the end."""
        return str(self._running()["address"])

    def address_of(self, name: str) -> str:
        """One web process's own address, past the gateway."""
        return str(self._running()["processes"][name]["address"])

    @property
    def redis_url(self) -> str:
        """The suite's Redis."""
        password = (self.state.redis / "password").read_text()
        return f"redis://:{password}@127.0.0.1:{self._running()['servers']['redis']['port']}/0"

    def database_url(self, role: str) -> str:
        """The URL of one role (`intake_owner`, `ranking_voting` …) in its own database."""
        (database,) = [each.name for each in DATABASES.values() if role in each.roles]
        port = self._running()["servers"]["postgres"]["port"]
        return role_url(f"postgresql://127.0.0.1:{port}", role, self.state.passwords()[role], database)

    def query(self, role: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of one statement, asked as `role`."""
        with psycopg.connect(self.database_url(role)) as connection:
            return connection.execute(statement.encode(), values or None).fetchall()

    def environment(self, name: str) -> dict[str, str]:
        """The environment of a running process: to run a service's own commands beside it."""
        return dict(psutil.Process(self.pid(name)).environ())

    def _running(self) -> dict[str, Any]:
        return self.state.read_running() or {}

    def _pid(self, name: str) -> int | None:
        running = self._running()
        known = {**running.get("processes", {}), **running.get("servers", {})}.get(name, {})
        return known.get("pid")
