"""Recognises which format a file is in and reads it: the entry to this package."""

import re
import zlib
from collections.abc import Callable, Mapping

from services.verify.sources.readers import delimited, json_text, jsonstat, px, pxweb, sdmx_json, sdmx_ml, spreadsheet
from services.verify.sources.readers.table import Notes, Table
from services.verify.sources.readers.text import decoded
from shared.contracts.refusals import Kind
from shared.contracts.sentences import Sentence, sentence

AUTO = "auto"
FORMATS = ("csv", "xlsx", "jsonstat", "sdmx", "px")
LARGEST = 1_000_000_000  # bytes of a file
_GZIP = b"\x1f\x8b"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BLANKS = b" \t\r\n\x00"


def read_table(raw: bytes, notes: Notes, wanted: str = AUTO) -> Table:
    """The table of a file, by its bytes; its name says nothing. Raises BadInput, located, when it cannot be read."""
    if raw.startswith(_GZIP):
        raw = _unpacked(raw, notes)
    if len(raw) > LARGEST:
        raise notes.unreadable(sentence("The file is larger than %(most)s bytes.", most=LARGEST), kind=Kind.TOO_LARGE)
    if not raw.strip(_BLANKS):
        raise notes.unreadable(sentence("The file is empty."), 1)
    _refuse_what_is_none(raw, notes)
    kind = _kind(raw)
    readers = _READERS if wanted == AUTO else {name: _READERS[name] for name in _KINDS[wanted]}
    if kind not in readers:
        message = sentence("The file is not in the format “%(wanted)s”.", wanted=wanted)
        raise notes.unreadable(message, 1, kind=Kind.UNSUPPORTED)
    return readers[kind](raw, notes)


def _unpacked(raw: bytes, notes: Notes) -> bytes:
    """What a gzip file holds, as offices pack large tables; never more than we would read anyway."""
    try:
        unpacking = zlib.decompressobj(wbits=31)
        text = unpacking.decompress(raw, LARGEST + 1)
    except zlib.error:
        raise notes.unreadable(sentence("The packed file is broken.")) from None
    if not unpacking.eof and len(text) <= LARGEST:
        raise notes.unreadable(sentence("The packed file is broken."))
    return text


def _kind(raw: bytes) -> str:
    # In UTF-16 every other byte of the first signs is zero, behind a mark of two bytes.
    start = raw[:400].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe" + _BLANKS)[:1]
    if spreadsheet.is_zip(raw):
        return "xlsx"
    if start in (b"{", b"["):
        return "json"
    if start == b"<":
        return "xml"
    return "px" if px.is_px(raw) else "csv"


def _refuse_what_is_none(raw: bytes, notes: Notes) -> None:
    message: Sentence | None = None
    if raw.startswith(_OLD_EXCEL):
        message = sentence("This is an old or a locked Excel file; save it as .xlsx without a password.")
    elif raw.startswith(b"%PDF"):
        message = sentence("This is a PDF; figures are read from CSV, XLSX, JSON-stat, SDMX and PC-Axis files.")
    elif _HTML.match(raw.lstrip(_BLANKS + b"\xef\xbb\xbf")[:20]):
        message = sentence("This is a web page, not a file of figures.")
    if message is not None:
        raise notes.unreadable(message, 1, kind=Kind.UNSUPPORTED)


def _read_json(raw: bytes, notes: Notes) -> Table:
    document = json_text.parsed(decoded(raw, notes).strip(), notes)
    for speaks, read in _JSON:
        if speaks(document):
            return read(document, notes)
    message = sentence("This is JSON, but neither JSON-stat nor SDMX-JSON nor a table of PX-Web.")
    raise notes.unreadable(message, 1, kind=Kind.UNSUPPORTED)


_JSON: tuple[tuple[Callable[..., bool], Callable[..., Table]], ...] = (
    (sdmx_json.is_sdmx_json, sdmx_json.read),
    (pxweb.is_pxweb, pxweb.read),
    (jsonstat.is_jsonstat, jsonstat.read),
)
_READERS: Mapping[str, Callable[[bytes, Notes], Table]] = {
    "csv": delimited.read,
    "xlsx": spreadsheet.read,
    "json": _read_json,
    "xml": sdmx_ml.read,
    "px": px.read,
}
_KINDS: Mapping[str, tuple[str, ...]] = {
    "csv": ("csv",),
    "xlsx": ("xlsx",),
    "jsonstat": ("json",),
    "sdmx": ("json", "xml", "csv"),
    "px": ("px",),
}
