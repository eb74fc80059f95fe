"""`ports.TableReader` over the readers of this package."""

from services.verify.sources.ports import TidyTable
from services.verify.sources.readers.formats import read_table
from services.verify.sources.readers.table import Notes


def read_tidy(raw: bytes, file_name: str) -> TidyTable:
    """The whole table of a file, in memory. Raises BadInput, located, when it cannot be read."""
    notes = Notes(file_name)
    table = read_table(raw, notes)
    rows = list(table.rows)
    return TidyTable(table.dimensions, rows, notes.bad.listed())
