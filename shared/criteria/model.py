"""What a framework is: frozen values in the glossary's words. How a document becomes one: `loader.py`."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import rfc8785

Direction = Literal["higher", "lower"]
Aggregation = Literal["sum", "weighted_arithmetic", "weighted_geometric"]
Scope = Literal["cluster", "all"]
Compares = Literal["cluster", "all", "nobody"]  # on whose figures a unit's points depend beside its own

AGGREGATIONS = ("sum", "weighted_arithmetic", "weighted_geometric")
MISSING = ("error", "zero", "exclude", "cluster_mean")
UNCORROBORATED = ("documented", "left_out")
QUANTIFIED = ("all",)
KINDS = ("quantitative", "qualitative", "binary", "count")
DIRECTIONS = ("higher", "lower")
TARGETS = ("registered", "assigned", "stricter")
EVIDENCE = ("required", "optional", "none")
RELATIONS = ("same", "related")
DISCLOSURES = ("public", "council", "reference_only")
GATE_EFFECTS = ("hold", "annul", "not_considered")
SCOPES = ("cluster", "all")


@dataclass(frozen=True)
class Title:
    """A name in Vietnamese and English; either may be empty."""

    vi: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The name in `vi` or `en`, else in the other language, else empty."""
        return (self.vi or self.en) if language == "vi" else (self.en or self.vi)


class Titled:
    """What has a code, and perhaps a title."""

    code: str
    title: Title

    def named(self, language: str) -> str:
        """Its title, or its code where it has none."""
        return self.title.in_language(language) or self.code


@dataclass(frozen=True)
class Tolerance:
    """How far a claim may lie from a `same` source before it is asked about: the wider of the two."""

    absolute: float = 0.0
    relative: float = 0.0

    def around(self, observed: float) -> float:
        """The allowed distance from `observed`, in its unit."""
        return max(self.absolute, self.relative * abs(observed))

    def holds(self, claimed: float, observed: float) -> bool:
        """Whether the claim lies within the tolerance (its edge included, guarded against binary noise)."""
        noise = 1e-9 * max(abs(claimed), abs(observed), 1e-300)
        return abs(claimed - observed) <= self.around(observed) + noise


@dataclass(frozen=True)
class SourceReference:
    """Where a criterion's figure can be found independently. `same`: same quantity; `related`: moves with it."""

    id: str
    indicator: str
    relation: Literal["same", "related"]
    tolerance: Tolerance = Tolerance()
    disclosure: str = "public"


class ScoredAlone:
    """What gives points by the unit's own figures alone."""

    compares: ClassVar[Compares] = "nobody"


@dataclass(frozen=True)
class ScoredByComparison:
    """A rule that compares the units of its scope, so that the figures of one move the points of the others."""

    scope: Scope = "cluster"

    @property
    def compares(self) -> Compares:
        return self.scope


@dataclass(frozen=True)
class Proportional(ScoredAlone):
    """F1: share of the target reached, at most all points."""

    name: ClassVar[str] = "proportional"


@dataclass(frozen=True)
class LeaderRelative(ScoredByComparison):
    """F2: half the points for the target, the rest by distance to the best ratio of the scope."""

    name: ClassVar[str] = "leader_relative"


@dataclass(frozen=True)
class ShareOfBest(ScoredByComparison):
    """F3: share of the best value of the scope."""

    name: ClassVar[str] = "share_of_best"


@dataclass(frozen=True)
class Goalposts(ScoredAlone):
    """F4: position between two fixed values, clamped; `low` earns nothing, `high` all (low > high: lower is better)."""

    name: ClassVar[str] = "goalposts"
    low: float
    high: float
    transform: Literal["none", "log"] = "none"


@dataclass(frozen=True)
class MinMax(ScoredByComparison):
    """F4 with the scope's own smallest and largest value."""

    name: ClassVar[str] = "minmax"


@dataclass(frozen=True)
class Bands(ScoredAlone):
    """F5: thresholds, best first, each with its share of the points; beyond the last one: nothing."""

    name: ClassVar[str] = "bands"
    limits: tuple[tuple[float, float], ...]  # (threshold, share)
    direction: Direction = "higher"  # higher: value >= threshold; lower: value <= threshold


@dataclass(frozen=True)
class Rubric(ScoredAlone):
    """F6: level 1, 2, … gives its share of the points."""

    name: ClassVar[str] = "rubric"
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Binary(ScoredAlone):
    """F7: 1 (done) gives all points, anything less nothing."""

    name: ClassVar[str] = "binary"


@dataclass(frozen=True)
class PerCount(ScoredAlone):
    """F8: points for each, at most the maximum."""

    name: ClassVar[str] = "per_count"
    points_each: float


Rule = Proportional | LeaderRelative | ShareOfBest | Goalposts | MinMax | Bands | Rubric | Binary | PerCount


@dataclass(frozen=True)
class Criterion(Titled):
    """One line of the table. `rule` is None where a body gives points directly."""

    code: str
    title: Title = Title()
    unit: str = ""
    kind: str = "quantitative"
    direction: Direction = "higher"
    max_points: float = 1.0
    rule: Rule | None = None
    weight: float = 1.0
    target: str | None = None  # registered, assigned, stricter; None: no target needed
    evidence: str = "optional"
    evidence_disclosure: str = "public"
    sources: tuple[SourceReference, ...] = ()
    disclosure: str = "public"

    @property
    def compares(self) -> Compares:
        """With whom its rule compares a unit."""
        return "nobody" if self.rule is None else self.rule.compares

    @property
    def lower_is_better(self) -> bool:
        """Whether smaller values earn more; goalposts and bands say it themselves."""
        match self.rule:
            case Goalposts(low, high):
                return low > high
            case Bands(_, direction):
                return direction == "lower"
        return self.direction == "lower"


@dataclass(frozen=True)
class Group(Titled):
    """A node. Its criteria come before its groups, whatever the order of the keys in the file.

    `max_points` is what the node is worth in points: of `sum` the sum of its children's maxima; of a weighted node
    the weighted mean of its children's maxima, unless the framework states it.
    """

    code: str
    aggregation: Aggregation
    criteria: tuple[Criterion, ...]
    groups: tuple["Group", ...]
    max_points: float
    title: Title = Title()
    weight: float = 1.0

    @property
    def children(self) -> tuple["Criterion | Group", ...]:
        return (*self.criteria, *self.groups)

    def walk(self) -> Iterator["Group"]:
        """This node and every group below it, parents first, in document order."""
        yield self
        for group in self.groups:
            yield from group.walk()


@dataclass(frozen=True)
class Bonus(Titled, ScoredAlone):
    """Points beside the table: `value` (a count) × `points_each`, at most `cap`."""

    code: str
    points_each: float
    cap: float
    title: Title = Title()
    evidence: str = "required"
    disclosure: str = "public"


@dataclass(frozen=True)
class Penalty(Titled, ScoredAlone):
    """Points taken off: `value` (a count) × `points_each` (negative), at least `floor` (negative)."""

    code: str
    points_each: float
    floor: float
    title: Title = Title()
    evidence: str = "optional"
    disclosure: str = "public"


@dataclass(frozen=True)
class Gate(Titled, ScoredAlone):
    """A condition, not points: a value other than 0 means that it applies to the unit."""

    code: str
    effect: str  # hold: ranked, not proposed; annul and not_considered: not ranked
    title: Title = Title()
    disclosure: str = "public"


@dataclass(frozen=True)
class Overlay:
    """What some clusters change in the maxima: zero-sum, bounded, with its legal reference and reason."""

    clusters: tuple[str, ...]
    changes: Mapping[str, float]
    legal_reference: str
    reason: str
    bound: float = 20.0
    title: Title = Title()


Item = Criterion | Bonus | Penalty | Gate


@dataclass(frozen=True)
class Framework:
    """A validated framework. `document` is the plain JSON it was made from, and what its hash is taken over."""

    code: str
    version: int
    title: Title
    total: float
    rounding: int
    missing: str
    uncorroborated: str
    root: Group
    bonuses: tuple[Bonus, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    gates: tuple[Gate, ...] = ()
    bonus_cap: float | None = None
    penalty_floor: float | None = None
    tie_breakers: tuple[str, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    quantified: str | None = None  # all: the framework promises that every criterion is measured or counted
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def aggregation(self) -> Aggregation:
        """How the root joins its children."""
        return self.root.aggregation

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """All groups at any depth, parents first, in document order."""
        return tuple(group for group in self.root.walk() if group is not self.root)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in document order."""
        return tuple(criterion for group in self.root.walk() for criterion in group.criteria)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What a row may be about: criteria, then bonuses, penalties and gates. The columns of every array."""
        return (*self.criteria, *self.bonuses, *self.penalties, *self.gates)

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Code of an item → its column."""
        return {item.code: column for column, item in enumerate(self.items)}

    @cached_property
    def compares(self) -> Compares:
        """The widest comparison of its rules: what can be scored unit by unit, cluster by cluster, or only together."""
        found = {criterion.compares for criterion in self.criteria}
        return "all" if "all" in found else "cluster" if "cluster" in found else "nobody"

    def criterion(self, code: str) -> Criterion:
        """The criterion of that code; KeyError if there is none."""
        column = self.columns[code]
        if column >= len(self.criteria):
            raise KeyError(code)
        return self.criteria[column]

    @cached_property
    def sha256(self) -> str:
        """SHA-256 (hexadecimal) of the RFC 8785 form of `document`."""
        return hashlib.sha256(rfc8785.dumps(dict(self.document))).hexdigest()

    def maximum(self, criterion: str, cluster: str) -> float:
        """A criterion's maximum in that cluster: its own, changed by the cluster's overlay."""
        change = sum(overlay.changes.get(criterion, 0.0) for overlay in self.overlays if cluster in overlay.clusters)
        return self.criterion(criterion).max_points + change
