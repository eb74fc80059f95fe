"""Reads a CSV file into columns: codes as numbers into a vocabulary, figures as float64. Fast, and every fault located.

UTF-8 with or without a BOM, comma-separated, a header row, `.` decimals; an empty cell is missing.
"""

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from shared.contracts.refusals import BadInput, Kind
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.arrays import Floats, Integers
from shared.criteria.complaints import Complaints
from shared.criteria.documents import encoding_fault, read_bytes
from shared.criteria.records import BrokenQuotes, chunks

LONGEST = 200  # characters of a code
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_NO_NUMBER_AT_ALL = re.compile(r"[-+]?(nan|inf|infinity)\Z", re.IGNORECASE)
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in (9, 10, 13))

Source = Path | str | bytes


@dataclass(frozen=True)
class Column:
    """What a column holds. `needed`: must be in the header; `filled`: no cell may be empty."""

    name: str
    kind: Literal["code", "number"]
    needed: bool = True
    filled: bool = True
    largest: float = np.inf  # of a number's absolute value


@dataclass
class Columns:
    """A file read: `codes` and `numbers` by column name, each of shape [rows]; a code of −1 is an empty cell."""

    lines: Integers
    codes: dict[str, Integers]
    vocabulary: dict[str, list[str]]
    numbers: dict[str, Floats]
    complaints: Complaints

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, name: str) -> list[str]:
        """The cells of a column of codes as text, empty where the cell is."""
        words = [*self.vocabulary[name], ""]  # −1 is the last one
        return [words[number] for number in self.codes[name]]


class _Vocabulary(dict[str, int]):
    """Text of a cell → number of its code, counted as they come; blanks around and the form of accents do not count."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, int] = {}

    def __missing__(self, text: str) -> int:
        clean = unicodedata.normalize("NFC", text.strip())
        if not clean:
            number = -1
        elif len(clean) > LONGEST or "\n" in clean or "\r" in clean:
            number = -2
        else:
            number = self.numbers.setdefault(clean, len(self.numbers))
        self[text] = number
        return number


@dataclass
class _Reading:
    columns: Sequence[Column]
    complaints: Complaints
    vocabularies: dict[str, _Vocabulary] = field(default_factory=dict)
    parts: dict[str, list[Floats | Integers]] = field(default_factory=dict)
    lines: list[Integers] = field(default_factory=list)


def read_columns(source: Source, columns: Sequence[Column], name: str | None = None) -> Columns:
    """Reads a file, or its bytes called `name`. The caller adds its own faults to `complaints` and raises them.

    Raises BadInput at once when the file cannot be read as a CSV table with these columns.
    """
    if not isinstance(source, bytes):
        name, source = str(source), read_bytes(Path(source), math.inf)
    complaints = Complaints(name)
    _check_text(source, complaints)
    reading = _Reading(columns, complaints)
    header: list[str] = []
    try:
        for begins, rows in chunks(io.TextIOWrapper(io.BytesIO(source), encoding="utf-8-sig", newline="")):
            first = 0 if header else 1
            header = header or _header(rows[0], columns, complaints)
            _take(reading, header, rows[first:], np.array(begins[first:], dtype=np.int64))
    except BrokenQuotes as error:
        complaints.add(error.said, error.line)
    if not header:
        complaints.raise_any()
        _header([], columns, complaints)
    return _joined(reading, [column for column in columns if column.name in header])


def _check_text(raw: bytes, complaints: Complaints) -> None:
    if not raw.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadInput([encoding_fault(raw, error.start, complaints.file)], kind=Kind.MALFORMED) from None
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        found = min(position for code in _CONTROLS if (position := raw.find(bytes([code]))) >= 0)
        message = sentence("A control character (code %(code)s) does not belong here.", code=raw[found])
        complaints.add(message, raw.count(b"\n", 0, found) + 1)
        raise BadInput(complaints.listed(), kind=Kind.MALFORMED)


def _header(cells: list[str], columns: Sequence[Column], complaints: Complaints) -> list[str]:
    expected = ", ".join(column.name if column.needed else f"[{column.name}]" for column in columns)
    if not cells:
        complaints.add(sentence("The file is empty; expected the header: %(header)s.", header=expected), 1)
        complaints.raise_any()
    header = [cell.strip() for cell in cells]
    known = {column.name for column in columns}
    for position, cell in enumerate(header):
        if cell not in known:
            message = sentence("Unknown column “%(found)s”; expected: %(header)s.", found=cell[:40], header=expected)
            complaints.add(message, 1, cell[:40] or position + 1)
        elif cell in header[:position]:
            complaints.add(sentence("The column “%(found)s” is given twice.", found=cell), 1, cell)
    for column in columns:
        if column.needed and column.name not in header:
            message = sentence(
                "The column “%(name)s” is missing; expected: %(header)s.", name=column.name, header=expected
            )
            complaints.add(message, 1, column.name)
    complaints.raise_any()
    return header


def _take(reading: _Reading, header: list[str], rows: list[list[str]], lines: Integers) -> None:
    """Adds rows, which begin on these lines."""
    if set(map(len, rows)) != {len(header)}:
        keep = []
        for position, row in enumerate(rows):
            if len(row) == len(header):
                keep.append(position)
            elif any(row):
                message = sentence(
                    "Expected %(expected)s cells, found %(found)s.", expected=len(header), found=len(row)
                )
                reading.complaints.add(message, int(lines[position]))
        rows, lines = [rows[position] for position in keep], lines[keep]
    if not rows:
        return
    reading.lines.append(lines)
    by_name = dict(zip(header, zip(*rows, strict=True), strict=True))
    for column in reading.columns:
        if column.name not in by_name:
            continue
        cells = by_name[column.name]
        part: Floats | Integers
        if column.kind == "code":
            part = _codes(reading, column, cells, lines)
        else:
            part = _figures(reading, column, cells, lines)
        reading.parts.setdefault(column.name, []).append(part)


def _codes(reading: _Reading, column: Column, cells: Sequence[str], lines: Integers) -> Integers:
    vocabulary = reading.vocabularies.setdefault(column.name, _Vocabulary())
    numbers = np.fromiter(map(vocabulary.__getitem__, cells), dtype=np.int64, count=len(cells))
    if numbers.min() < 0:
        for position in np.flatnonzero(numbers < (0 if column.filled else -1)):
            line = int(lines[position])
            if numbers[position] == -1:
                reading.complaints.add(sentence("Expected a code, found nothing."), line, column.name)
            else:
                message = sentence("Expected a code of at most %(most)s characters on one line.", most=LONGEST)
                reading.complaints.add(message, line, column.name)
        numbers = np.maximum(numbers, -1)
    return numbers


def _figures(reading: _Reading, column: Column, cells: Sequence[str], lines: Integers) -> Floats:
    figures = _quick_figures(cells)
    if figures is None or (column.filled and np.isnan(figures).any()) or _above(figures, column.largest):
        figures = np.full(len(cells), np.nan)
        for position, cell in enumerate(cells):
            text = cell.strip()
            if not text and not column.filled:
                continue
            message = _number_fault(text, column.largest)
            if message is None:
                figures[position] = float(text)
            else:
                reading.complaints.add(message, int(lines[position]), column.name)
    return figures


def _above(figures: Floats, largest: float) -> bool:
    return largest < np.inf and bool((np.abs(figures) > largest).any())


def _quick_figures(cells: Sequence[str]) -> Floats | None:
    """The figures of a chunk without a fault, NaN for empty cells; None if the cells must be looked at one by one."""
    text = "".join(cells)
    if not text.isascii() or "_" in text:  # float() would read other scripts' digits, and 1_000
        return None
    empty = cells.count("")
    try:
        numbers: Iterable[float] = map(float, cells) if not empty else (float(cell or "nan") for cell in cells)
        figures = np.fromiter(numbers, dtype=np.float64, count=len(cells))
    except ValueError:
        return None
    return figures if int(np.isfinite(figures).sum()) == len(cells) - empty else None


def _number_fault(text: str, largest: float) -> Sentence | None:
    if _NUMBER.match(text):
        number = float(text)
        if abs(number) <= largest and np.isfinite(number):
            return None
        return sentence("The number “%(found)s” is too large.", found=text[:40])
    if not text:
        return sentence("Expected a number, found nothing.")
    if _NO_NUMBER_AT_ALL.match(text):
        return sentence("Expected a finite number, not “%(found)s”.", found=text[:40])
    return sentence("Expected a number like 12.5, found “%(found)s”.", found=text[:40])


def _joined(reading: _Reading, present: Sequence[Column]) -> Columns:
    nothing = np.array([], dtype=np.int64)
    read = Columns(
        lines=np.concatenate(reading.lines) if reading.lines else nothing,
        codes={},
        vocabulary={},
        numbers={},
        complaints=reading.complaints,
    )
    for column in present:
        parts = reading.parts.get(column.name, [])
        if column.kind == "code":
            read.codes[column.name] = np.concatenate(parts).astype(np.int64) if parts else nothing
            read.vocabulary[column.name] = list(reading.vocabularies.get(column.name, _Vocabulary()).numbers)
        else:
            read.numbers[column.name] = np.concatenate(parts).astype(np.float64) if parts else np.array([])
    return read
