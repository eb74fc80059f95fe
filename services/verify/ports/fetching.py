"""What use cases need to fetch a source's files from where its publisher publishes them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.contracts.sentences import Sentence

PROGRESS = ("taken", "unchanged")


@dataclass(frozen=True)
class FetchPlan:
    """Where a source's file is and how often it is asked for. `query`: the body of a PX-Web query, None for a GET."""

    source: str
    address: str
    query: Mapping[str, Any] | None
    cycle: str
    status: str
    every_hours: int
    paused: bool = False


@dataclass(frozen=True)
class Attempt:
    """What became of one attempt: `asked` (under way), `taken`, `unchanged`, `refused` (unreadable) or `down`."""

    outcome: str
    etag: str = ""
    last_modified: str = ""
    release: uuid.UUID | None = None
    said: Sentence | None = None


@dataclass(frozen=True)
class Answer:
    """A publisher's answer. `raw` is None if nothing has changed since the marks that were sent along."""

    raw: bytes | None
    file_name: str
    etag: str
    last_modified: str


class SourceDown(Exception):
    """No good answer came in time; `said` tells how."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said.text)
        self.said = said


class Fetcher(Protocol):
    """Asks a publisher for a file."""

    def fetch(self, plan: FetchPlan, etag: str, last_modified: str) -> Answer:
        """The file, unless it is unchanged. Raises SourceDown."""
        ...


class Fetching(Protocol):
    """Plans and attempts, added and never changed."""

    def plan(self, source: str) -> tuple[int, FetchPlan] | None:
        """The newest plan of a source and its version."""
        ...

    def save(self, plan: FetchPlan, now: datetime, account: str, name: str) -> int:
        """Keep a plan as the newest of its source; its version."""
        ...

    def planned(self) -> Sequence[str]:
        """The sources that have a plan."""
        ...

    def last(self, source: str) -> tuple[Attempt, datetime] | None:
        """The newest attempt for a source, and when; the source is held until the end of the transaction."""
        ...

    def marks(self, source: str, version: int) -> tuple[str, str]:
        """ETag and Last-Modified of the newest answer that was taken in by this version of the plan."""
        ...

    def attempt(self, source: str, version: int, attempt: Attempt, now: datetime) -> None:
        """Write an attempt down."""
        ...
