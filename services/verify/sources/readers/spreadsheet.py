"""XLSX workbooks, read without running or fetching anything: no macros, no links to other files, no zip bombs."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from services.verify.sources.readers import grid
from services.verify.sources.readers.figures import Decimals
from services.verify.sources.readers.grid import Grid, Line
from services.verify.sources.readers.headings import is_period
from services.verify.sources.readers.table import Notes, Table
from shared.contracts.refusals import Kind
from shared.contracts.sentences import sentence

LARGEST = 200_000_000  # bytes, unpacked
MOST_PARTS = 2000
MOST_CELLS = 2_000_000
_LOOKED_AT = 200


def is_zip(raw: bytes) -> bool:
    """Whether the file is a ZIP archive, as every XLSX file is."""
    return raw.startswith(b"PK\x03\x04")


def read(raw: bytes, notes: Notes) -> Table:
    """The first sheet that has cells; which other sheets were left out is remarked."""
    _check_archive(raw, notes)
    rows, name, others = _sheet(raw, notes)
    if others:
        message = sentence(
            "Only the sheet “%(name)s” is read; left out: %(others)s.", name=name, others=", ".join(others)
        )
        notes.remark(message)
    title, header, body = _laid_out(rows, notes)
    laid = Grid(title, header[1], header[0], body[:_LOOKED_AT], body)
    decimals = grid.decimals_of(cell for _, cells in body for cell in cells if cell and cell[-1:].isdigit())
    return grid.read(laid, decimals, notes)


def rows_of(raw: bytes, name: str, notes: Notes) -> list[list[Any]]:
    """All rows of the sheet of this name; none if the workbook has no such sheet."""
    import openpyxl

    _check_archive(raw, notes)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except Exception:
        raise notes.unreadable(sentence("The file is not a whole XLSX workbook.")) from None
    if name not in book.sheetnames:
        return []
    sheet = book[name]
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise notes.unreadable(
            sentence("The sheet has more than %(most)s cells.", most=MOST_CELLS), kind=Kind.TOO_LARGE
        )
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _check_archive(raw: bytes, notes: Notes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise notes.unreadable(sentence("The file is not a whole XLSX workbook.")) from None
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        message = sentence("Unpacked, the workbook is larger than %(most)s bytes.", most=LARGEST)
        raise notes.unreadable(message, kind=Kind.TOO_LARGE)
    if "xl/workbook.xml" not in names:
        raise notes.unreadable(sentence("The file is a ZIP archive, but no XLSX workbook."), kind=Kind.UNSUPPORTED)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise notes.unreadable(
            sentence("The workbook holds macros; save it as .xlsx without them."), kind=Kind.UNSUPPORTED
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise notes.unreadable(
            sentence("The workbook takes cells from other files; replace these links by their values."),
            kind=Kind.UNSUPPORTED,
        )


def _sheet(raw: bytes, notes: Notes) -> tuple[list[list[Any]], str, list[str]]:
    """The rows of the first sheet with cells, its name, and the names of further ones that have some."""
    import openpyxl  # only here: the other formats start without it

    try:
        values = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(raw), data_only=False, keep_links=False)
    except Exception:  # openpyxl raises whatever its XML layer meets
        raise notes.unreadable(sentence("The file is not a whole XLSX workbook.")) from None
    filled = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible" and _has_cells(sheet)]
    if not filled:
        raise notes.unreadable(sentence("The workbook has no sheet with cells."))
    sheet = filled[0]
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        message = sentence("The sheet has more than %(most)s cells.", most=MOST_CELLS)
        raise notes.unreadable(message, kind=Kind.TOO_LARGE)
    rows: list[list[Any]] = [list(row) for row in sheet.iter_rows(values_only=True)]
    for number, row in enumerate(formulas[sheet.title].iter_rows(max_row=len(rows)), 1):
        for at, cell in enumerate(row):
            if cell.data_type == "f" and rows[number - 1][at] is None:
                rows[number - 1][at] = _Uncalculated(str(cell.value))
    for merged in sheet.merged_cells.ranges:
        first = rows[merged.min_row - 1][merged.min_col - 1]
        for cells in rows[merged.min_row - 1 : merged.max_row]:
            for at in range(merged.min_col - 1, merged.max_col):
                cells[at] = _Merged(first)
    return rows, sheet.title, [other.title for other in filled[1:]]


class _Uncalculated:
    """A formula whose result the workbook does not hold: no figure, and not missing either."""

    def __init__(self, formula: str) -> None:
        self.text = formula if formula.startswith("=") else f"={formula}"


class _Merged:
    """A cell that shares its content with its neighbours."""

    def __init__(self, content: Any) -> None:
        self.content = content


def _has_cells(sheet: Any) -> bool:
    return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)


def cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, _Merged):
        return cell_text(cell.content)
    if isinstance(cell, _Uncalculated):
        return cell.text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _laid_out(rows: list[list[Any]], notes: Notes) -> tuple[str, Line, list[Line]]:
    """Title, header and body. A header over several rows becomes one, its parts joined by blanks."""
    title: list[str] = []
    at = 0
    while at < len(rows):
        filled = {cell_text(cell).strip() for cell in rows[at] if cell_text(cell).strip()}
        if len(filled) > 1:
            break
        title += filled
        at += 1
    if at == len(rows):
        raise notes.unreadable(sentence("No table is found: no line has more than one cell."), 1)
    until = at + 1
    while until < len(rows) and _continues_header(rows, at, until):
        until += 1
    levels = [_spread(row) if until - at > 1 else [cell_text(cell) for cell in row] for row in rows[at:until]]
    header = [
        " ".join(dict.fromkeys(part.strip() for part in parts if part.strip())) for parts in zip(*levels, strict=True)
    ]
    last = max((place for place, name in enumerate(header) if name), default=-1) + 1
    body = [(number, [cell_text(cell) for cell in row][:last]) for number, row in enumerate(rows[until:], until + 1)]
    return " ".join(title), (at + 1, header[:last]), _filled_down(body)


def _continues_header(rows: list[list[Any]], first: int, at: int) -> bool:
    """Whether a row below the header's first still belongs to it: no label at its start, and no figures but years."""
    row = rows[at]
    if (
        isinstance(row[0], _Merged)
        and at > 0
        and isinstance(rows[at - 1][0], _Merged)
        and _same(row[0], rows[at - 1][0])
    ):
        return True
    if cell_text(row[0]).strip() or not any(cell_text(cell).strip() for cell in row):
        return False
    return all(not cell_text(cell).strip() or is_period(cell_text(cell)) or not _is_number(cell) for cell in row)


def _same(one: _Merged, other: _Merged) -> bool:
    return one.content is other.content and one.content is not None


def _spread(row: list[Any]) -> list[str]:
    """A header row whose blanks continue the heading to their left (merged cells, or the look of them)."""
    texts: list[str] = []
    for cell in row:
        text = cell_text(cell)
        texts.append(text if text.strip() or not texts or len(texts) < 2 else texts[-1])
    return texts


def _filled_down(body: list[Line]) -> list[Line]:
    """PX-Web prints an outer stub's label once: a blank first cell beside a filled second one repeats the one above."""
    above = ""
    filled: list[Line] = []
    for number, cells in body:
        repeats = len(cells) > 2 and not cells[0].strip() and cells[1].strip() and not _looks_numeric(cells[1])
        filled.append((number, [above, *cells[1:]] if repeats else cells))
        above = cells[0] if cells and cells[0].strip() else above
    return filled


def _looks_numeric(text: str) -> bool:
    return grid.figure_as_typed(text, Decimals.POINT) is not None
