"""What the council view needs of voting: announced tallies, and nothing else."""

from typing import Protocol

from services.ranking.council.model import AnnouncedTally


class Tallies(Protocol):
    """The tallies that voting has announced."""

    def announced(self, cycle: str, cluster: str) -> list[AnnouncedTally]:
        """The tallies of a cluster's ballots, newest round first."""
        ...
