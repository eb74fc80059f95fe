"""The JSON that PX-Web itself answers with (`columns` and `data`); its JSON-stat answers are read as such.

Source: PX-Web API documentation, Statistics Sweden.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.verify.sources.readers.figures import figure
from services.verify.sources.readers.table import ERROR, Notes, Row, Table, bad_number, named
from services.verify.sources.readers.text import mended
from shared.contracts.sentences import sentence

CONTENTS = "ContentsCode"  # PX-Web's own name of the dimension that tells several contents apart


def is_pxweb(document: Any) -> bool:
    """Whether a JSON document is a table of PX-Web."""
    return isinstance(document, Mapping) and isinstance(document.get("columns"), list) and "data" in document


def read(document: Mapping[str, Any], notes: Notes) -> Table:
    """Codes of the categories, for this answer holds no labels; one row per content where there are several."""
    columns = [column if isinstance(column, Mapping) else {} for column in document["columns"]]
    keys = [column for column in columns if column.get("type") in ("d", "t")]
    contents = [
        _text(column.get("text") or column.get("code") or "") for column in columns if column.get("type") == "c"
    ]
    data = document["data"]
    if not isinstance(data, list) or not contents:
        raise notes.unreadable(sentence("A table of PX-Web has columns for dimensions and contents, and rows of data."))
    notes.check_size([len(data), len(contents)])
    candidates = [[_text(column.get("text") or ""), _text(column.get("code") or "")] for column in keys]
    if len(contents) > 1:
        candidates.append([CONTENTS])
    return Table(named(candidates), _rows(data, len(keys), contents, notes))


def _rows(data: list[Any], keys: int, contents: list[str], notes: Notes) -> Iterator[Row]:
    for at, entry in enumerate(data):
        key, values = (entry.get("key"), entry.get("values")) if isinstance(entry, Mapping) else (None, None)
        if (
            not isinstance(key, list)
            or not isinstance(values, list)
            or len(key) != keys
            or len(values) != len(contents)
        ):
            message = sentence(
                "Expected %(keys)s keys and %(values)s values in this row.", keys=keys, values=len(contents)
            )
            raise notes.unreadable(message, path=f"data[{at}]")
        for place, (content, value) in enumerate(zip(contents, values, strict=True)):
            read = ("", "") if value is None else figure(str(value))
            if read is None:
                notes.bad.add(bad_number(str(value)), path=f"data[{at}].values[{place}]")
                read = "", ERROR
            labels = (*map(_text, key), content) if len(contents) > 1 else tuple(map(_text, key))
            yield (*labels, *read)


def _text(thing: Any) -> str:
    return mended(str(thing))
