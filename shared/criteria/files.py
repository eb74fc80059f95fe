"""Frameworks in files: YAML, JSON and Excel tables."""

from pathlib import Path
from typing import Any

from shared.criteria.documents import Places, parse_document, read_bytes
from shared.criteria.loader import load_placed
from shared.criteria.model import Framework


def load_file(path: str | Path) -> Framework:
    """The framework in a `.json` or `.xlsx` file, or in any other file as YAML. Raises BadInput with located faults."""
    return load_file_with_places(path)[0]


def load_file_with_places(path: str | Path) -> tuple[Framework, Places]:
    """The framework in a file, and where in it everything stands. Raises BadInput as `load_file` does."""
    path = Path(path)
    document, places = _read(read_bytes(path), str(path), is_json=path.suffix.lower() == ".json")
    return load_placed(document, places), places


def load_text(raw: bytes | str, name: str | None = None, *, is_json: bool = False) -> Framework:
    """The framework in a text, or in an upload (a workbook too) called `name`. Raises BadInput with located faults."""
    return load_placed(*_read(raw, name, is_json=is_json))


def _read(raw: bytes | str, name: str | None, *, is_json: bool) -> tuple[Any, Places]:
    if isinstance(raw, bytes) and (raw.startswith(b"PK") or (name or "").lower().endswith(".xlsx")):
        # Imported late: a command that reads YAML starts without the library for workbooks.
        from shared.criteria.excel.reading import read_framework_workbook

        return read_framework_workbook(raw, name)
    return parse_document(raw, name, is_json=is_json)
