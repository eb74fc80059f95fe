"""Starts foreground processes that end with us, whatever ends us.

On Linux the kernel signals the child when the thread that started it dies (`PR_SET_PDEATHSIG`), so start children
from the main thread only. Elsewhere a small guard process (`deploy.guard`) holds the child and watches a pipe whose
other end closes when we die.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LONGEST_LOG = 5_000_000
ROOT = Path(__file__).resolve().parent.parent


class StartFailure(Exception):
    """Something could not be started; the text is one line for the person at the terminal."""


def _die_with_parent(death_signal: int) -> Callable[[], None]:
    """What the child runs between fork and exec; everything it needs is looked up before the fork."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # the parent died before the kernel knew what to do about it
            os._exit(1)

    return before_exec


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    death_signal: int = signal.SIGTERM,
    folder: Path = ROOT,
    guarded: bool = not sys.platform.startswith("linux"),
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, output appended to `log`.

    A session of its own keeps the terminal's Ctrl-C from reaching children in any order it likes: who starts them
    also stops them.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    environment = dict(os.environ if environment is None else environment)
    with log.open("ab") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        given: dict[str, Any] = {**streams, "cwd": folder, "env": environment, "start_new_session": True}
        if not guarded:
            before_exec = _die_with_parent(death_signal)
            return subprocess.Popen(command, preexec_fn=before_exec, **given)  # noqa: PLW1509 - only prctl
        watched, _held = os.pipe()  # `_held` is inherited by nobody: it closes when this process ends
        try:
            guard = [sys.executable, str(ROOT / "deploy" / "guard.py"), str(watched), str(int(death_signal)), *command]
            return subprocess.Popen(guard, pass_fds=(watched,), **given)
        finally:
            os.close(watched)


def stop_child(child: subprocess.Popen[bytes], stop_signal: int, patience: float) -> bool:
    """Ask `child` to stop and reap it; after `patience` seconds its whole group is killed. True if it obeyed."""
    if child.poll() is not None:
        return True
    try:
        child.send_signal(stop_signal)
        child.wait(patience)
        return True
    except subprocess.TimeoutExpired:
        kill_group(child)
        return False


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill `child` and everything it started in its session, and reap it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait(10)


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log as one line, for an error message."""
    if not log.exists():
        return "(no log)"
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-count:]) or "(empty log)"


def wait_until(ready: Callable[[], bool], child: subprocess.Popen[bytes], *, seconds: float, interval: float) -> bool:
    """Poll `ready` until it says yes; False when `child` ended or `seconds` passed first."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return True
        if child.poll() is not None:
            return False
        time.sleep(interval)
    return False
