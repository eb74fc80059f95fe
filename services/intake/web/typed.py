"""What people type into the fields of plain forms: one spelling, one line, days as browsers or people write them."""

import re
from datetime import date

from services.intake.domain.vietnamese import one_spelling
from services.intake.web.schemas import EARLIEST, LATEST
from shared.contracts.sentences import Sentence, sentence

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
