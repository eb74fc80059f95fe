"""SDMX-ML: generic and structure-specific data of 2.1 and 3.0, generic and compact data of 2.0; time series and flat.

Source: SDMX-ML schemas 2.0, 2.1 and 3.0. Read as a stream by expat. The columns are known only at the end, so rows
wait in a temporary file until then. A document type declaration is refused, and with it every entity.
"""

import marshal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

from services.verify.sources.readers.sdmx_message import Message
from services.verify.sources.readers.table import ERROR, Notes, Row, Table, bad_number, named

_IN_MEMORY = 64 << 20  # bytes of waiting rows before they go to the disk
_PADDING = b"\x00\x1a \t\r\n"


def read(raw: bytes, notes: Notes) -> Table:
    """Codes. A message that describes structures only, or carries only a footer, gives a table without rows."""
    message = Message(notes)
    with ExitStack() as until_read:
        spool = until_read.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        for rows in message.parsed(_trimmed(raw)):
            packed = marshal.dumps(rows)
            spool.write(len(packed).to_bytes(8, "big") + packed)
        for said in message.remarks:
            notes.remark(said)
        if not message.cells:
            return Table(named([[name] for name in message.structure]), ())
        spool.seek(0)
        until_read.pop_all()  # from here on the rows keep it open until they are read
    columns: dict[str, int] = {}
    for shape in message.shapes:
        for name in shape:
            columns.setdefault(name, len(columns))
    return Table(named([[name] for name in columns]), _rows(spool, message, columns, notes))


def _trimmed(raw: bytes) -> bytes:
    """The message without what stands around it; in UTF-16 a zero byte at the end belongs to a sign."""
    return raw if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else raw.strip(_PADDING)


def _rows(spool: IO[bytes], message: Message, columns: dict[str, int], notes: Notes) -> Iterator[Row]:
    """The rows in the file's order, each code under its column."""
    places = [None if shape == tuple(columns) else [columns[name] for name in shape] for shape in message.shapes]
    with spool:
        while size := int.from_bytes(spool.read(8), "big"):
            for number, codes, value, status, *place in marshal.loads(spool.read(size)):
                where = places[number]
                labels = codes if where is None else _spread(codes, where, len(columns))
                if not place or message.holds_text:
                    yield (*labels, value, status)
                else:
                    notes.bad.add(bad_number(value), *place)
                    yield (*labels, "", ERROR)


def _spread(codes: tuple[str, ...], places: list[int], width: int) -> tuple[str, ...]:
    wide = [""] * width
    for at, code in zip(places, codes, strict=True):
        wide[at] = code
    return tuple(wide)
