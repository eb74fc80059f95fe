"""What people type into the fields of plain forms: one spelling, one line, days as browsers or people write them."""

import re
from datetime import date

from services.intake.schemas import EARLIEST, LATEST
from services.intake.vietnamese import one_spelling
from shared.contracts.fields import CODE
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Title

_WRITTEN_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)


def clean(text: str) -> str:
    """Text that can be kept: line ends one way, no NUL, no lone surrogates, composed letters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    return one_spelling(text.encode("utf-8", "ignore").decode())


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def day_of(text: str) -> date | None:
    """`2026-11-01` (browsers) or `1/11/2026` (people) as a day; None for nothing. Raises ValueError."""
    typed = text.strip()
    if not typed:
        return None
    if written := _WRITTEN_DAY.fullmatch(typed):
        day, month, year = (int(part) for part in written.groups())
        found = date(year, month, day)
    else:
        found = date.fromisoformat(typed)
    if not EARLIEST <= found <= LATEST:
        raise ValueError(typed)
    return found


def read_day(text: str, name: str, errors: dict[str, Sentence]) -> date | None:
    """The day typed into the field `name`; what is wrong with it goes to `errors`."""
    try:
        return day_of(text)
    except ValueError:
        errors[name] = sentence("“%(typed)s” is not a date.", typed=text.strip()[:40])
        return None


def read_number(text: str) -> int:
    """A version that the form carried along; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


LONGEST_TITLE = 500
LONGEST_SOURCE = 500


def read_code(text: str, name: str, errors: dict[str, Sentence]) -> str:
    """A code of a unit or cluster; what is wrong with it goes to `errors` under `name`."""
    if not re.match(CODE, text):
        errors[name] = sentence("A code has letters without diacritics, digits and . _ -, at most 63 of them.")
    return text


def read_title(vi: str, en: str, errors: dict[str, Sentence]) -> Title:
    """A name in one language at least."""
    if not vi and not en:
        errors["title_vi"] = sentence("Give the title in Vietnamese or English.")
    elif max(len(vi), len(en)) > LONGEST_TITLE:
        errors["title_vi"] = sentence("At most %(most)s characters.", most=LONGEST_TITLE)
    return Title(vi=vi, en=en)
