"""Forms go through the schemas that JSON goes through: one place says what is valid."""

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma
from flask import request

from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence


def typed(name: str) -> str | None:
    """What was typed into a field, without blanks around it; None for nothing."""
    return request.form.get(name, "").strip() or None


def load_form(schema: ma.Schema, values: Mapping[str, Any], wording: Mapping[str, Sentence]) -> Any:
    """The values of a form as the schema loads them.

    Raises a Refusal with a fault for each field that the schema refuses, at the path in the schema ("quorum.source").
    `wording` says by path, or by the beginning of one, what the reader of the form should do.
    """
    try:
        return schema.load(values)
    except ma.ValidationError as error:
        found = {path: _worded(path, message, wording) for path, message in _messages(error.messages)}
        faults = [Fault(message, path=path) for path, message in found.items()]
        unique = list({str(fault.said): fault for fault in faults}.values())
        raise Refusal(
            "form_invalid", Kind.INVALID, sentence("Please look at these points of the form."), unique
        ) from None


def _messages(nested: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, message) of marshmallow's nested messages."""
    if isinstance(nested, Mapping):
        for name, inner in nested.items():
            yield from _messages(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(nested, list):
        for inner in nested:
            yield from _messages(inner, path)
    else:
        yield path, str(nested)


def _worded(path: str, message: str, wording: Mapping[str, Sentence]) -> Sentence:
    """The sentence of the nearest path; marshmallow's own message where there is none."""
    parts = path.split(".")
    known = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((wording[place] for place in known if place in wording), Sentence(message))
