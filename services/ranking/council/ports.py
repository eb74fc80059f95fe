"""What the council view needs from voting: announced tallies, and nothing else."""

from typing import Protocol

from services.ranking.voting.model import AnnouncedTally


class Tallies(Protocol):
    """Announced tallies over one transaction; see `adapters.council`."""

    def announced(self, cycle: str, cluster: str) -> list[AnnouncedTally]:
        """The tallies of a cluster's ballots, newest round first."""
        ...
