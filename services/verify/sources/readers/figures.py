"""What the text of a cell says: a figure, a mark that none is given, or neither."""

import math
import re
from enum import Enum
from functools import lru_cache

NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
PLAIN = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]*)?\Z")  # surely finite
# What offices write where they give no figure; the mark is kept as the cell's status.
_DOTS_AND_DASHES = ("", ".", "..", "...", "....", ".....", "......", "…", ":", "-", "--", "–", "—")
_WORDS = ("na", "n/a", "n.a.", "n.a", "(na)", "#n/a", "#na", "nan", "null", "none", "nil")
MISSING = frozenset((*_DOTS_AND_DASHES, *_WORDS, "not available", "not applicable"))
_STARRED = re.compile(r"(?P<number>.*[0-9.])\s*(?P<mark>\(\*+\)|\*+)\Z", re.DOTALL)
_FLAGGED = re.compile(r"(?P<number>\S+)\s+(?P<mark>[a-z]{1,4})\Z")
_BLANK_GROUPS = re.compile(r"[-+]?[0-9]{1,3}(?:[ \u00a0\u2009\u202f'’][0-9]{3})+(?:[.,][0-9]+)?\Z")
_COMMA_DECIMAL = re.compile(r"[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
_COMMA_GROUPS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
_POINT_GROUPS = re.compile(r"[-+]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?\Z")


class Decimals(Enum):
    """How a file writes its decimals. UNKNOWN: nothing in it tells whether `1,234` is a thousand or a little over 1."""

    POINT = "."
    COMMA = ","
    UNKNOWN = "?"


def figure(text: str) -> tuple[str, str] | None:
    """(number, "") or ("", mark) for a cell of a format whose decimals are points; None if it is neither."""
    if NUMBER.match(text) and math.isfinite(float(text)):
        return text, ""
    bare = text.strip()
    if bare != text and NUMBER.match(bare) and math.isfinite(float(bare)):
        return bare, ""
    return ("", bare) if bare.casefold() in MISSING else None


@lru_cache(maxsize=65536)
def figure_as_typed(text: str, decimals: Decimals, flags: bool = False) -> tuple[str, str] | None:
    """(number, mark) for a cell as people type it: 1 234,5 · 1.234,5 · 12.5(*) · with `flags` also 12.3 p.

    `mark` is what stands beside a number, or in its place. None if the text is neither a figure nor such a mark.
    """
    bare = text.strip()
    if bare.casefold() in MISSING:
        return "", bare
    if found := _STARRED.match(bare):
        number = _number(found["number"].rstrip(), decimals)
        return (number, found["mark"]) if number is not None else None
    if flags and (found := _FLAGGED.match(bare)):
        if found["number"] == ":":
            return "", bare
        number = _number(found["number"], decimals)
        return (number, found["mark"]) if number is not None else None
    number = _number(bare, decimals)
    return None if number is None else (number, "")


def decimals_shown_by(text: str) -> Decimals | None:
    """What one cell gives away about its file's decimals; None if nothing."""
    bare = text.strip()
    if "," in bare and "." in bare:
        if _COMMA_GROUPS.match(bare):
            return Decimals.POINT
        return Decimals.COMMA if _POINT_GROUPS.match(bare) else None
    if "," in bare:
        if _COMMA_GROUPS.match(bare):
            return Decimals.POINT if bare.count(",") > 1 else Decimals.UNKNOWN
        return Decimals.COMMA if _COMMA_DECIMAL.match(bare) else None
    if "." in bare and NUMBER.match(bare):
        return None if _POINT_GROUPS.match(bare) else Decimals.POINT
    return None


def _number(text: str, decimals: Decimals) -> str | None:
    """The number with a `.` and without group signs; None if it is no finite number, or could be two."""
    text = text.replace("\u2212", "-")
    if _BLANK_GROUPS.match(text):
        text = re.sub(r"[ \u00a0\u2009\u202f'’]", "", text)
        if "," in text:
            text = text.replace(",", ".")
    elif "," in text:
        plain = _without_commas(text, decimals)
        if plain is None:
            return None
        text = plain
    elif decimals is Decimals.COMMA and _POINT_GROUPS.match(text):
        text = text.replace(".", "")
    return text if NUMBER.match(text) and math.isfinite(float(text)) else None


def _without_commas(text: str, decimals: Decimals) -> str | None:
    grouped, decimal = _COMMA_GROUPS.match(text), _COMMA_DECIMAL.match(text)
    if _POINT_GROUPS.match(text):
        return text.replace(".", "").replace(",", ".")
    if grouped and not (decimal and decimals is not Decimals.POINT):
        return text.replace(",", "")
    if decimal and not (grouped and decimals is Decimals.UNKNOWN):
        return text.replace(",", ".")
    return None
