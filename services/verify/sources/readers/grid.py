"""Rows and columns as people lay them out: long tables with a column of values, wide ones with a column per period."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.verify.sources.readers import sdmx_csv
from services.verify.sources.readers.figures import (
    PLAIN,
    Decimals,
    decimals_shown_by,
    figure_as_typed,
)
from services.verify.sources.readers.headings import Heading, is_period, read_headings, stub_given
from services.verify.sources.readers.table import BROKEN, ERROR, Notes, Row, Table, bad_number, named
from services.verify.sources.readers.text import mended
from shared.contracts.sentences import Sentence, sentence

Line = tuple[int, list[str]]  # number of the line in the file (from 1), its cells

_VALUE_NAMES = (
    *("value", "obs_value", "values", "obs value", "observation value", "figure", "giá trị", "gia tri", "số liệu"),
    *("so lieu", "trị số", "tri so", "data"),
)
_STATUS_NAMES = ("status", "obs_status", "obs_flag", "flag", "flags", "obs status", "trạng thái", "trang thai")
_ONS = re.compile(r"v4_(\d+)\Z", re.IGNORECASE)  # the United Kingdom's layout: a value, then so many marks about it
_LOOKED_AT = 200  # rows, to see which columns hold figures


@dataclass
class Grid:
    """A file laid out: lines above the header (joined), the header and its line, the first lines, all lines."""

    title: str
    header: list[str]
    header_line: int
    first: list[Line]
    lines: Iterable[Line]
    flags: bool = False  # Eurostat's bulk files put flags behind a figure


def read(grid: Grid, decimals: Decimals, notes: Notes) -> Table:
    """The table of a grid, by the layout that its header shows."""
    if sdmx_csv.is_sdmx_csv(grid.header):
        return sdmx_csv.read(grid.header, grid.lines, decimals, notes)
    _check_header(grid, notes)
    if any(map(BROKEN.search, (grid.title, *grid.header))):
        message = sentence("Some letters cannot be read; they stand as “%(sign)s”.", sign="\ufffd")
        notes.remark(message, grid.header_line)
    layout = _layout(grid, notes)
    heading = layout.heading
    names = named([[name] for name in [*layout.stub_names, *heading.names]])
    return Table(names, _rows(grid, layout, decimals, notes))


def decimals_of(texts: Iterable[str]) -> Decimals:
    """How a file's figures are written, by the first cell that gives it away."""
    doubtful = False
    for text in texts:
        shown = decimals_shown_by(text)
        if shown in (Decimals.COMMA, Decimals.POINT):
            return shown
        doubtful = doubtful or shown is Decimals.UNKNOWN
    return Decimals.UNKNOWN if doubtful else Decimals.POINT


@dataclass
class _Layout:
    """Columns by position: `stub` hold labels, `figures` hold figures, `status` the marks beside the one of values."""

    stub: list[int]
    stub_names: list[str]
    figures: list[int]
    heading: Heading
    status: int | None = None


def _check_header(grid: Grid, notes: Notes) -> None:
    seen: dict[str, int] = {}
    for at, name in enumerate(grid.header):
        clean = " ".join(name.split()).casefold()
        if clean and seen.setdefault(clean, at) != at:
            message = sentence("The column “%(found)s” is given twice.", found=mended(name)[:40])
            raise notes.unreadable(message, grid.header_line, at + 1)


def _layout(grid: Grid, notes: Notes) -> _Layout:
    names = [" ".join(mended(name).split()) for name in grid.header]
    lower = [name.casefold() for name in names]
    ons = _ONS.match(lower[0])
    if ons:
        marks = int(ons[1])
        stub = list(range(1 + marks, len(names)))
        return _Layout(stub, [names[at] for at in stub], [0], Heading([], [()]), 1 if marks else None)
    value = next((lower.index(name) for name in _VALUE_NAMES if name in lower), None)
    if value is not None:
        status = next((lower.index(name) for name in _STATUS_NAMES if name in lower), None)
        stub = [at for at in range(len(names)) if at not in (value, status)]
        return _Layout(stub, [names[at] for at in stub], [value], Heading([], [()]), status)
    return _wide(grid, names, notes)


def _wide(grid: Grid, names: list[str], notes: Notes) -> _Layout:
    across = ""
    known = stub_given(grid.title, names)
    if grid.flags and (bulk := next((at for at, name in enumerate(names) if "\\" in name), None)) is not None:
        names[bulk], _, across = names[bulk].partition("\\")  # Eurostat: geo\TIME_PERIOD names two dimensions
        known = bulk + 1
    figures = list(range(known, len(names))) if 0 < known < len(names) else _columns_of_figures(grid, names)
    if not figures:
        message = sentence(
            "No column of figures is found: none is named “value”, for a period, or filled with numbers."
        )
        raise notes.unreadable(message, grid.header_line)
    stub = [at for at in range(len(names)) if at not in figures and (names[at] or at < figures[0])]
    stub_names, headings = [names[at] for at in stub], [names[at] for at in figures]
    if across:
        heading = Heading([across.strip()], [(name,) for name in headings])
    elif len(figures) == 1 and not is_period(headings[0]):
        heading = Heading([], [()])
    else:
        heading = read_headings(headings, stub_names, grid.title)
    return _Layout(stub, stub_names, figures, heading)


def _columns_of_figures(grid: Grid, names: list[str]) -> list[int]:
    """Columns named for periods, or else the last columns whose cells are all figures (of which at least one is)."""
    dated = [at for at, name in enumerate(names) if at and is_period(name)]
    numeric = _numeric(grid, len(names))
    if any(at in numeric for at in dated):
        return dated
    columns: list[int] = []
    for at in range(len(names) - 1, 0, -1):
        if at not in numeric or not names[at]:
            if columns or names[at]:
                break
            continue
        columns.insert(0, at)
    # A column of years is a label, however numeric, as long as figures are left beside it.
    while len(columns) > 1 and _is_years(grid, columns[0]):
        columns.pop(0)
    return columns


def _numeric(grid: Grid, width: int) -> set[int]:
    """The columns where most filled cells are figures: a bad cell must not hide its column."""
    found = set()
    for at in range(width):
        cells = [cells[at] for _, cells in grid.first if at < len(cells) and cells[at].strip()]
        readable = [_readable(cell, grid.flags) for cell in cells]
        figures = sum(1 for one in readable if one and one[0])
        marks = sum(1 for one in readable if one and not one[0])
        if (figures and figures + marks >= len(cells) / 2) or (not figures and marks == len(cells)):
            found.add(at)
    return found


def _readable(cell: str, flags: bool) -> tuple[str, str] | None:
    return figure_as_typed(cell, Decimals.COMMA, flags) or figure_as_typed(cell, Decimals.POINT, flags)


def _is_years(grid: Grid, at: int) -> bool:
    cells = [cells[at].strip() for _, cells in grid.first if at < len(cells) and cells[at].strip()]
    return bool(cells) and all(re.fullmatch(r"(1[89]|20|21)\d{2}", cell) for cell in cells)


def _rows(grid: Grid, layout: _Layout, decimals: Decimals, notes: Notes) -> Iterator[Row]:
    status_at, plain_is_safe = layout.status, decimals is not Decimals.COMMA
    for line, cells, torn in _body(grid, layout, notes):
        labels = tuple([cells[at].strip() for at in layout.stub])
        broken = not "".join(labels).isascii() and any(map(BROKEN.search, labels))
        if broken:
            at = next(at for at, label in zip(layout.stub, labels, strict=True) if BROKEN.search(label))
            message = sentence("The letters of this cell cannot be read; its row is marked “error”.")
            notes.bad.add(message, line, mended(grid.header[at]).strip() or at + 1)
            labels = tuple(map(mended, labels))
        mark = "" if status_at is None else cells[status_at].strip()
        if mark and not mark.isascii():
            mark = mended(mark)
        for at, categories in zip(layout.figures, layout.heading.categories, strict=True):
            cell = cells[at]
            if torn:
                value, status = "", ERROR
            elif plain_is_safe and PLAIN.match(cell):
                value, status = cell, mark
            elif (read := figure_as_typed(cell, decimals, grid.flags)) is not None:
                value, status = read[0], mark or read[1]
            else:
                notes.bad.add(_said_of(cell.strip(), decimals), line, mended(grid.header[at]).strip() or at + 1)
                value, status = "", ERROR
            yield (*labels, *categories, value, ERROR if broken else status)


def _body(grid: Grid, layout: _Layout, notes: Notes) -> Iterator[tuple[int, list[str], bool]]:
    """The table's rows, each as wide as the header, and whether cells were missing; notes below it are left out."""
    width, gap, below = len(grid.header), False, 0
    first_below = 0
    for line, given in grid.lines:
        cells = given
        if not "".join(cells).strip():
            gap = True
            continue
        if len(cells) != width:
            cells = _without_empty_ends(cells, width)
        torn = len(cells) != width
        if (torn or gap) and _is_note(cells, layout, torn, gap):
            below, first_below = below + 1, first_below or line
            continue
        if torn:
            message = sentence("Expected %(expected)s cells, found %(found)s.", expected=width, found=len(cells))
            notes.bad.add(message, line)
            cells = (cells + [""] * width)[:width]
        yield line, cells, torn
    if below:
        notes.remark(sentence("%(count)s lines of notes below the table are left out.", count=below), first_below)


def _is_note(cells: list[str], layout: _Layout, torn: bool, gap: bool) -> bool:
    """Whether a line is a footnote: text in one cell only, where the table has several."""
    if len(cells) == 1 and torn:
        return True
    if not gap or len(layout.stub) + len(layout.figures) < 3:
        return False
    return not any(cell.strip() for cell in cells[1:])


def _said_of(cell: str, decimals: Decimals) -> Sentence:
    if decimals is Decimals.UNKNOWN and decimals_shown_by(cell) is Decimals.UNKNOWN:
        return sentence(
            "“%(found)s” may be a thousand or a decimal, and nothing in the file tells; the cell is marked “error”.",
            found=cell[:40],
        )
    return bad_number(cell)


def _without_empty_ends(cells: list[str], width: int) -> list[str]:
    last = len(cells)
    while last > width and not cells[last - 1].strip():
        last -= 1
    return cells[:last]
