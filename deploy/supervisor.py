"""Keeps processes running: starts them, starts them again when they die, stops them in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from deploy.children import kill_group, last_lines, start_child

log = structlog.get_logger(__name__)
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# Who has run this long is healthy: its next death starts with the short delay again.
SETTLED_AFTER = 30.0


@dataclass
class Supervised:
    """One process and what happened to it. `stage`: lower stages are stopped first."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    stage: int
    death_signal: int = signal.SIGTERM
    impatient_signal: int = signal.SIGKILL
    patience: float = 15.0
    child: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    started_at: float = 0.0
    next_start_at: float | None = None
    _delay: float = field(default=FIRST_DELAY, repr=False)

    def start(self) -> None:
        """Start it now."""
        self.child = start_child(
            self.command, log=self.log, environment=self.environment, death_signal=self.death_signal
        )
        self.started_at = time.monotonic()
        self.next_start_at = None

    def look(self, now: float) -> bool:
        """Start it again if it died and its delay is over. True when something changed."""
        if self.next_start_at is not None:
            if now < self.next_start_at:
                return False
            self.start()
            return True
        if self.child is None or self.child.poll() is None:
            return False
        # What it leaves behind (workers of a killed master) would hold its port or its queue.
        kill_group(self.child)
        if now - self.started_at > SETTLED_AFTER:
            self._delay = FIRST_DELAY
        self.restarts += 1
        self.next_start_at = now + self._delay
        log.error(
            "process_died",
            process=self.name,
            exit_code=self.child.returncode,
            restarts=self.restarts,
            seconds_to_restart=self._delay,
            last_lines=last_lines(self.log, 2),
        )
        self._delay = min(self._delay * 2, LONGEST_DELAY)
        return True


class Supervisor:
    """A set of supervised processes."""

    def __init__(self) -> None:
        self.processes: list[Supervised] = []

    def start(self, process: Supervised) -> None:
        """Start `process` and look after it from now on."""
        self.processes.append(process)
        process.start()

    def look(self) -> bool:
        """Look after everybody once. True when something changed."""
        now = time.monotonic()
        changed = [process.look(now) for process in self.processes]
        return any(changed)

    def stop(self, impatient: Callable[[], bool]) -> None:
        """Stop everybody, stage by stage; a stage ends when all its processes have."""
        for stage in sorted({process.stage for process in self.processes}):
            self._stop_stage([process for process in self.processes if process.stage == stage], impatient)

    def _stop_stage(self, stage: list[Supervised], impatient: Callable[[], bool]) -> None:
        running = {process.name: process for process in stage if process.child and process.child.poll() is None}
        for process in running.values():
            assert process.child is not None
            process.child.send_signal(signal.SIGTERM)
        begun, asked = time.monotonic(), set[str]()
        while running:
            waited = time.monotonic() - begun
            for name, process in list(running.items()):
                assert process.child is not None
                if process.child.poll() is not None:
                    kill_group(process.child)
                    del running[name]
                elif waited > process.patience + 5 or (impatient() and name in asked):
                    log.warning("process_killed", process=name, seconds_waited=round(waited, 1))
                    kill_group(process.child)
                    del running[name]
                elif (waited > process.patience or impatient()) and name not in asked:
                    asked.add(name)
                    process.child.send_signal(process.impatient_signal)
            time.sleep(0.05)
