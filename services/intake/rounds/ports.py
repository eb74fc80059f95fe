"""What the days of the round and its files need from the outside."""

from collections.abc import Sequence
from typing import Protocol

from services.intake.rounds.model import Round, RoundFile


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
