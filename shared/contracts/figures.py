"""Figures as people type them: `5,1` and `5.1` mean the same; what could mean two things is asked about."""

import re
import unicodedata
from decimal import Decimal

from shared.contracts.sentences import Sentence, sentence

LARGEST = 1e15  # figures stay exact in every place that stores or shows them

_PLAIN = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+", re.ASCII)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_SEPARATED = {
    sep: re.compile(rf"\d{{1,3}}(?:{re.escape(sep)}\d{{3}})+(?:{re.escape(other)}\d+)?", re.ASCII)
    for sep, other in ((".", ","), (",", "."))
}


class NotAFigure(Exception):
    """What was typed is no figure, or could be two; `said` asks for it in a way the reader can answer."""

    def __init__(self, message: Sentence) -> None:
        super().__init__(message.text)
        self.said = message


def read_figure(text: str) -> float | None:
    """The number meant, None for nothing; raises NotAFigure."""
    # Spaces of any kind may group digits; the minus sign may be typographic.
    typed = "".join(letter for letter in unicodedata.normalize("NFKC", text) if not letter.isspace())
    if not typed:
        return None
    sign, digits = (-1, typed[1:]) if typed[0] in "-−–" else (1, typed.removeprefix("+"))
    value = sign * _magnitude(digits, typed)
    if abs(value) > LARGEST:
        raise NotAFigure(sentence("“%(typed)s” is too large for a figure.", typed=typed[:40]))
    return value


def _magnitude(digits: str, typed: str) -> float:
    if _AMBIGUOUS.fullmatch(digits):
        whole, _, decimals = digits.replace(",", ".").partition(".")
        raise NotAFigure(
            sentence(
                "“%(typed)s” can be read in two ways. Please write %(whole)s or %(decimal)s.",
                typed=typed,
                whole=whole + decimals,
                decimal=f"{whole},{decimals}0",
            )
        )
    if _PLAIN.fullmatch(digits):
        return float(digits.replace(",", "."))
    for sep, pattern in _SEPARATED.items():
        if pattern.fullmatch(digits):
            return float(digits.replace(sep, "").replace(",", "."))
    raise NotAFigure(sentence("“%(typed)s” is not a number.", typed=typed[:40]))


def written_figure(value: float | None, language: str) -> str:
    """A figure for an input: every digit of it, the reader's decimal sign, no groups; reads back as itself."""
    if value is None:
        return ""
    text = format(Decimal(repr(value)), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if _AMBIGUOUS.fullmatch(text.removeprefix("-")):
        text += "0"
    text = "0" if text == "-0" else text
    return text.replace(".", ",") if language == "vi" else text
