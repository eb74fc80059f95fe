"""Kept sentences in documents."""

from typing import Any

from marshmallow import fields

from shared.contracts.sentences import LANGUAGES, sentence_from_json


class SaidField(fields.Field):
    """A kept sentence in both languages."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str]:
        message = sentence_from_json(value)
        return {language: message.in_language(language) for language in LANGUAGES}


def said_field(**kwargs: Any) -> SaidField:
    """A kept sentence in both languages, with its description."""
    both = {language: {"type": "string"} for language in LANGUAGES}
    return SaidField(metadata={"type": "object", "properties": both, **kwargs})
