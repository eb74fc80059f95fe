"""What sending and receiving need from the outside."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.intake.submissions.model import Reception, Standing, Submission


class Submissions(Protocol):
    """What was sent, what became of it, and where the units stand."""

    def standings(self, cycle: str, search: str = "") -> Sequence[Standing]:
        """In Vietnamese order within each cluster; `search`: a search key that a unit's name must hold."""
        ...

    def add_submission(self, submission: Submission) -> None: ...

    def submission(self, cycle: str, unit: str, number: int) -> Submission | None: ...

    def submissions(self, cycle: str, unit: str) -> Sequence[Submission]: ...

    def received(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        """By cycle the values by item of the newest version that the unit sent and nobody returned."""
        ...

    def add_reception(self, step: Reception) -> None: ...

    def receptions(self, cycle: str, unit: str) -> Sequence[Reception]: ...

    def newest_received(self, cycle: str, units: Collection[str]) -> Mapping[str, Submission]:
        """The newest version of each of these units that was received or accepted, and not returned."""
        ...
