"""Reads JSON so that no digit of a figure is lost: numbers stay as the file writes them."""

import json
from typing import Any

from services.verify.sources.readers.table import Notes
from shared.contracts.refusals import Kind
from shared.contracts.sentences import sentence

LARGEST = 400_000_000  # bytes of a JSON file: it is unfolded in memory


def parsed(text: str, notes: Notes) -> Any:
    """The data of a JSON text, its numbers as text (also `NaN`, which JSON does not know but some servers write)."""
    if len(text) > LARGEST:
        message = sentence("The file is larger than %(most)s bytes.", most=LARGEST)
        raise notes.unreadable(message, kind=Kind.TOO_LARGE)
    try:
        return json.loads(
            text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Unrepeated(notes).pairs
        )
    except json.JSONDecodeError as error:
        raise notes.unreadable(sentence("This is not JSON."), error.lineno, error.colno) from None
    except RecursionError:
        raise notes.unreadable(sentence("The document is nested too deeply.")) from None


class _Unrepeated:
    """Refuses a table that gives one key twice with two meanings: one of the two would be lost."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def pairs(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) < len(members):
            for key, value in members:
                if made[key] != value:
                    raise self.notes.unreadable(sentence("The key “%(key)s” is given twice.", key=key))
        return made
