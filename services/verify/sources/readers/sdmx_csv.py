"""SDMX-CSV 1.0 and 2.0: codes alone, codes with names (`A: Value A`), or names in columns of their own.

Source: SDMX-CSV data message, field guides 1.0 and 2.0.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from services.verify.sources.readers.figures import PLAIN, Decimals, figure_as_typed
from services.verify.sources.readers.sdmx_names import MEASURE, MEASURE_IDS, STATUS_IDS, VALUE_IDS, is_attribute
from services.verify.sources.readers.table import BROKEN, ERROR, Notes, Row, Table, bad_number, named
from services.verify.sources.readers.text import mended
from shared.contracts.sentences import sentence

Line = tuple[int, list[str]]  # number of the line in the file (from 1), its cells

_ABOUT_THE_ROW = frozenset(
    (
        *("DATAFLOW", "DATAFLOW_ID", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"),
        *("KEY", "UPDATED", "VALID_FROM", "VALID_TO", "LAST_UPDATE"),
    )
)
_COMPONENT = re.compile(r"(?P<id>[^:\[]+)(?:\[(?P<parts>[^\]]*)\])?\s*(?::(?P<name>.*))?\Z", re.DOTALL)
_LOOKED_AT = 1000  # rows, to see whether the measure is text


def is_sdmx_csv(header: Sequence[str]) -> bool:
    """Whether a header row is one of SDMX-CSV."""
    ids = [_id(cell) for cell in header]
    first = ids[0].upper() if ids else ""
    if first in ("DATAFLOW", "STRUCTURE"):
        return len(ids) > 2
    return any(VALUE_IDS.match(name) for name in ids) and ("TIME_PERIOD" in ids or first == "KEY")


def read(header: Sequence[str], lines: Iterable[Line], decimals: Decimals, notes: Notes) -> Table:
    """Codes of the dimensions; rows that delete, or that only carry attributes of a part of the key, are no cells."""
    columns = _Columns(header)
    lines = iter(lines)
    first = list(islice(lines, _LOOKED_AT))
    if not columns.measures:
        notes.remark(sentence("The file has no column of observed values, such as OBS_VALUE; it holds no cells."))
    candidates = [[columns.ids[at]] for at in columns.dimensions]
    if len(columns.measures) > 1:
        candidates.append([MEASURE])
    rows = _rows(columns, chain(first, lines), _is_text(columns, first, decimals), decimals, notes)
    return Table(named(candidates), rows if columns.measures else ())


class _Columns:
    """Which column of the file is what, by position."""

    def __init__(self, header: Sequence[str]) -> None:
        self.ids = [_id(mended(cell)) for cell in header]
        self.width = len(header)
        named_too = [at for at, cell in enumerate(header) if ":" in cell]
        self.with_names = len(named_too) > 1
        apart = self._names_apart()
        free = [at for at, name in enumerate(self.ids) if _plain(name) not in _ABOUT_THE_ROW and at not in apart]
        self.measures = [at for at in free if VALUE_IDS.match(self.ids[at])]
        if not self.measures:
            self.measures = [at for at in free if MEASURE_IDS.match(self.ids[at])]
        self.status = next((self.ids.index(name) for name in STATUS_IDS if name in self.ids), None)
        self.action = next((at for at, name in enumerate(self.ids) if name == "ACTION"), None)
        several = {at for at, cell in enumerate(header) if "[" in cell and not cell.startswith("STRUCTURE")}
        own = [at for at in free if at not in self.measures and at not in several and not is_attribute(self.ids[at])]
        before = [at for at in own if self.measures and at < self.measures[0]]
        self.dimensions = before or [at for at in own if not self.ids[at].startswith("ATTR")]

    def _names_apart(self) -> set[int]:
        """The columns that hold the names of the column before: the file says so by having a STRUCTURE_NAME."""
        if "STRUCTURE_NAME" not in self.ids:
            return set()
        apart: set[int] = set()
        at = self.ids.index("STRUCTURE_NAME") + 1
        while at < len(self.ids):
            if _plain(self.ids[at]) in _ABOUT_THE_ROW:
                at += 1
                continue
            apart.add(at + 1)
            at += 2
        return apart


def _rows(
    columns: _Columns, lines: Iterable[Line], holds_text: bool, decimals: Decimals, notes: Notes
) -> Iterator[Row]:
    measures, several, plain = columns.measures, len(columns.measures) > 1, decimals is Decimals.POINT
    parts = 0
    for line, cells, torn in _kept(columns, lines, notes):
        labels = tuple(cells[at] for at in columns.dimensions)
        status = "" if columns.status is None else cells[columns.status]
        if columns.with_names:
            labels, status = tuple(map(_code, labels)), _code(status)
        if "" in labels and not any(cells[at] for at in measures):
            parts += 1
            continue
        for at in measures:
            key, value = (*labels, columns.ids[at]) if several else labels, cells[at]
            if torn:
                yield (*key, "", ERROR)
            elif plain and PLAIN.match(value):
                yield (*key, value, status)
            elif (read := figure_as_typed(value, decimals)) is not None:
                yield (*key, read[0], status or read[1])
            elif holds_text:
                yield (*key, value, status)
            else:
                notes.bad.add(bad_number(value), line, columns.ids[at])
                yield (*key, "", ERROR)
    if parts:
        notes.remark(sentence("%(count)s rows only describe a part of the table; they are no cells.", count=parts))


def _kept(columns: _Columns, lines: Iterable[Line], notes: Notes) -> Iterator[tuple[int, list[str], bool]]:
    """The rows that give something, as wide as the header, and whether they are damaged."""
    width, action, deleted = columns.width, columns.action, 0
    for line, cells in lines:
        torn = len(cells) != width
        if torn and not any(cells):
            continue
        whole = (cells + [""] * width)[:width] if torn else cells
        if action is not None and whole[action][:1] in ("D", "d"):
            deleted += 1
            continue
        if not "".join(whole).isascii() and any(map(BROKEN.search, whole)):
            notes.bad.add(sentence("The letters of this cell cannot be read; its row is marked “error”."), line)
            whole, torn = list(map(mended, whole)), True
        elif torn:
            message = sentence("Expected %(expected)s cells, found %(found)s.", expected=width, found=len(cells))
            notes.bad.add(message, line)
        yield line, whole, torn
    if deleted:
        notes.remark(
            sentence("%(count)s observations are taken back by this message; they are left out.", count=deleted)
        )


def _is_text(columns: _Columns, lines: Iterable[Line], decimals: Decimals) -> bool:
    """Whether the measures are text: SDMX 3.0 allows it, and then text is no fault."""
    given = [
        cells[at]
        for _, cells in lines
        if len(cells) == columns.width
        for at in columns.measures
        if cells[at] and not (columns.action is not None and cells[columns.action][:1] in ("D", "d"))
    ]
    return len(given) > 1 and all(figure_as_typed(value, decimals) is None for value in given)


def _id(cell: str) -> str:
    found = _COMPONENT.match(cell.strip().lstrip("\ufeff"))
    return found["id"].strip() if found else cell.strip()


def _plain(name: str) -> str:
    return name.upper().replace(" ", "_")


def _code(text: str) -> str:
    return text.partition(": ")[0]
