"""Reads a source's CSV file into rows, or says where every fault is; a file with a fault gives nothing. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from services.verify.sources.model import ObservedRow
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.columns import Column, Columns, read_columns
from shared.criteria.periods import is_period

LARGEST_FIGURE = 1e15  # so that a figure keeps its decimals as a float
LONGEST_STATUS = 40
COLUMNS = (
    Column("unit", "code"),
    Column("indicator", "code"),
    Column("period", "code", needed=False, filled=False),
    Column("value", "number", filled=False, largest=LARGEST_FIGURE),
    Column("status", "code", needed=False, filled=False),
    Column("source", "code", needed=False, filled=False),
)
Objections = Callable[[ObservedRow], Iterable[tuple[str, Sentence]]]


@dataclass(frozen=True)
class ReleaseContext:
    """What the rows are read against: what stands for absent cells, and whose file it is."""

    file_name: str
    source: str
    period: str
    status: str


def read_release(raw: bytes, context: ReleaseContext, objections: Objections = lambda row: ()) -> list[ObservedRow]:
    """The rows of a CSV file with the columns unit, indicator, value[, period][, status][, source].

    UTF-8, comma-separated, `.` decimal point, empty value = the source has no figure. `objections` says what else
    speaks against a row: (column, what is wrong). Raises BadInput with all faults, located by line and column.
    """
    read = read_columns(raw, COLUMNS, context.file_name)
    if not len(read):
        read.complaints.add(sentence("Expected at least one row below the header."), 2)
    rows = _rows(read, context)
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        for column, message in (*_faults(row), *objections(row)):
            read.complaints.add(message, row.row, column)
        first = seen.setdefault((row.unit, row.indicator, row.period), row.row)
        if first != row.row:
            message = sentence("This row is given twice; before it on line %(line)s.", line=first)
            read.complaints.add(message, row.row, "unit")
    _check_owner(read, context)
    read.complaints.raise_any()
    return rows


def _rows(read: Columns, context: ReleaseContext) -> list[ObservedRow]:
    """The rows that have a unit and an indicator; the others are faults already."""
    units, indicators = read.texts("unit"), read.texts("indicator")
    periods, statuses = _or_else(read, "period", context.period), _or_else(read, "status", context.status)
    return [
        ObservedRow(line, units[at], indicators[at], periods[at], None if np.isnan(value) else value, statuses[at])
        for at, (line, value) in enumerate(zip(read.lines.tolist(), read.numbers["value"].tolist(), strict=True))
        if units[at] and indicators[at]
    ]


def _or_else(read: Columns, name: str, default: str) -> Sequence[str]:
    if name not in read.codes:
        return [default] * len(read)
    return [text or default for text in read.texts(name)]


def _faults(row: ObservedRow) -> Iterable[tuple[str, Sentence]]:
    if not is_period(row.period):
        yield (
            "period",
            sentence(
                "Expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03, found “%(found)s”.", found=row.period[:40]
            ),
        )
    if len(row.status) > LONGEST_STATUS:
        yield "status", sentence("A status has at most %(most)s characters.", most=LONGEST_STATUS)


def _check_owner(read: Columns, context: ReleaseContext) -> None:
    if "source" not in read.codes:
        return
    for line, owner in zip(read.lines.tolist(), read.texts("source"), strict=True):
        if owner and owner != context.source:
            message = sentence(
                "This row is of the source “%(found)s”, not of “%(own)s”.", found=owner[:40], own=context.source
            )
            read.complaints.add(message, line, "source")
