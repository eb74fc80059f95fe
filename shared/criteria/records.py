"""The records of a CSV text, each with the line it begins on; the one place where CSV is taken apart."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from shared.contracts.sentences import Sentence, sentence

CHUNK = 8192  # records at a time: small enough for the processor's cache
_LINE_END = re.compile(r"\r\n|\r|\n")


class BrokenQuotes(Exception):
    """A record that RFC 4180 does not allow: `said` says what is wrong with its quotes, `line` (from 1) where."""

    def __init__(self, message: Sentence, line: int) -> None:
        super().__init__(message.text)
        self.said, self.line = message, line


def chunks(
    lines: Iterable[str], delimiter: str = ",", size: int = CHUNK
) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """The lines (from 1) on which records begin, and their cells, some records at a time; a blank line has no cells.

    `lines` keep their ends. Raises BrokenQuotes after the last record before the broken one.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    broken: csv.Error | None = None
    while broken is None:
        first = reader.line_num + 1
        rows: list[list[str]] = []
        try:
            rows.extend(islice(reader, size))  # keeps what came before an error
        except csv.Error as error:
            broken = error
        begins: Sequence[int] = range(first, first + len(rows) + 1)
        if reader.line_num != begins[-1] - 1:
            begins = list(accumulate(map(_height, rows), initial=first))
        if rows:
            yield begins[:-1], rows
        elif broken is None:
            return
    if "unexpected end" in str(broken):
        raise BrokenQuotes(sentence("A quoted cell is not closed."), begins[-1])
    raise BrokenQuotes(sentence("The quotes on this line are broken."), reader.line_num)


def _height(cells: list[str]) -> int:
    """How many lines a record takes."""
    return 1 + sum(len(_LINE_END.findall(cell)) for cell in cells if "\n" in cell or "\r" in cell)
