"""The whole suite as a test sees it: `Suite(folder)`, `.start()`, `.address`, `.kill("verify-worker")`, `.stop()`.

It is the real runner (`python -m deploy run`) in a process of its own, with embedded servers and durable settings.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis
from kombu.exceptions import OperationalError

from deploy.background import BackgroundSuite
from deploy.commands import NODE
from deploy.runner import http_status
from shared.plumbing.celery import make_celery

ROOT = Path(__file__).resolve().parent.parent


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


class Suite(BackgroundSuite):
    """A running suite in `folder`. Start it again after `stop()` or `kill("runner")`: the data is still there."""

    def kill(self, name: str, wait: bool = True) -> None:
        """kill -9 one process by its name in `deploy/processes.py`, or `postgres`, `redis`, `runner`.

        With `wait` it returns when the runner has started it again and it answers.
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
            self.wait_back(name, before)

    def wait_back(self, name: str, before: int) -> None:
        """Wait until the runner has started `name` anew (it was process `before`) and it answers."""
        assert wait_for(lambda: self._pid(name) not in (None, before), 60), f"{name} did not come back"
        assert wait_for(lambda: self.is_ready(name), 60), f"{name} is not ready"

    def runs(self, name: str) -> bool:
        """Whether a process is there and answers; not while it is dead and not yet started anew."""
        pid = self._pid(name)
        return pid is not None and psutil.pid_exists(pid) and not gone(psutil.Process(pid)) and self.is_ready(name)

    def is_ready(self, name: str) -> bool:
        """Whether a web process or a worker answers; beat and servers: whether they run."""
        known = self.running.get("processes", {}).get(name)
        if name.endswith("-worker"):
            return self._pid(name) is not None and self._worker_answers(name)
        if known is None or known["address"] is None:
            return self._pid(name) is not None
        path = "/health/live" if name == "gateway" else "/health/ready"
        return http_status(known["address"] + path) == 200

    def _worker_answers(self, name: str) -> bool:
        with make_celery("test", self.redis_url) as app:
            try:
                return bool(app.control.ping(destination=[f"{name}@{NODE}"], timeout=2, limit=1))
            except (OperationalError, redis.RedisError):
                return False  # Redis itself is just coming back

    def pid(self, name: str) -> int:
        """The process id of one process, which must be running."""
        found = self._pid(name)
        assert found is not None, f"{name} does not run"
        return found

    def query(self, role: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of one statement, asked as `role`."""
        with psycopg.connect(self.database_url(role)) as connection:
            return connection.execute(statement.encode(), values or None).fetchall()

    def _pid(self, name: str) -> int | None:
        running = self.running
        known = {**running.get("processes", {}), **running.get("servers", {})}.get(name, {})
        return known.get("pid")
