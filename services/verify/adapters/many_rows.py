"""Results of millions of rows: read piece by piece, and every text that stands in many rows kept once."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

AT_ONCE = 10_000


def streamed(connection: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    """The rows of a query, some thousands in memory at a time."""
    yield from connection.execute(query, execution_options={"yield_per": AT_ONCE})


def kept_once() -> Callable[[Any], Any]:
    """A function that gives back the first equal object it was given: a code is one object, however many rows."""
    known: dict[Any, Any] = {}
    return lambda found: known.setdefault(found, found)
