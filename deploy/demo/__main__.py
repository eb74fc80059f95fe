"""`python -m deploy demo [--cycle vietnam] [--once]`: starts the suite, plays one whole cycle, checks the edition."""

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
from deploy.demo.cast import ADMINISTRATOR, Cast, administrator_login
from deploy.demo.cycles import DemoCycle
from deploy.demo.ihr import ihr_2018
from deploy.demo.person import Refused
from deploy.demo.story import play
from deploy.demo.summary import checked, summary
from deploy.demo.vietnam import vietnam_2015
from deploy.demo.wording import both, in_both
from deploy.embedded import write_secret
from deploy.state import chosen_folder
from shared.contracts.sentences import LANGUAGES, Sentence, sentence

CYCLES = {"vietnam": vietnam_2015, "ihr": ihr_2018}


class Progress:
    """Prints each step for the person at the terminal, in both languages, when it was done and how long it took."""

    def __init__(self) -> None:
        self.begun = self.before = time.monotonic()

    def __call__(self, message: Sentence) -> None:
        now = time.monotonic()
        lines = list(dict.fromkeys(message.in_language(language) for language in LANGUAGES))
        print(f"{now - self.begun:5.0f} s {now - self.before:+6.1f}  {lines[0]}", flush=True)
        for line in lines[1:]:
            print(f"{'':16}{line}", flush=True)
        self.before = now


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when the edition is published and checked."""
    parser = argparse.ArgumentParser(
        prog="make demo", description=in_both(sentence("Runs one whole cycle to a published edition."))
    )
    parser.add_argument("--cycle", choices=sorted(CYCLES), default="vietnam")
    parser.add_argument("--once", action="store_true", help=in_both(sentence("end after publishing")))
    folder = sentence("state folder (default: STATE_FOLDER, else .local in the checkout)")
    parser.add_argument("--folder", help=in_both(folder))
    options = parser.parse_args(arguments)
    suite = BackgroundSuite(chosen_folder(os.environ, options.folder), dict(os.environ))
    say = Progress()
    # SIGTERM ends the demo as Ctrl-C does: the suite is stopped in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say(sentence("Starting PostgreSQL, Redis and the services …"))
        suite.start()
        say(sentence("The suite runs at %(address)s.", address=suite.address))
        code = _play(CYCLES[options.cycle](), suite, say)
        if code == 0 and not options.once and suite.runner is not None:
            say(sentence("It keeps serving; Ctrl-C ends it."))
            code = suite.runner.wait()
        return code
    except (StartFailure, Refused) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        suite.stop()


def _play(cycle: DemoCycle, suite: BackgroundSuite, say: Progress) -> int:
    cast = Cast(suite.address, Passwords.of(suite.state.secrets))
    open_administrator(cycle, suite, cast)
    result = play(cycle, cast, say)
    edition_file = suite.state.folder / f"{cycle.code}-edition.json"
    edition_file.write_bytes(result.edition)
    verdict = checked(edition_file, result.public_keys)
    print(summary(cycle, cast, result, edition_file, verdict), flush=True)
    say(sentence("Done."))
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
    """The first account of a council is opened on the command line of the machine that runs the suite."""
    login = administrator_login(cycle)
    command = [sys.executable, "-m", "services.intake", "create-administrator"]
    command += ["--login", login, "--name", both(ADMINISTRATOR), "--council", cycle.council]
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
