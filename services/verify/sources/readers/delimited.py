"""CSV files of every kind: commas, semicolons or tabulators, titles above and notes below the table."""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice

from services.verify.sources.readers import grid
from services.verify.sources.readers.figures import Decimals
from services.verify.sources.readers.grid import Grid, Line
from services.verify.sources.readers.table import Notes, Table
from services.verify.sources.readers.text import located
from shared.contracts.sentences import sentence
from shared.criteria.records import BrokenQuotes, chunks

_DELIMITERS = ("\t", ";", "|", ",")  # where two fit alike, the rarer in texts and numbers
_SAMPLE = 65536  # characters, to see the delimiter
_LOOKED_AT = 200  # lines, to see the layout
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
_QUOTED_COMMA = re.compile(r'"\s*[-+]?\d[\d. \u00a0]*,\d[\d.,]*\s*"')


def read(raw: bytes, notes: Notes) -> Table:
    """The table of a CSV file."""
    text = located(raw, notes)
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    if not text.strip():
        raise notes.unreadable(sentence("The file is empty."), 1)
    delimiter = _delimiter(text)
    lines = _lines(text, delimiter, notes)
    title, header = _header(lines, notes)
    if delimiter == "\t" and "\\" in header[1][0]:
        header, lines = _unpacked(header), map(_unpacked, lines)
    first = list(islice(lines, _LOOKED_AT))
    decimals = _decimals(text, delimiter, notes)
    return grid.read(
        Grid(title, header[1], header[0], first, chain(first, lines), flags=delimiter == "\t"), decimals, notes
    )


def _lines(text: str, delimiter: str, notes: Notes) -> Iterator[Line]:
    """Every record with the line it begins on; blank ones as an empty list."""
    try:
        for begins, rows in chunks(_cut(text), delimiter):
            yield from zip(begins, rows, strict=True)
    except BrokenQuotes as error:
        raise notes.unreadable(error.said, error.line) from None


def _unpacked(line: Line) -> Line:
    """Eurostat's bulk files join the codes of the stub by commas in the first cell."""
    number, cells = line
    return (number, [*cells[0].split(","), *cells[1:]]) if cells else line


def _cut(text: str) -> Iterator[str]:
    """The lines of a text, one at a time: a copy of a large file would cost four times its size."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _header(lines: Iterator[Line], notes: Notes) -> tuple[str, Line]:
    """The title (what stands alone on the lines above) and the header row."""
    title: list[str] = []
    for line, cells in lines:
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) > 1:
            last = max(at for at, cell in enumerate(cells) if cell.strip())
            return " ".join(title), (line, cells[: last + 1])
        title += filled
    raise notes.unreadable(sentence("No table is found: no line has more than one cell."), 1)


def _delimiter(text: str) -> str:
    """The delimiter by which the first lines have most often the same number of cells."""
    sample = text[:_SAMPLE]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1]
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        widths = []
        try:
            for cells in islice(csv.reader(_cut(sample), delimiter=delimiter), 50):
                if len(cells) > 1:
                    widths.append(len(cells))
        except csv.Error:
            continue
        if widths:
            common = max(widths, key=widths.count)
            weight = widths.count(common) * 100 + min(common, 99)
            if weight > most:
                best, most = delimiter, weight
    return best


def _decimals(text: str, delimiter: str, notes: Notes) -> Decimals:
    """How figures are written. Most files have no comma inside a number; only then every cell is looked at."""
    doubtful = _QUOTED_COMMA if delimiter == "," else _COMMA_IN_NUMBER
    if not doubtful.search(text):
        return Decimals.POINT
    return grid.decimals_of(
        cell
        for _, cells in _lines(text, delimiter, Notes(notes.file))
        for cell in cells
        if cell and cell[-1:].isdigit()
    )
