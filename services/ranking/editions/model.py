"""Editions as they are kept, and for whom they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

AUDIENCES = ("board", "council", "cluster", "public")


@dataclass(frozen=True)
class StoredPublication:
    """The Council's act that made an edition public."""

    record_number: str
    decided_on: date
    recorded_at: datetime


@dataclass(frozen=True)
class StoredEdition:
    """An edition without its bytes. `sheets`: [{"cluster", "version", "sheet_sha256"}]; `changes`: see `Editions`."""

    cycle: str
    audience: str
    number: int
    edition_sha256: str
    previous_sha256: str | None
    inputs_sha256: str
    key_id: str
    issued_at: datetime
    issued_by: str
    sheets: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    synthetic: bool
    publication: StoredPublication | None = None
