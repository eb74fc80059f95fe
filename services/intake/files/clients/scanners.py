"""Scanners for harmful content: a ClamAV daemon, or any program that takes a file's path."""

import asyncio
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aioclamd import ClamdAsyncClient, ClamdError  # type: ignore[import-untyped]

from services.intake.files.model import Verdict
from services.intake.files.ports import Scanner, ScannerAway
from shared.plumbing.settings import SettingsError

SECONDS = 60.0
LONGEST_NAME = 200


@dataclass(frozen=True)
class ClamdScanner:
    """A ClamAV daemon; the file is streamed to it, so that it may run on another machine."""

    host: str
    port: int

    def scan(self, path: Path) -> Verdict:
        try:
            said = asyncio.run(self._ask(path))
        except (ClamdError, OSError, EOFError, ValueError) as error:
            raise ScannerAway(type(error).__name__) from error
        [(status, found)] = said.values()
        if status not in ("OK", "FOUND"):
            raise ScannerAway(status)
        return Verdict(status == "OK", (found or "")[:LONGEST_NAME])

    async def _ask(self, path: Path) -> dict[str, tuple[str, str | None]]:
        with path.open("rb") as file:
            said: dict[str, tuple[str, str | None]] = await ClamdAsyncClient(
                self.host, self.port, timeout=SECONDS
            ).instream(file)
        return said


@dataclass(frozen=True)
class CommandScanner:
    """A program that is given the file's path: it ends with 0 if there is nothing, with 1 if there is something.

    What it prints last names what it found. Any other end means that it could not look.
    """

    words: tuple[str, ...]

    def scan(self, path: Path) -> Verdict:
        try:
            done = subprocess.run(
                [*self.words, str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ScannerAway(type(error).__name__) from error
        if done.returncode not in (0, 1):
            raise ScannerAway(f"exit status {done.returncode}")
        lines = [line.strip() for line in done.stdout.replace(str(path), "").splitlines() if line.strip()]
        found = "".join(letter for letter in (lines[-1] if lines else "") if letter.isprintable())
        return Verdict(done.returncode == 0, "" if done.returncode == 0 else found.strip(" :")[:LONGEST_NAME])


def read_scanner(setting: str) -> Scanner | None:
    """`clamd://HOST:PORT`, or `command:PROGRAM WORDS…`; None for nothing. Raises `SettingsError` for anything else."""
    kind, _, rest = setting.partition(":")
    if not setting:
        return None
    if kind == "command" and (words := tuple(shlex.split(rest))):
        return CommandScanner(words)
    address = urlsplit(setting)
    if kind == "clamd" and address.hostname:
        return ClamdScanner(address.hostname, address.port or 3310)
    raise SettingsError("settings: EVIDENCE_SCANNER is clamd://HOST:PORT or command:PROGRAM WORDS")
