"""The state folder of a suite: secrets, keys, data, logs; made once, private to its owner, locked while it runs."""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from deploy.children import ROOT, StartFailure
from deploy.databases import kept_passwords
from deploy.embedded import write_secret
from deploy.processes import ISSUERS
from shared.plumbing.tokens import create_signing_key, load_signing_key, public_jwk

FOLDER_NAME = "STATE_FOLDER"
LOCK_ATTEMPTS = 10


def chosen_folder(environment: Mapping[str, str], given: str | None = None) -> Path:
    """The folder on the command line, else in STATE_FOLDER, else `.local` in the checkout."""
    return Path(given or environment.get(FOLDER_NAME) or ROOT / ".local").resolve()


class State:
    """Where everything of one running suite lies. Nothing is made before `prepare`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        self.postgres = folder / "postgres"
        self.redis = folder / "redis"
        self.logs = folder / "logs"
        self.evidence = folder / "evidence"
        self.mail = folder / "mail"
        self.box_keys = self.secrets / "box_keys"
        self.edition_key = self.secrets / "edition.pem"
        self.trusted_keys = self.secrets / "trusted_keys.json"
        self.passwords_file = self.secrets / "databases.json"
        self.running = folder / "running.json"

    def prepare(self) -> None:
        """Make what is missing: folders, a signing key per issuer, the edition key, the list of trusted keys."""
        for folder in (self.folder, self.secrets, self.logs, self.evidence, self.box_keys, self.folder / "beat"):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise StartFailure(
                    f"{folder} cannot be made ({error.strerror}): choose another with --folder."
                ) from None
        for issuer in (*ISSUERS, "edition"):
            if not self.signing_key(issuer).exists():
                # Made beside and renamed: a kill in between must not leave half a key under the final name.
                making = self.secrets / f"{issuer}.pem.new"
                making.unlink(missing_ok=True)
                create_signing_key(making)
                making.replace(self.signing_key(issuer))
        # What a person added or replaced there stays.
        trusted = json.loads(self.trusted_keys.read_text()) if self.trusted_keys.exists() else {}
        unknown = [issuer for issuer in ISSUERS if issuer not in trusted]
        if unknown:
            keys = {issuer: [public_jwk(load_signing_key(self.signing_key(issuer)))] for issuer in unknown}
            trusted |= {issuer: {"keys": own} for issuer, own in keys.items()}
            write_secret(self.trusted_keys, json.dumps(trusted, indent=1))

    def signing_key(self, issuer: str) -> Path:
        """The PEM file of an issuer's private key."""
        return self.secrets / f"{issuer}.pem"

    def secret_key(self, issuer: str) -> str:
        """The key under which one service signs its browser sessions."""
        path = self.secrets / f"{issuer}.session_key"
        if not path.exists():
            write_secret(path, secrets.token_urlsafe(48))
        return path.read_text()

    def passwords(self) -> dict[str, str]:
        """The database roles' passwords."""
        return kept_passwords(self.passwords_file)

    def write_running(self, what: Mapping[str, Any]) -> None:
        """Say what runs, for `status` and the tests: process ids and addresses, no secret."""
        write_secret(self.running, json.dumps(what, indent=1))

    def read_running(self) -> dict[str, Any] | None:
        """What the runner wrote last; None when no suite runs on this folder."""
        try:
            running: dict[str, Any] = json.loads(self.running.read_text())
        except (OSError, ValueError):
            return None
        return running if FolderLock(self.folder).holder() == running["pid"] else None

    def last_port(self) -> int | None:
        """The port people used last time, so that their bookmarks stay good."""
        try:
            return int((self.folder / "port").read_text())
        except (OSError, ValueError):
            return None

    def remember_port(self, port: int) -> None:
        """Keep the port for the next run."""
        (self.folder / "port").write_text(f"{port}\n")


class FolderLock:
    """One suite, backup or restore at a time on one folder. The kernel lets go of it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._descriptor: int | None = None

    def __enter__(self) -> "FolderLock":
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Not inheritable (the default): a child that outlives us must not hold the folder.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        for attempt in range(LOCK_ATTEMPTS):  # somebody may just be looking whether it is held
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if attempt == LOCK_ATTEMPTS - 1:
                    owner = os.read(descriptor, 100).decode().strip()
                    os.close(descriptor)
                    raise StartFailure(
                        f"The suite in {self._path.parent} is already in use (process {owner or 'unknown'}): "
                        "stop that one first (Ctrl-C in its terminal), or choose another folder with --folder."
                    ) from None
                time.sleep(0.05)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """The process that holds the folder now."""
        try:
            descriptor = os.open(self._path, os.O_RDWR)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(descriptor, 100).decode().strip()
            return int(owner) if owner.isdigit() else None
        finally:
            os.close(descriptor)
        return None
