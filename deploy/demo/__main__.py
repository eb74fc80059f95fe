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

from deploy.background import BackgroundSuite
from deploy.children import ROOT, StartFailure
from deploy.demo.cycles import CYCLES, DemoCycle
from deploy.demo.doors import Refused
from deploy.demo.story import Cast, administrator_login, play
from deploy.demo.summary import checked, summary
from deploy.embedded import write_secret
from deploy.state import chosen_folder


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
    suite = BackgroundSuite(chosen_folder(os.environ, options.folder), dict(os.environ))
    begun = time.monotonic()
    # SIGTERM ends the demo as Ctrl-C does: the suite is stopped in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say("Starting PostgreSQL, Redis and the services …")
        suite.start()
        say(f"The suite runs at {suite.address} after {time.monotonic() - begun:.0f} s.")
        code = _play(CYCLES[options.cycle](), suite, begun)
        if code == 0 and not options.once and suite.runner is not None:
            say("\nIt keeps serving; Ctrl-C ends it.")
            code = suite.runner.wait()
        return code
    except (StartFailure, Refused) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        suite.stop()


def _play(cycle: DemoCycle, suite: BackgroundSuite, begun: float) -> int:
    cast = Cast(suite.address, Passwords.of(suite.state.secrets))
    open_administrator(cycle, suite, cast)
    result = play(cycle, cast, say)
    edition_file = suite.state.folder / f"{cycle.code}-edition.json"
    edition_file.write_bytes(result.edition)
    verdict = checked(edition_file, result.public_keys)
    say(summary(cycle, cast, result, edition_file, verdict))
    say(f"\nDone in {time.monotonic() - begun:.0f} s.")
    return verdict.returncode


class Passwords:
    """A password for every login, from one secret: a second run on the same data signs in with the same ones."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, folder: Path) -> "Passwords":
        """From the secret kept in a private folder; made the first time."""
        path = folder / "demo"
        if not path.exists():
            write_secret(path, os.urandom(32).hex())
        return cls(bytes.fromhex(path.read_text()))

    def __call__(self, login: str) -> str:
        digest = hmac.new(self._secret, login.encode(), hashlib.sha256).hexdigest()
        return "-".join(digest[start : start + 5] for start in range(0, 20, 5))


def open_administrator(cycle: DemoCycle, suite: BackgroundSuite, cast: Cast) -> None:
    """The first account of a council is opened on the command line, by whoever runs the suite."""
    login = administrator_login(cycle)
    command = [sys.executable, "-m", "services.intake", "create-administrator"]
    command += ["--login", login, "--name", "Administrator", "--council", cycle.council]
    made = subprocess.run(
        command,
        cwd=ROOT,
        env=suite.environment("intake"),
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
