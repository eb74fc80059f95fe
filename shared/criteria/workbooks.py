"""Opens Excel workbooks that strangers send, and writes cells that stay what they are.

What could run or reach out is refused before anything is read: macros, links to other files, embedded objects, zip
bombs. A cell that should hold a figure and holds a formula is a fault at that cell, never its last computed value.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from shared.contracts.figures import NotAFigure, read_figure
from shared.contracts.refusals import BadInput, Fault, Kind
from shared.contracts.sentences import N_, Sentence, sentence

LARGEST = 10_000_000  # bytes of a workbook
UNPACKED = 100_000_000  # bytes of all its parts
MOST_PARTS = 1_000
MOST_CELLS = 1_000_000  # over all sheets, blanks to the left of a filled cell included

_OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # .xls, or .xlsx under a password
_FORBIDDEN = (
    (r"vbaProject|macrosheets|macroEnabled", N_("The workbook holds macros; save it without them (.xlsx).")),
    (r"externalLink|connections\.xml", N_("The workbook links to other files; remove the links.")),
    (r"embeddings/|activeX|oleObject", N_("The workbook holds embedded objects; remove them.")),
)


@dataclass(frozen=True)
class Formula:
    """A cell that computes; what it computes is not read."""

    text: str


Value = str | float | bool | date | Formula | None


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, row by row from the first, without blank ends. Empty cells are None."""

    name: str
    file: str | None
    rows: tuple[tuple[Value, ...], ...]

    def fault(self, row: int, column: int | None, message: Sentence) -> Fault:
        """A fault at a cell (row and column from 1), or at a row: `file:Sheet!C5`."""
        place = str(row) if column is None else f"{get_column_letter(column)}{row}"
        return Fault(message, file=self.file, path=f"{self.name}!{place}")

    def whole(self, message: Sentence) -> Fault:
        """A fault of the sheet as a whole."""
        return Fault(message, file=self.file, path=self.name)


def read_workbook(raw: bytes, name: str | None = None) -> dict[str, Sheet]:
    """The visible and hidden sheets of an .xlsx file by name. Raises BadInput for anything else, or what could harm."""
    _examine(raw, name)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        with closing(book):
            return _sheets(book, name)
    except BadInput:
        raise
    except Exception:  # openpyxl raises whatever a broken part makes it stumble over
        raise _malformed(name, sentence("This is no workbook that can be read (.xlsx).")) from None


def _sheets(book: Workbook, name: str | None) -> dict[str, Sheet]:
    left = MOST_CELLS
    sheets: dict[str, Sheet] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its size need not be true
        rows: list[tuple[Value, ...]] = []
        for cells in sheet.iter_rows():
            left -= max(1, len(cells))
            if left < 0:
                raise _malformed(name, sentence("The workbook has more than %(most)s cells.", most=MOST_CELLS))
            rows.append(_without_blank_end(_value(cell) for cell in cells))
        while rows and not rows[-1]:
            rows.pop()
        sheets[sheet.title] = Sheet(sheet.title, name, tuple(rows))
    return sheets


def text_of(value: Value) -> str:
    """What a cell says as text, trimmed; a whole number without its decimal point, a formula as nothing."""
    if value is None or isinstance(value, Formula):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time.min else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else value.strip()


def figure_of(value: Value) -> float | None:
    """The figure in a cell, None for an empty one; text is read as people type (`5,1`). Raises NotAFigure."""
    if isinstance(value, float):
        return value
    if isinstance(value, Formula):
        raise NotAFigure(sentence("The cell holds a formula; paste its value instead."))
    if isinstance(value, bool | date):
        raise NotAFigure(sentence("“%(typed)s” is not a number.", typed=text_of(value)))
    return read_figure(value or "")


def write_text(cell: Cell | MergedCell, text: str) -> None:
    """Text that stays text: what begins like a formula is no formula, whoever wrote it."""
    cell.value = text
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.quotePrefix = True  # so that editing the cell does not make one of it


def drop_down(sheet: Worksheet, cells: str, formula: str) -> None:
    """A list to choose from in these cells (`C2:C90`); `formula`: `"a,b"` or a range. Anything else is refused."""
    choice = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True, errorStyle="stop")
    choice.add(cells)
    sheet.add_data_validation(choice)


def _examine(raw: bytes, name: str | None) -> None:
    """Refuses what is no plain .xlsx before a byte of it is unpacked into memory."""
    if len(raw) > LARGEST:
        message = sentence("The file is larger than %(most)s bytes.", most=LARGEST)
        raise BadInput([Fault(message, file=name)], kind=Kind.TOO_LARGE)
    if raw.startswith(_OLD_FORMAT):
        message = sentence("The workbook is in the old .xls format or has a password; save it as .xlsx without one.")
        raise _malformed(name, message)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
                message = sentence("The workbook unfolds to more than is allowed (%(most)s bytes).", most=UNPACKED)
                raise BadInput([Fault(message, file=name)], kind=Kind.TOO_LARGE)
            types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise _malformed(name, sentence("This is no workbook that can be read (.xlsx).")) from None
    inventory = "\n".join([types, *(part.filename for part in parts)])
    for pattern, template in _FORBIDDEN:
        if re.search(pattern, inventory, re.IGNORECASE):
            raise _malformed(name, Sentence(template))


def _malformed(name: str | None, message: Sentence) -> BadInput:
    return BadInput([Fault(message, file=name)], kind=Kind.MALFORMED)


def _value(cell: Any) -> Value:
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "f":
        return Formula(str(value))
    if isinstance(value, bool | date):
        return value
    if isinstance(value, int | float):
        return float(value)
    return str(value)


def _without_blank_end(values: Iterator[Value]) -> tuple[Value, ...]:
    row = list(values)
    while row and (row[-1] is None or (isinstance(row[-1], str) and not row[-1].strip())):
        row.pop()
    return tuple(row)
