"""What use cases need of files of statistics: a table with one row per cell, whatever the format."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.refusals import Fault


@dataclass(frozen=True)
class TidyTable:
    """`dimensions`: names. `rows`: one text per dimension, then value and status. `bad`: cells that cannot be read."""

    dimensions: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    bad: Sequence[Fault]


class TableReader(Protocol):
    """Reads a file of any format that we know."""

    def __call__(self, raw: bytes, file_name: str) -> TidyTable:
        """The whole table. Raises BadInput, located, when the file cannot be read."""
        ...


@dataclass(frozen=True)
class TableReaders:
    """`tidy` reads files of any format, `template` the workbook that raters fill in: dimensions unit and indicator."""

    tidy: TableReader
    template: TableReader
