"""What every reader of this package gives: a table with one row per cell, and what is to be said beside it."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.contracts.refusals import BadInput, Fault, Kind
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.complaints import Complaints

ERROR = "error"  # the status of a cell that cannot be read
MOST_CELLS = 20_000_000  # a short file may declare a huge cube
VALUE, STATUS = "value", "status"
BROKEN = re.compile("[\ud800-\udfff]")  # what is no letter: bytes that `text.decoded` could not read, and half signs

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`dimensions`: names, all different. `rows`: one text per dimension, then value and status, in the file's order.

    A value is a number with `.` decimals as the file writes it, or empty: then the status says why, if the file does.
    The rows can be walked through once; while they are, the notes of the reading fill with what is wrong in cells.
    """

    dimensions: tuple[str, ...]
    rows: Iterable[Row]


class Notes:
    """What a reader says beside the table: cells that cannot be read (with their places), and remarks on the file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.bad = Complaints(file)
        self.remarks: list[Fault] = []

    def remark(self, said: Sentence, line: int | None = None) -> None:
        """Something a person should know although nothing is wrong with a cell."""
        self.remarks.append(Fault(said, file=self.file, line=line))

    def unreadable(
        self,
        said: Sentence,
        line: int | None = None,
        column: str | int | None = None,
        path: str | None = None,
        kind: Kind = Kind.MALFORMED,
    ) -> BadInput:
        """What to raise to give the whole file up: one located fault."""
        return BadInput([Fault(said, file=self.file, line=line, column=column, path=path)], kind=kind)

    def check_size(self, sizes: Sequence[int]) -> int:
        """The number of cells of a cube. Raises BadInput when it is more than we unfold."""
        cells = math.prod(sizes)
        if cells > MOST_CELLS:
            raise self.unreadable(
                sentence("The table has %(cells)s cells; at most %(most)s are read.", cells=cells, most=MOST_CELLS),
                kind=Kind.TOO_LARGE,
            )
        return cells


def named(candidates: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One name per dimension: of each one's candidates (label, then code) the first that no other dimension has."""
    names: list[str] = []
    for at, choices in enumerate(candidates):
        others = {other[0].strip().casefold() for place, other in enumerate(candidates) if place != at and other}
        taken = {name.casefold() for name in names} | {VALUE, STATUS}
        clean = [" ".join(choice.split()) for choice in choices if choice.strip()]
        free = [name for name in clean if name.casefold() not in taken]
        lone = [name for name in free if name.casefold() not in others]
        name = next(iter(lone or free), None)
        base, number = name or (clean[0] if clean else "dimension"), 1
        while name is None or name.casefold() in taken:
            number += 1
            name = f"{base} {number}"
        names.append(name)
    return tuple(names)


def bad_number(text: str) -> Sentence:
    """What is said of a cell that should hold a number and does not."""
    return sentence("Expected a number, found “%(found)s”; the cell is marked “error”.", found=_shown(text))


def _shown(text: str) -> str:
    text = BROKEN.sub("\ufffd", text)
    return text if len(text) <= 40 else f"{text[:37]}…"
