"""How the files of a source are laid out: which dimension is the unit, the indicator, the period; what counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.verify.sources.rules.place_names import UnitNames
from services.verify.sources.rules.written_periods import Period, period_of
from shared.contracts.sentences import Sentence, sentence

PRELIMINARY_MARKS = frozenset(("p", "prel", "prel.", "preliminary", "provisional", "sơ bộ"))
UNREADABLE = "error"
SHOWN = 3  # categories named in a sentence


@dataclass(frozen=True)
class SourceMapping:
    """Names of dimensions as the files have them. `indicators`: category in the file → the framework's indicator.

    An indicator comes from a dimension or is `indicator` throughout; a period comes from a dimension or is the one
    said at the upload. `only`: of these dimensions, the categories that count. `ignored`: columns that only say again
    what another one says (a code beside a name).
    """

    unit: str
    indicator_from: str | None = None
    indicator: str | None = None
    indicators: Mapping[str, str] = field(default_factory=dict)
    period_from: str | None = None
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ignored: Sequence[str] = ()

    def named(self) -> list[str]:
        """All dimensions that the mapping speaks of."""
        return [name for name in (self.unit, self.indicator_from, self.period_from, *self.only, *self.ignored) if name]


@dataclass(frozen=True)
class KeptMapping:
    """A mapping with its version and who kept it."""

    version: int
    document: SourceMapping
    created_at: datetime
    created_by_name: str


@dataclass(frozen=True)
class MappedRow:
    """A cell with its meaning. `row`: its place in the tidy table, from 1. `unit` is None where nobody knows it yet."""

    row: int
    spelling: str
    unit: str | None
    indicator: str
    period: str
    value: float | None
    preliminary: bool


@dataclass
class Mapped:
    """What a mapping makes of a table: the cells that count, how many were left out, and what is wrong."""

    rows: list[MappedRow] = field(default_factory=list)
    left_out: int = 0
    not_ours: int = 0
    faults: list[tuple[int | None, str | None, Sentence]] = field(default_factory=list)  # row, dimension, sentence


def mapping_faults(mapping: SourceMapping) -> Iterable[tuple[str, Sentence]]:
    """What is wrong with a mapping in itself: (field, sentence)."""
    if not mapping.unit:
        yield "unit", sentence("Say which column names the units.")
    if bool(mapping.indicator_from) == bool(mapping.indicator):
        yield "indicator_from", sentence("Say which column names the indicators, or one indicator for the whole file.")
    if mapping.indicator_from and not mapping.indicators:
        yield "indicators", sentence("Say which indicator each category stands for.")
    named = mapping.named()
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        yield "only", sentence("The column “%(name)s” cannot be two things at once.", name=twice)


def apply_mapping(
    mapping: SourceMapping,
    dimensions: Sequence[str],
    rows: Iterable[Sequence[str]],
    names: UnitNames,
    otherwise: str,
) -> Mapped:
    """The meaning of every cell of a tidy table (dimensions, then value and status); `otherwise` is the period if the
    mapping names none."""
    found = Mapped()
    place = {name: at for at, name in enumerate(dimensions)}
    for name in mapping.named():
        if name not in place:
            message = sentence("The file has no column “%(name)s”; it has: %(columns)s.", name=name,
                            columns=", ".join(dimensions))  # fmt: skip
            found.faults.append((None, name, message))
    if found.faults:
        return found
    reading = _Reading(mapping, place, names, otherwise, found)
    for number, row in enumerate(rows, 1):
        reading.take(number, row)
    reading.finish(dimensions)
    return found


class _Reading:
    def __init__(
        self, mapping: SourceMapping, place: Mapping[str, int], names: UnitNames, otherwise: str, found: Mapped
    ) -> None:
        self.mapping, self.place, self.names, self.found = mapping, place, names, found
        self.otherwise = Period(otherwise, False)
        self.only = [(place[name], frozenset(kept)) for name, kept in mapping.only.items()]
        self.free = [at for name, at in place.items() if name not in mapping.named()]
        self.seen: defaultdict[int, dict[str, None]] = defaultdict(dict)
        self.periods: dict[str, Period | None] = {}
        self.first: dict[tuple[str, str, str], int] = {}

    def take(self, number: int, row: Sequence[str]) -> None:
        if any(row[at] not in kept for at, kept in self.only):
            self.found.left_out += 1
            return
        indicator = self._indicator(row)
        if indicator is None:
            self.found.left_out += 1
            return
        spelling = row[self.place[self.mapping.unit]].strip()
        if self.names.is_none_of_ours(spelling):
            self.found.not_ours += 1
            return
        for at in self.free:
            self.seen[at].setdefault(row[at])
        period = self._period(number, row)
        if period is None:
            return
        value, status = row[-2], row[-1]
        if status == UNREADABLE:
            message = sentence("This cell cannot be read, and it belongs to those that count.")
            self.found.faults.append((number, None, message))
            return
        unit = self.names.unit_of(spelling)
        self._check_once(number, unit or f"?{spelling}", indicator, period.code)
        preliminary = period.preliminary or status.strip().casefold() in PRELIMINARY_MARKS
        figure = float(value) if value else None
        self.found.rows.append(MappedRow(number, spelling, unit, indicator, period.code, figure, preliminary))

    def finish(self, dimensions: Sequence[str]) -> None:
        """A column that says several things, and of which the mapping says nothing, makes several figures of one."""
        several = [at for at in self.free if len(self.seen[at]) > 1]
        if not several:
            return
        self.found.faults = [fault for fault in self.found.faults if fault[1] != "unit"]
        for at in several:
            shown = list(self.seen[at])
            message = sentence(
                "The column “%(name)s” has several categories (%(some)s); say in the mapping which of them counts.",
                name=dimensions[at],
                some=", ".join(shown[:SHOWN]) + (" …" if len(shown) > SHOWN else ""),
            )
            self.found.faults.append((None, dimensions[at], message))

    def _indicator(self, row: Sequence[str]) -> str | None:
        if self.mapping.indicator_from is None:
            return self.mapping.indicator
        return self.mapping.indicators.get(row[self.place[self.mapping.indicator_from]])

    def _period(self, number: int, row: Sequence[str]) -> Period | None:
        if self.mapping.period_from is None:
            return self.otherwise
        text = row[self.place[self.mapping.period_from]]
        if text not in self.periods:
            self.periods[text] = period_of(text)
            if self.periods[text] is None:
                message = sentence(
                    "“%(found)s” is no period that can be read, like 2025, Prel. 2025, 2025Q1 or 2025-03.",
                    found=text[:40],
                )
                self.found.faults.append((number, self.mapping.period_from, message))
        return self.periods[text]

    def _check_once(self, number: int, unit: str, indicator: str, period: str) -> None:
        first = self.first.setdefault((unit, indicator, period), number)
        if first != number:
            message = sentence("This row is given twice; before it on line %(line)s.", line=first)
            self.found.faults.append((number, "unit", message))
