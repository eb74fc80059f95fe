"""The throw-away suite as a process of its own, for the tests of runner and gateway."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from deploy.state import State
from tests.suite import family_of, gone, wait_for

HERE = Path(__file__).parent


class ThrowawaySuite:
    """The throw-away suite on one folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.state = State(folder)
        self.environment = {**os.environ, **environment}
        self.output = folder.with_suffix(".output")

    def start(self) -> None:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(HERE / "throwaway.py"), str(self.state.folder)],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        assert wait_for(lambda: self.said("ready") or self.process.poll() is not None, 90)
        assert self.process.poll() is None, self.output.read_text()

    def said(self, what: str) -> Any:
        return (self.state.read_running() or {}).get(what)

    @property
    def address(self) -> str:
        return str(self.said("address"))

    def pid(self, name: str) -> int | None:
        found: int | None = {**self.said("processes"), **self.said("servers")}[name]["pid"]
        return found

    def family(self) -> list[psutil.Process]:
        return family_of(self.process.pid)

    def end(self) -> None:
        """Kill the runner; whatever a test did before, nothing may stay behind."""
        if self.process.poll() is None:
            family = self.family()
            self.process.kill()
            self.process.wait()
            assert wait_for(lambda: all(map(gone, family)), 30), [each for each in family if not gone(each)]


def administrator_url(suite: ThrowawaySuite) -> str:
    """The administrator's URL of a running throw-away suite's intake database."""
    password = (suite.state.postgres / "password").read_text()
    return f"postgresql://postgres:{password}@127.0.0.1:{suite.said('servers')['postgres']['port']}/intake"
