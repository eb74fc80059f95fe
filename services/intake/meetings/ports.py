"""What meetings need from the outside."""

from collections.abc import Sequence
from typing import Protocol

from services.intake.meetings.model import Meeting, MinutesPosition, Version


class Meetings(Protocol):
    """Meetings of clusters; nothing of it is ever changed."""

    def of_cluster(self, cycle: str, cluster: str) -> Sequence[Meeting]:
        """Of a cluster, by number, each with all versions and positions."""
        ...

    def add_version(self, meeting: Meeting, version: Version) -> None: ...

    def add_position(self, meeting: Meeting, position: MinutesPosition) -> None: ...
