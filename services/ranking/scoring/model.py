"""What scoring knows of a cycle before the freeze, and what stands frozen after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.sentences import Sentence
from shared.criteria import model
from shared.criteria.standings import Standings

# The scores may be frozen once nothing more is taken in.
CLOSED_STATES = ("intake_closed", "archived")


@dataclass(frozen=True)
class Cycle:
    """A cycle as intake recorded it. Titles by language (`vi`, `en`)."""

    council: str
    council_title: Mapping[str, str]
    cycle: str
    title: Mapping[str, str]
    period: str
    deadline_at: datetime
    state: str
    synthetic: bool
    notice: Mapping[str, str] | None
    framework_sha256: str


@dataclass(frozen=True)
class Submission:
    """The newest self-assessment of a unit, by number and hash."""

    number: int
    content_sha256: str


@dataclass(frozen=True)
class CountedItem:
    """What verify says counts for one item of one unit; see `shared.contracts.verify_v1.CountedItem`."""

    criterion: str
    state: str
    basis: str
    blocks_freeze: bool
    left_out: bool
    value: float | None
    points: float | None
    target: float | None
    claimed_value: float | None
    self_points: float | None
    observation: Mapping[str, Any] | None
    decision: Mapping[str, Any] | None
    recognised: Mapping[str, Any] | None = None  # target and act, where the Board recognised a changed target


@dataclass(frozen=True)
class Verification:
    """What verify says of one unit."""

    framework_sha256: str
    submission_number: int
    submission_sha256: str
    cohort_screened: bool
    items: tuple[CountedItem, ...]


@dataclass(frozen=True)
class Member:
    """A member unit with what has arrived about it."""

    unit: str
    title: Mapping[str, str]
    submission: Submission | None = None
    verification: Verification | None = None


@dataclass(frozen=True)
class Cluster:
    """A cluster of a cycle with its members in the cycle's order."""

    cluster: str
    title: Mapping[str, str]
    method: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Blocker:
    """One thing in the way of the freeze; `unit` is None where it concerns the whole cluster."""

    code: str
    message: Sentence
    unit: str | None = None


@dataclass(frozen=True)
class Readiness:
    """Whether a cluster can be frozen. `absent`: members that sent nothing; whoever freezes must name them."""

    cluster: str
    blockers: tuple[Blocker, ...] = ()
    absent: tuple[str, ...] = ()
    verified_units: int = 0
    members: int = field(default=0)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way but, perhaps, units that sent nothing."""
        return not self.blockers


# The only state whose points count as independently verified (`share_verified`).
VERIFIED = "verified"

LEFT_OUT = "left_out"


@dataclass(frozen=True)
class FrozenScore:
    """One part. `points` as the rule gave them (float64); None is missing. `status` is verify's state of the item."""

    criterion: str
    points: float | None
    status: str
    basis: str
    left_out: bool
    value: float | None
    target: float | None
    claimed_value: float | None
    self_points: float | None
    observation: Mapping[str, Any] | None
    decision: Mapping[str, Any] | None
    # A changed target that the Board recognised, with its act and the points at it; those of the registered one count.
    recognised: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """As the sheet says it; nothing of a recognised target where there is none."""
        document = dict(vars(self))
        return document if self.recognised is not None else {k: v for k, v in document.items() if k != "recognised"}


@dataclass(frozen=True)
class FrozenUnit:
    """A unit of a sheet; one that sent nothing has neither submission nor scores."""

    unit: str
    title: Mapping[str, str]
    submission_number: int | None
    submission_sha256: str | None
    scores: tuple[FrozenScore, ...]


@dataclass(frozen=True)
class ScoreSheet:
    """A frozen cluster. `document` is the RFC 8785 form whose SHA-256 is `sha256`: no times, no accounts in it."""

    cycle: str
    cluster: str
    version: int
    framework_sha256: str
    units: tuple[FrozenUnit, ...]
    document: bytes
    sha256: str


@dataclass(frozen=True)
class Change:
    """A part that differs between two sheets; points are None where a side has none."""

    unit: str
    criterion: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class FrozenSheet:
    """The head of a frozen score sheet. `reason` says why it followed another one; None for the first."""

    cycle: str
    cluster: str
    version: int
    council: str
    council_title: Mapping[str, str]
    cycle_title: Mapping[str, str]
    cluster_title: Mapping[str, str]
    method: str
    synthetic: bool
    notice: Mapping[str, str] | None
    framework_sha256: str
    sheet_sha256: str
    frozen_at: datetime
    frozen_by: str
    reason: str | None


@dataclass(frozen=True)
class ClusterStandings:
    """The standings of a frozen cluster, in the order of their ranks, unranked units last."""

    cycle: Cycle
    framework: model.Framework
    sheet: FrozenSheet
    units: tuple[FrozenUnit, ...]
    standings: Standings
    order: tuple[int, ...]
