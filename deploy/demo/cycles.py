"""What a demo cycle is: who takes part, by which framework, what they claim and what independent sources say."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo.wording import Titles

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Unit:
    """A member unit; `cluster` is a code of the cycle."""

    code: str
    title: Titles
    cluster: str


@dataclass(frozen=True)
class Cluster:
    """A cluster; `method` says whether it votes after it has scored (`score_then_vote`) or not (`score_only`)."""

    title: Titles
    method: str = "score_only"


@dataclass(frozen=True)
class Release:
    """One file of an independent source, as its publisher would upload it. `rater` is the role of who brings it."""

    source: str
    title: Titles
    publisher: Titles
    licence: str
    published_on: str
    file_name: str
    content: bytes
    rater: str = "ministry_rater"


@dataclass(frozen=True)
class Document:
    """What a unit names in support of a claim; the demo hands in no file."""

    document_number: str
    issuer: str
    issued_on: str
    signer: str


@dataclass(frozen=True)
class Claim:
    """What a unit says of itself for one criterion."""

    criterion: str
    value: float
    self_points: float
    target: float | None = None
    note: str = ""
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class DemoCycle:
    """A cycle ready to be played.

    `late_releases` come when an edition is out already and lead to a second one. `earlier` cycles of the same council
    are played first, as far as their scores are settled. `planted`: which claims a made-up pattern raised, and how
    (unit, criterion → kind); None where nobody knows. `confirming_office`: whose letters bear out a difference.
    `round_in`: the cluster whose members challenge items and meet; its first unit is the head, its second the deputy.
    """

    code: str
    council: str
    council_title: Titles
    title: Titles
    period: str
    notice: Titles
    synthetic: bool
    framework: Mapping[str, Any]
    clusters: Mapping[str, Cluster]
    units: tuple[Unit, ...]
    claims: Mapping[str, tuple[Claim, ...]]
    releases: tuple[Release, ...]
    late_releases: tuple[Release, ...] = ()
    earlier: tuple["DemoCycle", ...] = ()
    planted: Mapping[tuple[str, str], str] | None = None
    confirming_office: str = ""
    round_in: str = ""

    @property
    def first_year(self) -> str:
        """The year from which its council's directory must know the units."""
        return min(cycle.period[:4] for cycle in (self, *self.earlier))

    @property
    def leading(self) -> Mapping[str, str]:
        """Who heads the cluster whose round is played, and who is its deputy: unit → position."""
        units = [unit.code for unit in self.units if unit.cluster == self.round_in]
        return dict(zip(units, ("head", "deputy"), strict=False))

    @property
    def votes(self) -> tuple[str, ...]:
        """The clusters that vote after they have scored."""
        return tuple(code for code, cluster in self.clusters.items() if cluster.method == "score_then_vote")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table of the project's own, by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
