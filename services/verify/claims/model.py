"""What intake says: cycles, their members, and what each unit claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

OPEN_STATES = ("draft", "open")
ARCHIVED = "archived"
ItemKey = tuple[str, str]  # unit, criterion
# The rows of work that ask for screenings.
KIND = "screening"
TASK = "verify.screen"
QUEUE = "verify"
ARRIVAL, COHORT = "arrival", "cohort"


@dataclass(frozen=True)
class CycleRecord:
    """A cycle as intake last recorded it; `framework` is the document."""

    cycle: str
    council: str
    period: str
    state: str
    framework: Mapping[str, Any]
    framework_sha256: str
    synthetic: bool = False

    @property
    def intake_closed(self) -> bool:
        """Whether no more submissions are waited for."""
        return self.state not in OPEN_STATES

    @property
    def archived(self) -> bool:
        """Whether nothing is screened any more."""
        return self.state == ARCHIVED


@dataclass(frozen=True)
class SentVersion:
    """The version of a unit's self-assessment that is the current one."""

    submission: int
    number: int
    content_sha256: str
    cluster: str


@dataclass(frozen=True, slots=True)
class EvidenceDocument:
    """A document named in support of a claim. `sha256` is None where only its reference may be stored."""

    document_number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    signer: str = ""
    sha256: str | None = None
    reference_only: bool = False

    def lacks(self) -> tuple[str, ...]:
        """What the law wants named and is not: document_number, issuer, issued_on, signer, file."""
        gaps = [name for name in ("document_number", "issuer", "signer") if not getattr(self, name).strip()]
        gaps += ["issued_on"] if self.issued_on is None else []
        gaps += ["file"] if self.sha256 is None and not self.reference_only else []
        return tuple(gaps)


@dataclass(frozen=True, slots=True)
class Registered:
    """What a signed covenant says beside the target: what it can be held against, and which document revised it."""

    baseline: float | None = None  # last year's result, as the unit gave it
    assigned: float | None = None
    national: float | None = None
    revised_by: str = ""  # number of the document, "" where none is named


@dataclass(frozen=True, slots=True)
class Claim:
    """What one unit says about one criterion. `evidence`: None where it is unknown (files), () where there is none.

    `registered`: None where no covenant registers a target for it.
    """

    unit: str
    cluster: str
    criterion: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    revised_target: float | None = None
    recognised_by: str | None = None  # the act behind `revised_target`, where the Board recognised it
    evidence: tuple[EvidenceDocument, ...] | None = None
    registered: Registered | None = None


@dataclass(frozen=True, slots=True)
class PastClaim:
    """The same item in an earlier round, with the points that counted then, if known."""

    unit: str
    criterion: str
    period: str
    value: float | None = None
    self_points: float | None = None
    target: float | None = None
    verified_points: float | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """Another member disputes an item, with a document; whether the unit has answered."""

    by_unit: str
    document_number: str
    answered: bool = False


@dataclass(frozen=True)
class Screening:
    """What a row of work says: `unit` is None for the cohort; `changes` counts what it is to rest on."""

    cycle: str
    unit: str | None
    changes: int

    @property
    def mode(self) -> str:
        """`arrival` or `cohort`."""
        return COHORT if self.unit is None else ARRIVAL

    @property
    def key(self) -> str:
        """Unique: the same screening of the same inputs is no new work."""
        return "/".join((self.cycle, self.mode, *([] if self.unit is None else [self.unit]), str(self.changes)))

    def payload(self) -> dict[str, Any]:
        """As JSON, for the row of work."""
        return {"cycle": self.cycle, "unit": self.unit, "changes": self.changes}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Screening":
        """The reverse of `payload`."""
        return cls(payload["cycle"], payload["unit"], payload["changes"])


@dataclass(frozen=True)
class CountedMember:
    """A member whose change was counted: what its screening rests on has moved `changes` times."""

    unit: str
    cluster: str
    changes: int
    sent: bool


@dataclass(frozen=True)
class ClusterCount:
    """How many members a cluster has, and how many of them have sent a self-assessment."""

    cluster: str
    members: int
    sent: int


@dataclass(frozen=True)
class EarlierPeriod:
    """A cycle of the same council and kind of period that ended before another one."""

    cycle: str
    period: str
    framework: Mapping[str, Any]
    framework_sha256: str


@dataclass(frozen=True, kw_only=True)
class ListedCycle:
    """A cycle as intake recorded it, and what its newest screening says of the whole (`notes` are JSON)."""

    cycle: str
    council: str
    council_title: Mapping[str, str]
    title: Mapping[str, str]
    period: str
    deadline_at: datetime
    state: str
    synthetic: bool
    notice: Mapping[str, str] | None
    framework_sha256: str
    screened_at: datetime | None
    notes: Sequence[Mapping[str, Any]]
    expected_false: float | None

    @property
    def archived(self) -> bool:
        """Whether nothing is screened any more."""
        return self.state == ARCHIVED


@dataclass(frozen=True, kw_only=True)
class ShownCycle(ListedCycle):
    """The same with its framework's document."""

    framework: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CycleOfMember(ShownCycle):
    """A cycle and one of its members."""

    unit: str
    unit_title: Mapping[str, str]
    cluster: str


@dataclass(frozen=True)
class Member:
    """A unit of a cycle."""

    unit: str
    title: Mapping[str, str]
    cluster: str


@dataclass(frozen=True)
class ShownUnit:
    """A unit's code and title."""

    unit: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class ShownCluster:
    """A cluster's code and title."""

    cluster: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Membership:
    """A cycle in which a unit is a member."""

    cycle: str
    title: Mapping[str, str]
    period: str
    unit: str
    unit_title: Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """What supports a claim, as it was sent."""

    sha256: str | None
    size: int | None
    media_type: str | None
    document_number: str
    issuer: str
    issued_on: date | None
    signer: str
    reference_only: bool


@dataclass(frozen=True)
class ChallengeAnswer:
    """The unit's answer to a challenge."""

    text: str
    document: Evidence | None
    answered_at: datetime


@dataclass(frozen=True)
class ChallengeWithdrawal:
    """The challenger took it back."""

    reason: str
    withdrawn_at: datetime


@dataclass(frozen=True)
class ShownChallenge:
    """What another member of the cluster asks about an item. `submission`: the version it is about."""

    number: int
    by_unit: str
    by_unit_title: Mapping[str, str] | None
    submission: int
    state: str
    reason: str
    document: Evidence
    challenged_at: datetime
    answer: ChallengeAnswer | None
    withdrawal: ChallengeWithdrawal | None


@dataclass(frozen=True)
class ClaimVersion:
    """What one version of the self-assessment says of an item."""

    number: int
    submitted_at: datetime
    value: float | None
    self_points: float | None
    target: float | None
    note: str
    explanation: str
