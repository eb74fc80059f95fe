"""What storing, scanning and deleting files need from the outside."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from services.intake.files.model import ExpiredFile, FileState, RetentionRule, StoredFile, Verdict


class Retention(Protocol):
    """Scans, deletions and rules, by the hash of the file or the code of the cycle."""

    def of(self, sha256s: Iterable[str]) -> Mapping[str, FileState]:
        """What is known; a file of which nothing is known has no entry."""
        ...

    def unscanned(self, limit: int) -> Sequence[str]:
        """Files nobody has looked at, the oldest first."""
        ...

    def add_scan(self, sha256: str, verdict: Verdict, at: datetime) -> bool:
        """False if it was looked at before."""
        ...

    def brought_by(self, sha256: str) -> Sequence[tuple[str, str, str]]:
        """Who brought it: cycle, unit, account."""
        ...

    def rules(self) -> Mapping[str, RetentionRule]:
        """By cycle."""
        ...

    def save_rule(self, cycle: str, rule: RetentionRule) -> None: ...
    def only_in(self, cycles: Collection[str], limit: int) -> Sequence[ExpiredFile]:
        """Files that only these cycles hold and that were not deleted, by hash."""
        ...

    def hold(self, sha256: str) -> None:
        """Until the end of the transaction nobody else brings or deletes this file."""
        ...

    def add_deletion(self, sha256: str, legal_source: str, at: datetime) -> None: ...


class Scanner(Protocol):
    """Looks for harmful content."""

    def scan(self, path: Path) -> Verdict:
        """Raises `ScannerAway` when it cannot say."""
        ...


class ScannerAway(Exception):
    """The scanner does not answer, or answers that it could not look."""


class EvidenceFiles(Protocol):
    """Files by their hash, outside the database. `scanned`: a scanner is set up that looks at each."""

    @property
    def scanned(self) -> bool: ...
    def store(self, stream: IO[bytes], client_name: str | None) -> StoredFile: ...
    def path(self, sha256: str) -> Path | None: ...
    def delete(self, sha256: str) -> None:
        """Gone for good when this returns; one that is not there is no error."""
        ...
