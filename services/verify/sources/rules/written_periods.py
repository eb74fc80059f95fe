"""Periods as offices write them: 2016 · Prel. 2016 · 2008(*) · 2016Q1 · Quý I/2024 · 2024M03 · Tháng 3/2024."""

import re
from dataclasses import dataclass

_MARKS = re.compile(r"\(\*+\)|\*+")
_PRELIMINARY = re.compile(
    r"\b(prel|pre|preliminary|provisional|sơ bộ|so bo|ước tính|ước|est|estimate)\b\.?", re.IGNORECASE
)
_YEAR = r"(?P<year>(?:19|20|21)[0-9]{2})"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_SHAPES = tuple(
    re.compile(rf"(?:{shape})\Z", re.IGNORECASE)
    for shape in (
        rf"(?:năm\s+)?{_YEAR}",
        rf"{_YEAR}[-\s]?(?:Q|K|T)(?P<quarter>[1-4])",
        rf"Q(?P<quarter>[1-4])[-/\s]*{_YEAR}",
        rf"qu[ýy]\s*(?P<quarter>[1-4]|i{{1,3}}|iv)[-/\s,]*(?:năm\s+)?{_YEAR}",
        rf"{_YEAR}-?M(?P<month>[0-9]{{1,2}})",
        rf"{_YEAR}-(?P<month>[0-9]{{2}})",
        rf"(?P<month>[0-9]{{1,2}})/{_YEAR}",
        rf"tháng\s*(?P<month>[0-9]{{1,2}})[-/\s,]*(?:năm\s+)?{_YEAR}",
        rf"{_YEAR}[-\s]?(?:H|S|B)(?P<half>[12])",
        rf"(?P<half>6) tháng (?:đầu )?năm {_YEAR}",
    )
)


@dataclass(frozen=True)
class Period:
    """A period in our own notation, and whether its name calls the figures preliminary."""

    code: str
    preliminary: bool


def period_of(text: str) -> Period | None:
    """The period that a heading or a code names; None if it names none for certain."""
    bare = _MARKS.sub("", text)
    plain = _PRELIMINARY.sub("", bare)
    preliminary = plain != bare
    plain = " ".join(plain.split())
    for shape in _SHAPES:
        found = shape.match(plain)
        if found:
            code = _code(found.groupdict())
            return Period(code, preliminary) if code else None
    return None


def _code(parts: dict[str, str | None]) -> str | None:
    year, quarter, month, half = (parts.get(name) for name in ("year", "quarter", "month", "half"))
    if quarter:
        return f"{year}-Q{_ROMAN.get(quarter.lower(), quarter)}"
    if month:
        return f"{year}-{int(month):02d}" if 1 <= int(month) <= 12 else None
    if half:
        return f"{year}-H{1 if half == '6' else half}"
    return year
