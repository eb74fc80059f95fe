"""What the cluster round needs from the outside. The real one: `adapters/round_repository.py`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.intake.domain.challenges import Answer, Challenge, Withdrawal
from services.intake.domain.cluster_round import Round
from services.intake.domain.evidence import StoredFile
from services.intake.domain.meetings import Meeting, MinutesPosition, Version


@dataclass(frozen=True)
class RoundFile:
    """A file brought for a cluster's round; `unit` None: for its meeting, by whoever keeps the record."""

    cycle: str
    cluster: str
    unit: str | None
    file: StoredFile
    label: str
    account: str
    at: datetime


class Rounds(Protocol):
    """Declared days, challenges, meetings and their files; nothing of it is ever changed."""

    def declarations(self, cycle: str) -> Sequence[Round]:
        """Every declaration of a cycle, oldest first; the newest counts."""
        ...

    def declare(self, cycle: str, declared: Round) -> None: ...

    def add_file(self, brought: RoundFile) -> None: ...

    def files(self, cycle: str, cluster: str, sha256: str) -> Sequence[RoundFile]:
        """Who brought a file to a cluster's round."""
        ...


class Challenges(Protocol):
    """Challenges with their answers; nothing of it is ever changed."""

    def of_units(self, cycle: str, units: Collection[str], criterion: str | None = None) -> Sequence[Challenge]:
        """Those about these units' items, by unit, criterion and number."""
        ...

    def add(self, challenge: Challenge) -> None: ...

    def answer(self, challenge: Challenge, answer: Answer) -> None: ...

    def withdraw(self, challenge: Challenge, withdrawal: Withdrawal) -> None: ...


class Meetings(Protocol):
    """Meetings of clusters; nothing of it is ever changed."""

    def of_cluster(self, cycle: str, cluster: str) -> Sequence[Meeting]:
        """Of a cluster, by number, each with all versions and positions."""
        ...

    def add_version(self, meeting: Meeting, version: Version) -> None: ...

    def add_position(self, meeting: Meeting, position: MinutesPosition) -> None: ...
