"""The sheets of a framework's workbook: their columns, the words in their cells, where each goes in the document."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shared.contracts.sentences import LANGUAGES, N_, Sentence

WIDE = 30  # a column at least so wide wraps its text

Words = Mapping[str, str]  # the document's word -> what people read, a text of the catalogues


@dataclass(frozen=True)
class Column:
    """One column. `path` leads from the line's table to the value (`title.vi`); the kind says how a cell is read."""

    path: str
    title: str  # a text of the catalogues
    kind: str = "text"  # text, figure, choice, codes (separated by commas), levels
    words: Words | None = None  # of a choice
    width: int = 12
    lines: tuple[str, ...] = ()  # the kinds of line that have it; none named: all

    @property
    def keys(self) -> tuple[str, ...]:
        """The path's steps."""
        return tuple(self.path.split("."))


@dataclass(frozen=True)
class SheetLayout:
    """A sheet: one line a row under a row of titles, or (`upright`) one value a row beside its title."""

    name: str  # a text of the catalogues
    columns: Sequence[Column]
    upright: bool = False
    needed: bool = False

    def names(self) -> tuple[str, ...]:
        """The sheet's name in every language."""
        return tuple(Sentence(self.name).in_language(language) for language in LANGUAGES)

    def column(self, path: str) -> Column:
        """The column that leads to `path`."""
        return next(column for column in self.columns if column.path == path)


AGGREGATIONS: Words = {
    "sum": N_("sum of points"),
    "weighted_arithmetic": N_("weighted arithmetic mean"),
    "weighted_geometric": N_("weighted geometric mean"),
}
MISSING: Words = {
    "error": N_("not allowed"),
    "zero": N_("counts as zero"),
    "exclude": N_("left out and its weight shared"),
    "cluster_mean": N_("the cluster's mean"),
}
UNCORROBORATED: Words = {
    "documented": N_("accepted on documents"),
    "left_out": N_("left out for the whole cluster"),
}
QUANTIFIED: Words = {"all": N_("all criteria")}
KINDS: Words = {
    "quantitative": N_("measured"),
    "qualitative": N_("rated"),
    "binary": N_("done or not"),
    "count": N_("a count"),
}
DIRECTIONS: Words = {"higher": N_("higher is better"), "lower": N_("lower is better")}
RULES: Words = {
    "proportional": N_("share of the target"),
    "leader_relative": N_("against target and leader"),
    "share_of_best": N_("share of the best"),
    "goalposts": N_("between two goalposts"),
    "minmax": N_("between smallest and largest"),
    "bands": N_("bands"),
    "rubric": N_("levels of a rubric"),
    "binary": N_("all or nothing"),
    "per_count": N_("points for each"),
}
TRANSFORMS: Words = {"none": N_("as it is"), "log": N_("logarithm")}
SCOPES: Words = {"cluster": N_("in the cluster"), "all": N_("over all clusters")}
TARGETS: Words = {
    "registered": N_("the registered target"),
    "assigned": N_("the assigned target"),
    "stricter": N_("the stricter of the two targets"),
}
EVIDENCE: Words = {"required": N_("evidence required"), "optional": N_("evidence optional"), "none": N_("no evidence")}
RELATIONS: Words = {"same": N_("the same figure"), "related": N_("a related rating")}
DISCLOSURES: Words = {
    "public": N_("open to the public"),
    "council": N_("for the council only"),
    "reference_only": N_("document number only"),
}
EFFECTS: Words = {
    "hold": N_("ranked but not proposed"),
    "annul": N_("result annulled"),
    "not_considered": N_("not considered at all"),
}
LINES: Words = {"groups": N_("group"), "criteria": N_("criterion")}
ADDITIONS: Words = {"bonuses": N_("bonus"), "penalties": N_("penalty"), "gates": N_("gate")}

_TITLES = (
    Column("title.vi", N_("Title in Vietnamese"), width=44),
    Column("title.en", N_("Title in English"), width=36),
)
_DISCLOSURE = Column("disclosure", N_("Disclosure"), "choice", DISCLOSURES, 20)

FRAMEWORK = SheetLayout(
    N_("Framework"),
    (
        Column("framework", N_("Code of the framework")),
        Column("version", N_("Version"), "figure"),
        *_TITLES,
        Column("total", N_("Total points"), "figure"),
        Column("rounding", N_("Decimals published"), "figure"),
        Column("missing", N_("A missing value"), "choice", MISSING),
        Column("uncorroborated", N_("An item without a source"), "choice", UNCORROBORATED),
        Column("quantified", N_("Must be quantified"), "choice", QUANTIFIED),
        Column("aggregation", N_("Aggregation"), "choice", AGGREGATIONS),
        Column("bonus_cap", N_("Cap of all bonuses"), "figure"),
        Column("penalty_floor", N_("Floor of all penalties"), "figure"),
        Column("tie_breakers", N_("Tie-breakers, first to last"), "codes"),
    ),
    upright=True,
    needed=True,
)
CRITERIA = SheetLayout(
    N_("Criteria"),
    (
        Column("line", N_("Line"), "choice", LINES, 10),
        Column("parent", N_("Belongs to group"), width=16),
        Column("code", N_("Code"), width=10),
        *_TITLES,
        Column("unit", N_("Unit of measurement"), width=18, lines=("criteria",)),
        Column("kind", N_("Kind"), "choice", KINDS, 14, lines=("criteria",)),
        Column("direction", N_("Direction"), "choice", DIRECTIONS, 18, lines=("criteria",)),
        Column("max_points", N_("Maximum points"), "figure"),
        Column("weight", N_("Weight"), "figure"),
        Column("aggregation", N_("Aggregation"), "choice", AGGREGATIONS, 20, lines=("groups",)),
        Column("rule.name", N_("Scoring rule"), "choice", RULES, 24, lines=("criteria",)),
        Column("rule.low", N_("Goalpost for no points"), "figure", lines=("criteria",)),
        Column("rule.high", N_("Goalpost for all points"), "figure", lines=("criteria",)),
        Column("rule.transform", N_("Transform"), "choice", TRANSFORMS, lines=("criteria",)),
        Column("rule.scope", N_("Compared"), "choice", SCOPES, 18, lines=("criteria",)),
        Column("rule.points_each", N_("Points for each one"), "figure", lines=("criteria",)),
        Column("rule.levels", N_("Bands or levels"), "levels", width=36, lines=("criteria",)),
        Column("target", N_("Target"), "choice", TARGETS, 20, lines=("criteria",)),
        Column("evidence.rule", N_("Evidence"), "choice", EVIDENCE, 18, lines=("criteria",)),
        Column("evidence.disclosure", N_("Disclosure of the evidence"), "choice", DISCLOSURES, 20, lines=("criteria",)),
        Column("disclosure", N_("Disclosure"), "choice", DISCLOSURES, 20, lines=("criteria",)),
    ),
    needed=True,
)
SOURCES = SheetLayout(
    N_("Sources"),
    (
        Column("criterion", N_("Criterion"), width=10),
        Column("id", N_("Source"), width=16),
        Column("indicator", N_("Indicator"), width=30),
        Column("relation", N_("Relation"), "choice", RELATIONS, 18),
        Column("tolerance.absolute", N_("Tolerance in its unit"), "figure"),
        Column("tolerance.relative", N_("Tolerance as a share"), "figure"),
        _DISCLOSURE,
    ),
)
ADDED = SheetLayout(
    N_("Bonuses and penalties"),
    (
        Column("line", N_("Line"), "choice", ADDITIONS, 12),
        Column("code", N_("Code"), width=10),
        *_TITLES,
        Column("points_each", N_("Points for each one"), "figure", lines=("bonuses", "penalties")),
        Column("limit", N_("At most"), "figure", lines=("bonuses", "penalties")),
        Column("effect", N_("Effect of the gate"), "choice", EFFECTS, 22, lines=("gates",)),
        Column("evidence", N_("Evidence"), "choice", EVIDENCE, 18, lines=("bonuses", "penalties")),
        _DISCLOSURE,
    ),
)
OVERLAYS = SheetLayout(
    N_("Overlays"),
    (
        Column("overlay", N_("Overlay"), width=12),
        Column("clusters", N_("Clusters"), "codes", width=24),
        *_TITLES,
        Column("legal_reference", N_("Legal reference"), width=36),
        Column("reason", N_("Reason"), width=44),
        Column("bound", N_("Largest change allowed"), "figure"),
    ),
)
CHANGES = SheetLayout(
    N_("Changes of maxima"),
    (
        Column("overlay", N_("Overlay"), width=12),
        Column("criterion", N_("Criterion"), width=10),
        Column("change", N_("Change in points"), "figure"),
    ),
)
SHEETS = (FRAMEWORK, CRITERIA, SOURCES, ADDED, OVERLAYS, CHANGES)


def listed(words: Words) -> Sentence:
    """All the words of a choice, in the reader's language, separated by commas."""
    return Sentence(
        ", ".join(f"%(word{number})s" for number in range(len(words))),
        {f"word{number}": Sentence(word) for number, word in enumerate(words.values())},
    )


@cache
def _known(words: tuple[tuple[str, str], ...]) -> dict[str, str]:
    spoken = {folded(key): key for key, _ in words}
    for key, text in words:
        spoken |= {folded(Sentence(text).in_language(language)): key for language in LANGUAGES}
    return spoken


def key_of(words: Words, text: str) -> str | None:
    """The document's word for what a cell says, in any language or as the document has it; None if it is neither."""
    return _known(tuple(words.items())).get(folded(text))


def folded(text: str) -> str:
    """Text for comparing: composed, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
