"""Table and tally of one cluster, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.sentences import Sentence


@dataclass(frozen=True)
class Placed:
    """A unit with its rank in the table (None: not ranked) and the place the vote gave it (None: none)."""

    unit: str
    rank: int | None
    place: int | None


@dataclass(frozen=True)
class SideBySide:
    """Table and tally of one cluster. `differs`: the vote's order is not the table's among the units it places."""

    units: tuple[Placed, ...]
    differs: bool
    rests_on_earlier_scores: bool
    messages: tuple[Sentence, ...]


@dataclass(frozen=True)
class AnnouncedTally:
    """A tally as voting announced it. `document` is what it announced: counts and rules, no ballot."""

    round: int
    sheet_sha256: str
    document: Mapping[str, Any]
