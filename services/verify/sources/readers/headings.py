"""Headers of wide tables: which columns hold figures, and which dimensions their headings stand for.

PX-Web prints a cube as a page: the title says “… by A, B and C”, the first columns are the stub, and every further
heading joins one category of each remaining dimension with a blank (“2008(*) Area of forest”).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_YEAR = re.compile(r"(?<!\d)(1[89]|20|21)\d{2}(?!\d)")
_WORDS = re.compile(r"[^\W\d_]+")
# What may stand beside the year in a period: preliminary, estimate, quarter, month, half, reference date.
_PERIOD_WORDS = """
    prel pre preliminary est estimate estimated p e r q qr qtr quarter m month h half hy s y year fy w week t a d k
    jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october
    november december as of at the th st nd rd i ii iii iv
    sơ bộ ước tính dự kiến quý tháng năm kỳ đầu cuối nửa
"""
_OF_PERIODS = frozenset(_PERIOD_WORDS.split())
_BY = re.compile(r"\s(?:by|chia theo|phân theo|theo|efter|by:)\s", re.IGNORECASE)
_JOINT = re.compile(r"\A(?:,\s+|\s+(?:and|và|och)\s+|\s*\Z)")
_AND = re.compile(r",\s+|\s+(?:and|và|och)\s+")

YEAR, PERIOD, ITEM = "Year", "Period", "Item"


def is_period(text: str) -> bool:
    """Whether a heading is a period: 2016 · Prel. 2016 · 2008(*) · 2010 (**) · 2016 Q1 · Sơ bộ 2024 · Quý I/2024."""
    if not _YEAR.search(text):
        return False
    words = [word.lower() for word in _WORDS.findall(text)]
    return len(words) <= 4 and all(word in _OF_PERIODS or len(word) == 1 for word in words)


@dataclass(frozen=True)
class Heading:
    """Names of the dimensions that the columns of figures stand for, and each column's categories."""

    names: list[str]
    categories: list[tuple[str, ...]]


def read_headings(texts: Sequence[str], stub: Sequence[str], title: str) -> Heading:
    """What the headings of the columns of figures say, given the names of the stub's columns and the title above."""
    texts = [" ".join(text.split()) for text in texts]
    known = names_given(title, stub)
    if _all_periods(texts):
        return Heading(known if len(known) == 1 else [_name_of(texts)], [(text,) for text in texts])
    if len(known) > 1:
        split = _split(texts, len(known))
        if split is not None:
            return Heading(known, split)
    if len(known) != 1:
        split = _split(texts, 2)
        # Without a title the split must explain itself: one of its sides is the period.
        if split is not None and (known or any(_all_periods(side) for side in zip(*split, strict=True))):
            sides = list(zip(*split, strict=True))
            return Heading([_name_of(side) for side in sides], split)
    return Heading(known if len(known) == 1 else [_name_of(texts)], [(text,) for text in texts])


def stub_given(title: str, header: Sequence[str]) -> int:
    """How many of a header's first cells the title names as dimensions: they are the stub of a page of PX-Web."""
    return max((count for count, _ in _tails(title, header)), default=0)


def names_given(title: str, stub: Sequence[str]) -> list[str]:
    """The dimensions that the title names beside the stub's: `… by Cities, Year and Items` → Year, Items."""
    for count, rest in _tails(title, stub):
        if count == len(stub):
            return [name.strip() for name in _AND.split(rest) if name.strip()] if rest else []
    return []


def _tails(title: str, header: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each “by …” of the title, the last one first: how many of the header's first cells it names, and what follows."""
    title = " ".join(title.split())
    for found in reversed(list(_BY.finditer(title))):
        rest, count = title[found.end() :], 0
        for name in (" ".join(cell.split()).lower() for cell in header):
            if not name or not rest.lower().startswith(name):
                break
            rest, count = _JOINT.sub("", rest[len(name) :]), count + 1
        if count:
            yield count, rest


def _split(texts: Sequence[str], parts: int) -> list[tuple[str, ...]] | None:
    """Takes headings apart that join one category of each of `parts` dimensions, the last running fastest."""
    if parts == 1:
        return [(text,) for text in texts] if len(set(texts)) == len(texts) else None
    found: list[list[tuple[str, ...]]] = []
    for blank in re.finditer(" ", texts[0]):
        first = texts[0][: blank.start()]
        width = 0
        while width < len(texts) and texts[width].startswith(f"{first} "):
            width += 1
        split = _split_at(texts, first, width, parts)
        if split is not None:
            found.append(split)
    dated = [split for split in found if any(_all_periods(side) for side in zip(*split, strict=True))]
    best = dated or found
    return best[0] if best else None


def _split_at(texts: Sequence[str], first: str, width: int, parts: int) -> list[tuple[str, ...]] | None:
    """The split whose first dimension begins with the category `first`, over the first `width` headings."""
    if not width or len(texts) % width:
        return None
    inner = [text[len(first) + 1 :] for text in texts[:width]]
    rest = _split(inner, parts - 1)
    if rest is None:
        return None
    outer = []
    for start in range(0, len(texts), width):
        if not texts[start].endswith(f" {inner[0]}"):
            return None
        category = texts[start][: -len(inner[0]) - 1]
        if any(texts[start + at] != f"{category} {text}" for at, text in enumerate(inner)):
            return None
        outer.append(category)
    if len(set(outer)) != len(outer):
        return None
    return [(category, *tail) for category in outer for tail in rest]


def _all_periods(texts: Sequence[str]) -> bool:
    return all(map(is_period, texts))


def _name_of(texts: Sequence[str]) -> str:
    if not _all_periods(texts):
        return ITEM
    return (
        YEAR
        if all(len(_YEAR.findall(text)) == 1 and not re.search(r"[QqMm]\d|Quý|Tháng", text) for text in texts)
        else PERIOD
    )
