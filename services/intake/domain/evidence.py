"""Which files we take as evidence, and what may be kept of the name a client gave them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LONGEST_LABEL = 120  # characters
# What an archive-based document may unfold to, at most: far above any real report, far below a zip bomb.
LARGEST_UNFOLDED = 200 * 1024 * 1024
MOST_PARTS = 5000
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Media type -> the endings a file of that type may carry.
TYPES: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    DOCUMENT: (".docx",),
    WORKBOOK: (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
}
ENDINGS = tuple(ending for endings in TYPES.values() for ending in endings)


@dataclass(frozen=True)
class StoredFile:
    """A file that is safely on disk: what it is, not what it was called."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Upload:
    """A unit brought a file: kept with the cleaned label, for the unit's download page only."""

    cycle: str
    unit: str
    file: StoredFile
    label: str
    account: str
    at: datetime


def cleaned_label(client_name: str | None) -> str:
    """The last part of a client's file name without anything that a screen or a file system could misread."""
    name = unicodedata.normalize("NFC", client_name or "").replace("\\", "/").rsplit("/", 1)[-1]
    # Controls, formats (bidirectional overrides), surrogates and private use: categories beginning with C.
    kept = "".join(letter for letter in name if not unicodedata.category(letter).startswith("C"))
    kept = re.sub(r"[<>:\"|?*;%&=\s]+", " ", kept).strip(" .")
    if len(kept) > LONGEST_LABEL:
        stem, dot, ending = kept.rpartition(".")
        tail = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
        kept = kept[: LONGEST_LABEL - len(tail)].rstrip(" .") + tail
    return kept or "document"


def media_type_of(sniffed: str | None, client_name: str | None) -> str:
    """The type that content and ending agree on; raises a Refusal (UNSUPPORTED) otherwise."""
    if sniffed is None or sniffed not in TYPES:
        raise Refusal(
            "evidence_type",
            Kind.UNSUPPORTED,
            sentence("This kind of file is not taken as evidence. Taken are: %(endings)s.", endings=", ".join(ENDINGS)),
        )
    if not cleaned_label(client_name).lower().endswith(TYPES[sniffed]):
        raise Refusal(
            "evidence_ending",
            Kind.UNSUPPORTED,
            sentence(
                "The file's name does not fit its content (%(ending)s). Please check that it is the right file.",
                ending=TYPES[sniffed][0],
            ),
        )
    return sniffed


def too_large() -> Refusal:
    """The file is over the limit."""
    return Refusal(
        "evidence_too_large",
        Kind.TOO_LARGE,
        sentence("A file may have at most %(megabytes)s MB.", megabytes=LARGEST_FILE // (1024 * 1024)),
    )


def unsafe(said_kind: str) -> Refusal:
    """The file holds something that evidence must not hold. `said_kind` is one of the keys of UNSAFE."""
    return Refusal("evidence_unsafe", Kind.UNSUPPORTED, UNSAFE[said_kind])


UNSAFE = {
    "broken": sentence("The file cannot be opened; it may be damaged. Please save it again and retry."),
    "macros": sentence("The document contains macros. Please save it without macros."),
    "unfolds": sentence("The document unfolds to far more data than a report holds; it is not taken."),
    "encrypted": sentence("The document is protected by a password. Please attach it without a password."),
    "empty": sentence("The file is empty."),
    "old": sentence("This is an old Office format. Please save the document as .docx or .xlsx and attach that."),
}
