"""`python -m deploy demo [--cycle ihr] [--once]`: starts the suite, plays one whole cycle, checks the edition."""

import argparse
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.children import ROOT, StartFailure, last_lines, start_child, stop_child, wait_until
from deploy.demo.cycles import CYCLES, DemoCycle
from deploy.demo.doors import Refused
from deploy.demo.story import Cast, administrator_login, play
from deploy.demo.summary import checked, summary
from deploy.embedded import write_secret
from deploy.state import State, chosen_folder

START_PATIENCE = 150.0
STOP_PATIENCE = 60.0


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when the edition is published and checked."""
    parser = argparse.ArgumentParser(prog="make demo", description="Run one whole cycle to a published edition.")
    parser.add_argument("--cycle", choices=sorted(CYCLES), default="ihr")
    parser.add_argument("--once", action="store_true", help="end after publishing")
    parser.add_argument("--folder", help="state folder (default: STATE_FOLDER, else .local in the checkout)")
    options = parser.parse_args(arguments)
    state = State(chosen_folder(os.environ, options.folder))
    begun = time.monotonic()
    # SIGTERM ends the demo as Ctrl-C does: the suite is stopped in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    runner: subprocess.Popen[bytes] | None = None
    try:
        runner = _start(state)
        address = str((state.read_running() or {})["address"])
        say(f"The suite runs at {address} after {time.monotonic() - begun:.0f} s.")
        cycle = CYCLES[options.cycle]()
        code = _play(cycle, state, address, begun)
        if code == 0 and not options.once:
            say("\nIt keeps serving; Ctrl-C ends it.")
            code = runner.wait()
        return code
    except (StartFailure, Refused) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        if runner is not None:
            stop_child(runner, signal.SIGTERM, STOP_PATIENCE)


def _start(state: State) -> subprocess.Popen[bytes]:
    log = state.folder.with_name(state.folder.name + ".log") if not state.folder.exists() else state.folder / "demo.log"
    running = state.read_running()
    if running is not None:
        raise StartFailure(f"a suite already runs in {state.folder}: stop it first, or choose another with FOLDER.")
    say("Starting PostgreSQL, Redis and the services …")
    command = [sys.executable, "-m", "deploy", "run", "--folder", str(state.folder)]
    runner = start_child(command, log=log)
    ready = wait_until(
        lambda: bool((state.read_running() or {}).get("ready")), runner, seconds=START_PATIENCE, interval=0.1
    )
    if not ready:
        stop_child(runner, signal.SIGTERM, STOP_PATIENCE)
        raise StartFailure(f"the suite did not start: {last_lines(log)}")
    return runner


def _play(cycle: DemoCycle, state: State, address: str, begun: float) -> int:
    cast = Cast(address, _passwords(state))
    _open_administrator(cycle, state, cast)
    result = play(cycle, cast, say)
    edition_file = state.folder / f"{cycle.code}-edition.json"
    edition_file.write_bytes(result.edition_bytes)
    verdict = checked(edition_file, result.public_keys)
    say(summary(cycle, cast, result, edition_file, verdict))
    say(f"\nDone in {time.monotonic() - begun:.0f} s.")
    return verdict.returncode


def _passwords(state: State) -> "_Passwords":
    """One secret in the state folder; every login's password follows from it, so that a second run signs in too."""
    path = state.secrets / "demo"
    if not path.exists():
        write_secret(path, os.urandom(32).hex())
    return _Passwords(path)


class _Passwords:
    def __init__(self, path: Path) -> None:
        self._key = bytes.fromhex(path.read_text())

    def __call__(self, login: str) -> str:
        digest = hmac.new(self._key, login.encode(), hashlib.sha256).hexdigest()
        return "-".join(digest[start : start + 5] for start in range(0, 20, 5))


def _open_administrator(cycle: DemoCycle, state: State, cast: Cast) -> None:
    """The first account of a council is opened on the command line, by whoever runs the suite."""
    from deploy.databases import role_url

    login = administrator_login(cycle)
    port = (state.read_running() or {})["servers"]["postgres"]["port"]
    url = role_url(f"postgresql://127.0.0.1:{port}", "intake", state.passwords()["intake"], "intake")
    command = [sys.executable, "-m", "services.intake", "create-administrator"]
    command += ["--login", login, "--name", "Administrator", "--council", cycle.council]
    made = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": state.secret_key("intake")},
        input=cast.password_of(login) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if made.returncode not in (0, 2):  # 2: the account is there already
        raise StartFailure(f"the first account could not be opened: {made.stderr.strip()[-300:]}")


if __name__ == "__main__":
    sys.exit(main())
