"""The workbook of ratings, filled in by a rater."""

from services.verify.sources.ports import TableReaders, TidyTable
from services.verify.sources.readers import spreadsheet
from services.verify.sources.readers.figures import Decimals, figure_as_typed
from services.verify.sources.readers.table import ERROR, Notes, bad_number
from services.verify.sources.readers.tidy import read_tidy
from services.verify.sources.rules.rating_workbook import FIRST, SHEET
from shared.contracts.sentences import sentence


def read_template(raw: bytes, file_name: str) -> TidyTable:
    """The filled cells of the workbook: dimensions unit and indicator. Raises BadInput when it is not that workbook."""
    notes = Notes(file_name)
    rows = spreadsheet.rows_of(raw, SHEET, notes)
    header = [str(cell or "").strip() for cell in rows[0]] if rows else []
    if header[:2] != ["unit", "name"]:
        message = sentence(
            "This is not the rating workbook: its sheet “%(name)s” begins with unit and name.", name=SHEET
        )
        raise notes.unreadable(message, 1)
    filled: list[tuple[str, ...]] = []
    for number, row in enumerate(rows[1:], 2):
        unit = str(row[0] if row[0] is not None else "").strip()
        for at in range(FIRST - 1, len(header)):
            text = spreadsheet.cell_text(row[at]).strip()
            if not text or not header[at]:
                continue
            read = figure_as_typed(text, Decimals.COMMA)
            if read is None or not read[0] or not unit:
                notes.bad.add(bad_number(text) if unit else sentence("Expected a code, found nothing."), number,
                              header[at])  # fmt: skip
                filled.append((unit, header[at], "", ERROR))
            else:
                filled.append((unit, header[at], read[0], ""))
    return TidyTable(("unit", "indicator"), filled, notes.bad.listed())


READERS = TableReaders(read_tidy, read_template)
