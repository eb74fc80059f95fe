"""Findings: what a check has to say about one item, for people to look at. A finding changes no score."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import ClassVar

from shared.contracts.sentences import Sentence

ARITHMETIC = "ARITHMETIC"
SOURCE_CONFLICT = "SOURCE_CONFLICT"
SOURCES_DISAGREE = "SOURCES_DISAGREE"
INCONSISTENT_REPORTS = "INCONSISTENT_REPORTS"
TARGET_LOWERED = "TARGET_LOWERED"
TARGET_UNDOCUMENTED = "TARGET_UNDOCUMENTED"
TARGET_UNAMBITIOUS = "TARGET_UNAMBITIOUS"
PEER_CHALLENGE = "PEER_CHALLENGE"
EVIDENCE_MISSING = "EVIDENCE_MISSING"
EVIDENCE_INSUFFICIENT = "EVIDENCE_INSUFFICIENT"
EVIDENCE_REUSED = "EVIDENCE_REUSED"
PEER_OUTLIER = "PEER_OUTLIER"
MODEL_OUTLIER = "MODEL_OUTLIER"
HISTORY_OUTLIER = "HISTORY_OUTLIER"
UNIT_INFLATION = "UNIT_INFLATION"
ALL_MAX = "ALL_MAX"
EVERYONE_ABOVE_AVERAGE = "EVERYONE_ABOVE_AVERAGE"
ADDING_UP = "ADDING_UP"
LOW_DISCRIMINATION = "LOW_DISCRIMINATION"

CODES = (
    ARITHMETIC,
    SOURCE_CONFLICT,
    SOURCES_DISAGREE,
    INCONSISTENT_REPORTS,
    TARGET_LOWERED,
    TARGET_UNDOCUMENTED,
    TARGET_UNAMBITIOUS,
    PEER_CHALLENGE,
    EVIDENCE_MISSING,
    EVIDENCE_INSUFFICIENT,
    EVIDENCE_REUSED,
    PEER_OUTLIER,
    MODEL_OUTLIER,
    HISTORY_OUTLIER,
    UNIT_INFLATION,
    ALL_MAX,
    EVERYONE_ABOVE_AVERAGE,
    ADDING_UP,
    LOW_DISCRIMINATION,
)

# Those that rest on comparisons, and so may be honest; the others are public rules.
COMPARISONS = (PEER_OUTLIER, MODEL_OUTLIER, HISTORY_OUTLIER, UNIT_INFLATION)


class Severity(IntEnum):
    """How much a finding asks for. INCONCLUSIVE is an answer of its own: the check could not say; never "fine"."""

    NOTE = 1  # worth knowing; nothing to answer
    INCONCLUSIVE = 2  # not checked, and why
    QUESTION = 3  # a reason to ask
    CONFLICT = 4  # a public rule is not met; to be decided before the freeze

    @property
    def asks(self) -> bool:
        """Whether somebody should answer it."""
        return self >= Severity.QUESTION


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's word on one item (`criterion` empty: on the unit as a whole), with the numbers it rests on."""

    code: str
    severity: Severity
    unit: str
    cluster: str
    criterion: str
    sentence: Sentence
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotRun:
    """A check that did not run at all, and why: it lacked its input, or it broke (then only the error's class)."""

    code: str
    sentence: Sentence
    broken: bool = False


class ImpactBasis(StrEnum):
    """What a claim would fall to. Only with `same` and `older` is it a figure that the rule scores; else points."""

    SAME = "same"  # the figure of a `same` source for this period
    OLDER = "older"  # … for an older period: the late sheet is waited for
    RATING = "rating"  # points that ratings of another body suggest
    EXPECTED = "expected"  # points that comparison with the past, peers and other figures suggests
    NONE = "none"  # nothing independent is known


INDEPENDENT = (ImpactBasis.SAME, ImpactBasis.OLDER, ImpactBasis.RATING)


@dataclass(frozen=True, slots=True)
class Impact:
    """What hangs on one claim, all else standing. Ranks are None where the unit is not ranked, or alone so far."""

    NAMES: ClassVar[tuple[str, ...]] = (
        *("stake_basis", "awaited", "falls_to", "points_lost", "rank_before", "rank_after", "ranks_changed"),
        *("others_moved", "first_changes"),
    )

    stake_basis: str = ImpactBasis.NONE.value
    awaited: bool = False  # a `same` source is named that has no figure of this period yet
    falls_to: float | None = None  # points of the item
    points_lost: float | None = None  # by the unit's total; below 0 if it would gain
    rank_before: int | None = None
    rank_after: int | None = None
    ranks_changed: int | None = None  # units of any cluster that would stand elsewhere
    others_moved: float | None = None  # points by which the totals of other units would change together
    first_changes: bool = False
