"""Sentences as JSON, to be kept and said later in the reader's language."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.sentences import Sentence


def to_json(said: Sentence) -> dict[str, Any]:
    """`{"text", "params"}`; a parameter that is itself a sentence becomes the same inside."""
    return {
        "text": said.text,
        "params": {
            name: to_json(value) if isinstance(value, Sentence) else value for name, value in said.params.items()
        },
    }


def from_json(kept: Mapping[str, Any]) -> Sentence:
    """The reverse of `to_json`."""
    template, params = kept["text"], kept["params"]
    return Sentence(
        template, {name: from_json(value) if isinstance(value, Mapping) else value for name, value in params.items()}
    )
