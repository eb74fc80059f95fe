"""How values are written for people: points, numbers, dates and moments, in Vietnamese and English notation. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from shared.clock import VIETNAM
from shared.contracts.sentences import shown_number

ABSENT = "–"
# Not from the process's locale: the same page must look the same on every machine.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def written_number(value: float | Decimal | None, language: str) -> str:
    """At most four decimals, thousands in groups from 10,000 on: `12.345,6` in Vietnamese, `12,345.6` in English."""
    if value is None or value != value:
        return ABSENT
    return _grouped(shown_number(float(value), "en"), language)


def written_points(value: float | Decimal | str | None, language: str, decimals: int = 2) -> str:
    """Points with a fixed number of decimals, so that a column lines up. Takes the decimal strings of editions too."""
    if value is None or value == "":
        return ABSENT
    try:
        number = Decimal(value)
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return ABSENT
    # Half up and guarded against binary noise, as points become ticks everywhere in the suite.
    ticks = int(abs(number).scaleb(decimals) + Decimal("0.500001"))
    sign = "-" if number < 0 and ticks else ""
    return _grouped(f"{sign}{Decimal(ticks).scaleb(-decimals):.{decimals}f}", language)


def written_size(size: int | None, language: str) -> str:
    """A file's size in bytes, kB or MB."""
    if size is None:
        return ABSENT
    if size < 1000:
        return f"{size} B"
    unit, divisor = ("kB", 1e3) if size < 999_500 else ("MB", 1e6)
    return f"{written_number(round(size / divisor, 1 if unit == 'MB' else 0), language)} {unit}"


def written_date(day: date | None, language: str) -> str:
    """`31/01/2026` in Vietnamese, `31 Jan 2026` in English. A moment counts as its Vietnamese date."""
    if day is None:
        return ABSENT
    if isinstance(day, datetime):
        day = _local(day).date()
    if language == "vi":
        return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04d}"


def written_moment(moment: datetime | None, language: str) -> str:
    """`17:00 ngày 31/01/2026` in Vietnamese, `31 Jan 2026, 17:00` in English; always Vietnamese time."""
    if moment is None:
        return ABSENT
    local = _local(moment)
    clock = f"{local.hour:02d}:{local.minute:02d}"
    day = written_date(local.date(), language)
    return f"{clock} ngày {day}" if language == "vi" else f"{day}, {clock}"


def written_deadline(moment: datetime | None, language: str) -> str:
    """A deadline as people say it: an exclusive midnight is "23:59" of the day before."""
    if moment is not None and (local := _local(moment)).hour == local.minute == local.second == 0:
        moment = moment - timedelta(minutes=1)
    return written_moment(moment, language)


def machine_moment(moment: datetime | None) -> str:
    """ISO 8601 in UTC, for the `datetime` attribute of `<time>`."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def written_title(title: Mapping[str, str | None] | str | None, language: str) -> str:
    """A `{"vi": …, "en": …}` title in the reader's language, else in the other one."""
    if title is None or isinstance(title, str):
        return title or ""
    return title.get(language) or title.get("vi") or title.get("en") or ""


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive moment says nothing")
    return moment.astimezone(VIETNAM)


def _grouped(text: str, language: str) -> str:
    """Write a plain number (`-12345.6`) in the reader's notation; four digits stay together."""
    sign, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}"
    if language == "vi":
        whole = whole.replace(",", ".")
    return sign + whole + (("," if language == "vi" else ".") + decimals if decimals else "")
