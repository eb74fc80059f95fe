"""`python -m deploy status`: who runs, since how many restarts, and whether they are ready."""

import os
from collections.abc import Callable
from typing import Any

from deploy.runner import http_status
from deploy.state import State


def report(state: State, say: Callable[[str], None]) -> int:
    """Print one line a process; 0 when all are ready, 1 when some are not, 3 when nothing runs."""
    running = state.read_running()
    if running is None:
        say(f"No suite runs in {state.folder}.")
        return 3
    say(f"{running['address']}/  {'ready' if running['ready'] else 'starting'} (process {running['pid']})")
    healthy = bool(running["ready"])
    for name, server in running["servers"].items():
        alive = _lives(server["pid"])
        healthy &= alive
        say(f"  {name:<15} {'runs' if alive else 'DEAD':<10} port {server['port']}")
    for name, process in running["processes"].items():
        found = _state_of(name, process)
        healthy &= found in ("ready", "runs")
        say(f"  {name:<15} {found:<10} restarts {process['restarts']}  {process['address'] or ''}".rstrip())
    return 0 if healthy else 1


def _state_of(name: str, process: dict[str, Any]) -> str:
    if not _lives(process["pid"]):
        return "DEAD"
    if not process["address"]:
        return "runs"
    path = "/health/live" if name == "gateway" else "/health/ready"
    return "ready" if http_status(process["address"] + path) == 200 else "NOT READY"


def _lives(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
