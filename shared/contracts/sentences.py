"""Sentences for people: an English template with named numbers, translated only at the edge."""

import gettext
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("vi", "en")
_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sentence:
    """A template (English, `%(name)s` placeholders, the key of the catalogues) and what fills it.

    Parameters may be text, whole numbers, floats (shown with at most four decimals, in the reader's notation)
    or other sentences.
    """

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The sentence in `vi` or `en`."""
        template = catalogue(language).gettext(self.text)
        if not self.params:
            return template.replace("%%", "%")
        return template % {name: _shown(value, language) for name, value in self.params.items()}

    def __str__(self) -> str:
        return self.in_language("en")


def N_(text: str) -> str:  # noqa: N802 - the conventional name extraction tools look for
    """Mark a template for the catalogues without translating it."""
    return text


def sentence(text: str, **params: object) -> Sentence:
    """Shorthand for `Sentence(text, params)`."""
    return Sentence(text, params)


def catalogue_files(language: str) -> list[Path]:
    """The catalogue of every part of the suite that has one, in a fixed order."""
    parts = ("shared/*", "services/*", "deploy")
    return [path for part in parts for path in sorted(_PROJECT.glob(f"{part}/translations/{language}.po"))]


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The texts of all parts in one language; English needs no catalogue, for it is the key."""
    if language == "en":
        return gettext.NullTranslations()
    # Babel is imported late: offline commands that say nothing in Vietnamese start faster without it.
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=language)
    for path in catalogue_files(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy:
                    merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of_terminal() -> str:
    """`vi` if the terminal's locale is Vietnamese, else `en`."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "vi" if locale.lower().startswith("vi") else "en"


def shown_number(value: float, language: str) -> str:
    """A number as people write it: at most four decimals, no trailing zeros, decimal comma in Vietnamese."""
    text = f"{value:.4f}".rstrip("0").rstrip(".") if value == value else "–"
    text = "0" if text in ("-0", "") else text
    return text.replace(".", ",") if language == "vi" else text


def _shown(value: object, language: str) -> object:
    if isinstance(value, Sentence):
        return value.in_language(language)
    if isinstance(value, float):
        return shown_number(value, language)
    return value


def sentence_to_json(message: Sentence) -> dict[str, Any]:
    """`{"text", "params"}`; a parameter that is itself a sentence becomes the same inside."""
    return {
        "text": message.text,
        "params": {
            name: sentence_to_json(value) if isinstance(value, Sentence) else value
            for name, value in message.params.items()
        },
    }


def sentence_from_json(kept: Mapping[str, Any]) -> Sentence:
    """The reverse of `sentence_to_json`."""
    template, params = kept["text"], kept["params"]
    return Sentence(
        template,
        {name: sentence_from_json(value) if isinstance(value, Mapping) else value for name, value in params.items()},
    )
