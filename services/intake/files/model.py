"""Files, who brought them, what scanners say of them, and how long they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.sentences import Sentence, sentence

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


UNSAFE = {
    "broken": sentence("The file cannot be opened; it may be damaged. Please save it again and retry."),
    "macros": sentence("The document contains macros. Please save it without macros."),
    "unfolds": sentence("The document unfolds to far more data than a report holds; it is not taken."),
    "encrypted": sentence("The document is protected by a password. Please attach it without a password."),
    "empty": sentence("The file is empty."),
    "old": sentence("This is an old Office format. Please save the document as .docx or .xlsx and attach that."),
}
NOT_SCANNED, CLEAN, REFUSED = "not_scanned", "clean", "refused"
SCAN_NAMES: dict[str, Sentence] = {
    NOT_SCANNED: sentence("not scanned yet"),
    CLEAN: sentence("scanned, nothing found"),
    REFUSED: sentence("refused by the scanner"),
}
LONGEST_YEARS = 100


@dataclass(frozen=True)
class Verdict:
    """What a scanner says of a file; `found`: the scanner's name for what it found."""

    clean: bool
    found: str = ""


@dataclass(frozen=True)
class FileState:
    """What became of a stored file. Its hash and what is known of it stay for good."""

    scan: str = NOT_SCANNED
    found: str = ""
    deleted_at: datetime | None = None
    legal_source: str = ""


@dataclass(frozen=True)
class RetentionRule:
    """For how many years after a cycle's intake closed its files are kept, and which document says so."""

    years: int
    legal_source: str


@dataclass(frozen=True)
class ExpiredFile:
    """A file that no cycle still needs: by hash, size in bytes, the cycle and unit that brought it first."""

    sha256: str
    size: int
    cycle: str
    unit: str


LONGEST_SOURCE = 300
