"""Holds one child where the kernel cannot tie it to its parent (macOS): `guard.py PIPE SIGNAL COMMAND...`.

The pipe's other end is open only in the process that started us. When that process dies, however it dies, reading
the pipe ends and the child is asked to stop, then killed. Signals sent to the guard go on to the child.
"""

import os
import select
import signal
import subprocess
import sys
import time

PATIENCE = 15.0


def main() -> int:
    """Run the child until it ends or the pipe closes; the child's exit code."""
    watched, death_signal = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(watched, False)
    child = subprocess.Popen(sys.argv[3:])
    for forwarded in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(forwarded, lambda number, _frame: child.send_signal(number))
    asked_at: float | None = None
    while child.poll() is None:
        if asked_at is None:
            readable, _, _ = select.select([watched], [], [], 0.2)
            if readable:
                asked_at = time.monotonic()
                child.send_signal(death_signal)
        else:
            time.sleep(0.05)
            if time.monotonic() - asked_at > PATIENCE:
                child.kill()
    if asked_at is not None:
        os.killpg(0, signal.SIGKILL)  # what the child started; and the guard, whose work is done
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main())
