"""Reads bytes as the command would, for the tests of the readers."""

from dataclasses import dataclass

from services.verify.sources.readers.formats import AUTO, read_table
from services.verify.sources.readers.table import Notes


@dataclass
class Tidy:
    """A table read: names of its dimensions, its rows, and what was said beside it."""

    dimensions: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: Notes

    @property
    def bad(self) -> list[str]:
        return [fault.in_language("en") for fault in self.notes.bad.listed()]

    @property
    def remarks(self) -> list[str]:
        return [fault.in_language("en") for fault in self.notes.remarks]

    @property
    def values(self) -> list[str]:
        return [row[-2] for row in self.rows]

    @property
    def statuses(self) -> list[str]:
        return [row[-1] for row in self.rows]


def tidied(raw: bytes | str, wanted: str = AUTO) -> Tidy:
    """What `read` makes of a file with these bytes."""
    notes = Notes("file")
    table = read_table(raw.encode() if isinstance(raw, str) else raw, notes, wanted)
    return Tidy(table.dimensions, list(table.rows), notes)
