"""What verify's templates know beside the suite's own words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint

from services.verify.web import words
from shared.contracts.sentences import Sentence, sentence_from_json
from shared.web.formats import written_title
from shared.web.languages import current_language, said

TABLES = (
    *("REVIEWS", "STATES", "BASES", "VERDICTS", "SEVERITIES", "CHALLENGE_STATES", "CYCLE_STATES", "RELEASE_STATES"),
    *("CODES", "FETCH_OUTCOMES", "DUTIES", "ROLES", "ACTIONS", "CLASSES"),
)


def install_words(blueprint: Blueprint) -> None:
    """Give templates the words of `web.words`, and the choices of selects."""
    for name in TABLES:
        blueprint.app_template_global(f"words_{name.lower()}")(getattr(words, name).get)
    blueprint.app_template_global("kept")(sentence_from_json)
    blueprint.app_template_global("moment_of")(datetime.fromisoformat)
    blueprint.app_template_global("state_choices")(_state_choices)
    blueprint.app_template_global("code_choices")(lambda: _choices(words.CODES))
    blueprint.app_template_global("class_choices")(lambda: _choices(words.CLASSES))
    blueprint.app_template_filter("zip_titles")(_zip_titles)
    blueprint.app_template_filter("zip_same")(lambda codes: [(code, code) for code in codes])
    blueprint.app_template_filter("named_items")(
        lambda found, language: [(item.code, f"{item.code} · {item.named(language)}") for item in found]
    )


def _zip_titles(codes: Iterable[str], rows: Sequence[Any]) -> list[tuple[str, str]]:
    """Choices of a select: code and title in the reader's language."""
    return [(code, written_title(row.title, current_language())) for code, row in zip(codes, rows, strict=True)]


def _choices(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, said(Sentence(text))) for code, text in texts.items()]


def _state_choices() -> list[tuple[str, str]]:
    """Where a review stands, then what counts."""
    return [
        (code, said(Sentence(text))) for table in (words.REVIEWS, words.STATES) for code, (text, _) in table.items()
    ]
