"""Which unit a name in somebody's file means: by code, else by name without accents and kind. Never by guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

# "Tỉnh", "Thành phố", "TP.": what kind of unit it is stands before the name in Vietnamese, behind it in English.
_KINDS_BEFORE = (("thanh", "pho"), ("tinh",), ("tp",), ("province", "of"), ("city", "of"))
_KINDS_BEHIND = (("province",), ("city",))
_STROKED = str.maketrans("Đđ", "Dd")


def folded(name: str) -> str:
    """The name as all its spellings have it in common: no accents, kind, case, blanks, dots or hyphens.

    "Tỉnh Bà Rịa – Vũng Tàu", "Ba Ria-Vung Tau" → "bariavungtau". A kind alone ("TP") stays what it is.
    """
    plain = unicodedata.normalize("NFD", name.translate(_STROKED))
    text = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    words = re.findall(r"\w+", text)
    for kind in _KINDS_BEFORE:
        if len(words) > len(kind) and tuple(words[: len(kind)]) == kind:
            words = words[len(kind) :]
            break
    for kind in _KINDS_BEHIND:
        if len(words) > len(kind) and tuple(words[-len(kind) :]) == kind:
            words = words[: -len(kind)]
            break
    return "".join(words)


class UnitNames:
    """Knows the units that may be meant, and what people have answered about spellings."""

    def __init__(self, units: Mapping[str, Iterable[str]], answers: Mapping[str, str | None]) -> None:
        """`units`: code → its names. `answers`: folded spelling → the unit meant, None for none of them."""
        self.units, self.answers = units, answers
        meant: defaultdict[str, set[str]] = defaultdict(set)
        for code, names in units.items():
            for name in names:
                meant[folded(name)].add(code)
        self.by_name = {name: next(iter(codes)) for name, codes in meant.items() if name and len(codes) == 1}

    def unit_of(self, spelling: str) -> str | None:
        """The unit that is meant for certain; None if nobody has said and neither code nor name tells."""
        code = spelling.strip()
        if code in self.units:
            return code
        key = folded(spelling)
        return self.answers[key] if key in self.answers else self.by_name.get(key)

    def is_none_of_ours(self, spelling: str) -> bool:
        """Whether somebody has said that this is not one of the units (the whole country, a region)."""
        key = folded(spelling)
        return key in self.answers and self.answers[key] is None and spelling.strip() not in self.units
