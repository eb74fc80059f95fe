"""Vietnamese text as people meet it: one spelling, search without diacritics, the order of the dictionary.

PostgreSQL is built here without ICU, so lists are ordered and searched by keys made in Python and kept in columns.
"""

import re
import unicodedata

# The alphabet of the dictionaries; f, j, w, z stand where the Latin alphabet has them.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: chr(ord("A") + number) for number, letter in enumerate(_ALPHABET)}


# Order of the tones: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W_]+")


def one_spelling(text: str) -> str:
    """Text in Unicode's composed form: what a Mac types (decomposed) and what Windows types become the same."""
    return unicodedata.normalize("NFC", text)


def search_key(text: str) -> str:
    """Text without diacritics and case, words apart by one space: `Thừa Thiên – Huế` → `thua thien hue`."""
    decomposed = unicodedata.normalize("NFKD", text).lower().replace("đ", "d")
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(bare))


def sort_key(text: str) -> str:
    """A key whose order of code points is the Vietnamese order: syllable by syllable, letters first, then the tone.

    Numbers count as numbers: `Cụm 2` comes before `Cụm 10`.
    """
    return " ".join(_syllable_key(word) for word in _WORDS.findall(unicodedata.normalize("NFC", text).lower()))


def _syllable_key(word: str) -> str:
    if _DIGITS.fullmatch(word):
        return f"0{int(word):020d}"
    letters: list[str] = []
    tone = "0"
    for letter in word:
        base, mark = _apart(letter)
        tone = mark or tone
        letters.append(_PLACE.get(base, base))
    return "".join(letters) + tone


def _apart(letter: str) -> tuple[str, str]:
    """A letter without its tone, and the tone: `ệ` → (`ê`, `5`)."""
    decomposed = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), "")
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES)), tone
