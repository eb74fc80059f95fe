"""PC-Axis files (.px): keywords with values in quotes, then all figures of the cube.

Source: Statistics Sweden, PX file format 2013; keywords, data with and without KEYS.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from services.verify.sources.readers.figures import PLAIN, figure
from services.verify.sources.readers.table import ERROR, Notes, Row, Table, bad_number, named
from services.verify.sources.readers.text import decoded
from shared.contracts.sentences import sentence

_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*[A-Z][A-Z0-9-]+(?:\[[A-Za-z-]+\])?(?:\([^)]*\))?\s*=")
_ENTRY = re.compile(
    r'\s*(?P<keyword>[A-Za-z][A-Za-z0-9_-]*)\s*(?:\[(?P<language>[^\]]*)\])?\s*'
    r'(?:\((?P<of>(?:[^")]|"[^"]*")*)\))?\s*=',
)  # fmt: skip
_QUOTED = re.compile(r'"([^"]*)"')
_DECLARED = re.compile(rb'(CODEPAGE|CHARSET)\s*=\s*"([^"]*)"\s*;', re.IGNORECASE)
_TOKEN = re.compile(r'"[^"]*"|[^\s,;"]+')
_TIMES = re.compile(r'"([^"]*)"\s*(-)?\s*')
_YEAR_AND_PART = re.compile(r"(\d{4})([A-Za-z]?)(\d*)\Z")
_PARTS_OF_YEAR = {"A": 1, "H": 2, "T": 3, "Q": 4, "K": 4, "M": 12, "W": 52}
_DOS = re.compile(rb"[\x80-\xa5]")
_WINDOWS = re.compile(rb"[\xc0-\xff]")


def is_px(raw: bytes) -> bool:
    """Whether the file starts like a .px file and has data."""
    return bool(_START.match(raw[:1000])) and re.search(rb"\bDATA\s*=", raw) is not None


@dataclass
class _Heading:
    """The keywords before DATA, of the file's main language: keyword → values, and of one variable → values."""

    plain: dict[str, list[str]] = field(default_factory=dict)
    of: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    raw_of: dict[tuple[str, str], str] = field(default_factory=dict)


def read(raw: bytes, notes: Notes) -> Table:
    """Texts of VALUES, in the order of STUB, then HEADING; a mark like “..” in place of a figure becomes the status."""
    text = decoded(raw, notes, _encoding(raw))
    heading, start = _heading(text, notes)
    variables = heading.plain.get("STUB", []) + heading.plain.get("HEADING", [])
    if not variables:
        raise notes.unreadable(sentence("The file names no variables: STUB and HEADING are missing."))
    categories = [_categories(variable, heading, notes) for variable in variables]
    cells = notes.check_size([len(one) for one in categories])
    names = named([[variable] for variable in variables])
    if any(("KEYS", variable) in heading.of for variable in variables):
        return Table(names, _Keyed(text, start, variables, categories, heading, notes).rows())
    tokens = _TOKEN.findall(text, start)  # to the end of the file: old ones close every line with a semicolon
    if len(tokens) != cells:
        message = sentence("Expected %(expected)s figures, found %(found)s.", expected=cells, found=len(tokens))
        raise notes.unreadable(message, text.count("\n", 0, start) + 1, "DATA")
    return Table(names, _rows(product(*categories), tokens, text, start, notes))


def _rows(
    labels: Iterable[tuple[str, ...]], tokens: Sequence[str], text: str, start: int, notes: Notes
) -> Iterator[Row]:
    match = PLAIN.match
    for at, (key, token) in enumerate(zip(labels, tokens, strict=True)):
        if match(token):
            yield (*key, token, "")
            continue
        read = figure(token.strip('"'))
        if read is None:
            place = next(found.start() for number, found in enumerate(_TOKEN.finditer(text, start)) if number == at)
            notes.bad.add(bad_number(token), *_place(text, place))
            read = "", ERROR
        yield (*key, *read)


class _Keyed:
    """DATA of a file with KEYS: each line names its stub values, then gives the figures of the heading."""

    def __init__(
        self,
        text: str,
        start: int,
        variables: Sequence[str],
        categories: Sequence[list[str]],
        heading: _Heading,
        notes: Notes,
    ) -> None:
        self.text, self.start, self.notes = text, start, notes
        self.stub = len(heading.plain.get("STUB", []))
        self.stubs, self.heads = categories[: self.stub], categories[self.stub :]
        self.keys: list[dict[str, str]] = []
        for variable, texts in zip(variables, self.stubs, strict=False):
            keyed_by = heading.of.get(("KEYS", variable), ["VALUES"])[0].upper()
            keys = heading.of.get(("CODES", variable), texts) if keyed_by == "CODES" else texts
            self.keys.append(dict(zip(keys, texts, strict=False)))

    def rows(self) -> Iterator[Row]:
        """The whole cube: lines that are not in the file hold only zeros, says the format."""
        given, columns = self._lines(), list(product(*self.heads))
        absent = 0
        for labels in product(*self.stubs):
            found = given.get(labels)
            absent += found is None
            tokens, places = found or (["0"] * len(columns), [0] * len(columns))
            for column, token, place in zip(columns, tokens, places, strict=True):
                read = figure(token.strip('"'))
                if read is None:
                    self.notes.bad.add(bad_number(token), *_place(self.text, place))
                    read = "", ERROR
                yield (*labels, *column, *read)
        if absent:
            message = sentence("%(count)s lines are not in the file: with KEYS that means zeros, and so they are read.",
                            count=absent)  # fmt: skip
            self.notes.remark(message)

    def _lines(self) -> dict[tuple[str, ...], tuple[list[str], list[int]]]:
        figures = math.prod(map(len, self.heads))
        found = list(_TOKEN.finditer(self.text, self.start))
        width = self.stub + figures
        if len(found) % width:
            message = sentence(
                "Expected lines of %(keys)s keys and %(values)s figures.", keys=self.stub, values=figures
            )
            raise self.notes.unreadable(message, self.text.count("\n", 0, self.start) + 1, "DATA")
        lines: dict[tuple[str, ...], tuple[list[str], list[int]]] = {}
        for at in range(0, len(found), width):
            keys, tokens = found[at : at + self.stub], found[at + self.stub : at + width]
            try:
                labels = tuple(self.keys[number][key.group().strip('"')] for number, key in enumerate(keys))
            except KeyError as unknown:
                message = sentence("Unknown key “%(found)s”.", found=str(unknown.args[0])[:40])
                raise self.notes.unreadable(message, *_place(self.text, keys[0].start())) from None
            lines[labels] = ([token.group() for token in tokens], [token.start() for token in tokens])
        return lines


def _encoding(raw: bytes) -> str:
    """CODEPAGE if given, else what CHARSET says; a file with neither is from DOS, unless its letters say otherwise."""
    head = raw[: max(raw.find(b"DATA="), 0) or len(raw)]
    declared = {key.upper(): value.decode("ascii", "ignore") for key, value in _DECLARED.findall(head)}
    if declared.get(b"CODEPAGE"):
        return declared[b"CODEPAGE"]
    if declared.get(b"CHARSET", "").upper() == "ANSI":
        return "windows-1252"
    return "cp850" if len(_DOS.findall(head)) > len(_WINDOWS.findall(head)) else "windows-1252"


def _heading(text: str, notes: Notes) -> tuple[_Heading, int]:
    """All keywords before DATA, and where the data begin."""
    heading, at = _Heading(), 0
    main = re.search(r'\bLANGUAGE\s*=\s*"([^"]*)"', text)
    while found := _ENTRY.match(text, at):
        keyword, language = found["keyword"].upper(), found["language"]
        if keyword == "DATA":
            return heading, found.end()
        end = _end(text, found.end())
        if end == len(text):
            break
        if not language or (main and language == main[1]):
            _enter(heading, keyword, found["of"], text[found.end() : end])
        at = end + 1
    line, column = _place(text, len(text) - len(text[at:].lstrip()))
    raise notes.unreadable(sentence("Expected a keyword of the PX format, such as VALUES or DATA."), line, column)


def _enter(heading: _Heading, keyword: str, of: str | None, given: str) -> None:
    values = _values(given)
    if of is None:
        heading.plain.setdefault(keyword, values)
    else:
        variable = ", ".join(_QUOTED.findall(of)) or of.strip()
        heading.of.setdefault((keyword, variable), values)
        heading.raw_of.setdefault((keyword, variable), given)


def _values(given: str) -> list[str]:
    """The values of a keyword: separated by commas; texts that follow without a comma are one, broken over lines."""
    if '"' not in given:
        return [given.strip()]
    values: list[str] = []
    end = 0
    for found in _QUOTED.finditer(given):
        between = given[end : found.start()]
        if values and "," not in between:
            values[-1] += found[1]
        else:
            values.append(found[1])
        end = found.end()
    return values


def _categories(variable: str, heading: _Heading, notes: Notes) -> list[str]:
    for keyword in ("VALUES", "CODES"):
        if (keyword, variable) in heading.of:
            return [text.strip() for text in heading.of[keyword, variable]]
    times = _times(heading.raw_of.get(("TIMEVAL", variable), ""))
    if not times:
        raise notes.unreadable(sentence("The variable “%(name)s” has no VALUES.", name=variable[:40]))
    return times


def _times(given: str) -> list[str]:
    """The periods of a TIMEVAL: listed, or as a range `TLIST(A1, "1994"-"1996")`."""
    times: list[str] = []
    _, scale, rest = given.partition("TLIST")
    most = _PARTS_OF_YEAR.get(rest.lstrip("( ")[:1].upper(), 1)
    until = False
    for found in _TIMES.finditer(rest if scale else ""):
        times += _after(times[-1], found[1], most) if until and times else [found[1]]
        until = found[2] is not None
    return times


def _after(first: str, last: str, most: int) -> list[str]:
    """The periods after the first up to the last, of which a year has `most`."""
    start, end = _YEAR_AND_PART.match(first), _YEAR_AND_PART.match(last)
    if not start or not end:
        return [last]
    year, part, digits = int(start[1]), int(start[3] or 1), len(start[3])
    times = []
    while (year, part) < (int(end[1]), int(end[3] or 1)):
        year, part = (year, part + 1) if part < most else (year + 1, 1)
        times.append(f"{year}{start[2]}{str(part).zfill(digits) if digits else ''}")
    return times


def _end(text: str, start: int) -> int:
    """Where the semicolon outside quotes stands that closes a keyword's values; the end of the file if none."""
    at = start
    while True:
        semicolon = text.find(";", at)
        quote = text.find('"', at)
        if semicolon < 0:
            return len(text)
        if quote < 0 or semicolon < quote:
            return semicolon
        closing = text.find('"', quote + 1)
        if closing < 0:
            return len(text)
        at = closing + 1


def _place(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
