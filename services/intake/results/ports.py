"""What verification found, from the outside."""

from collections.abc import Collection, Mapping
from typing import Protocol


class VerifiedResults(Protocol):
    """What verification found, as its feed says it."""

    def of(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        """By cycle the verified values by criterion; a cycle that is not verified (yet) is left out."""
        ...

    def save(self, cycle: str, unit: str, values: Mapping[str, float], *, is_final: bool) -> None: ...
