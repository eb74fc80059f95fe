"""The whole suite as a child of somebody: the demo, a test. It is the real runner in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.children import StartFailure, last_lines, start_child
from deploy.commands import base_environment, environment_of
from deploy.containers import find_process
from deploy.databases import DATABASES, role_url
from deploy.runner import ADDRESS_SETTINGS
from deploy.state import State

START_PATIENCE = 180.0
STOP_PATIENCE = 60.0


class BackgroundSuite:
    """A suite in `folder`, with embedded servers unless `environment` names others. Stops with its starter."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.state = State(folder.resolve())
        self.log = self.state.logs / "runner.log"
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self._environment = {**inherited, **(environment or {})}
        self.runner: subprocess.Popen[bytes] | None = None

    def start(self, port: int | None = None) -> None:
        """Start everything and wait until it is ready. Call it from the main thread; StartFailure says why not."""
        command = [sys.executable, "-m", "deploy", "run", "--folder", str(self.state.folder)]
        if port is not None:
            command += ["--port", str(port)]
        # Group and others are kept out before the first file is written.
        self.state.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.runner = start_child(command, log=self.log, environment=self._environment, death_signal=signal.SIGTERM)
        limit = time.monotonic() + START_PATIENCE
        while not self.running.get("ready"):
            if self.runner.poll() is not None or time.monotonic() > limit:
                reason = last_lines(self.log, 3)
                self.stop()
                raise StartFailure(f"The suite did not start: {reason}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Orderly stop; killed when it takes too long."""
        if self.runner is None or self.runner.poll() is not None:
            return
        self.runner.send_signal(signal.SIGTERM)
        try:
            self.runner.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.runner.kill()
            self.runner.wait()

    @property
    def running(self) -> dict[str, Any]:
        """What the runner writes about itself (`running.json`); empty while nothing runs."""
        return self.state.read_running() or {}

    @property
    def address(self) -> str:
        """Where people go: `http://127.0.0.1:PORT`, without a slash at the end."""
        return str(self.running["address"])

    def address_of(self, name: str) -> str:
        """One web process's own address, past the gateway."""
        return str(self.running["processes"][name]["address"])

    @property
    def redis_url(self) -> str:
        """The suite's Redis."""
        given = self._environment.get("REDIS_URL")
        if given:
            return given
        password = (self.state.redis / "password").read_text()
        return f"redis://:{password}@127.0.0.1:{self.running['servers']['redis']['port']}/0"

    @property
    def admin_url(self) -> str:
        """PostgreSQL, as its administrator."""
        given = self._environment.get("DATABASE_URL")
        if given:
            return given
        password = (self.state.postgres / "password").read_text()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.running['servers']['postgres']['port']}/postgres"

    def database_url(self, role: str) -> str:
        """The URL of one role (`intake_owner`, `ranking_voting` …) in its own database."""
        (database,) = [each.name for each in DATABASES.values() if role in each.roles]
        return role_url(self.admin_url, role, self.state.passwords()[role], database)

    def environment(self, name: str) -> dict[str, str]:
        """The environment of one process of the table: for running a service's own commands beside it."""
        running = self.running
        suite = {
            **{setting: running["processes"][process]["address"] for process, setting in ADDRESS_SETTINGS.items()},
            "REDIS_URL": self.redis_url,
            "PUBLIC_URL": running["address"],
            "LOG_FORMAT": "json",
            "RELEASE": "command",
        }
        process = find_process(name)
        settings = environment_of(process, self.state, suite, self.admin_url, self.state.passwords())
        return {**base_environment(), **settings}
