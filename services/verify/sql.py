"""Many codes as one parameter, many rows in and out, and what a reader may see as a condition."""

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY

from shared.people import Actor, Role


def text_array(values: Iterable[str]) -> sa.BindParameter[Any]:
    """Codes as one PostgreSQL array, however many they are."""
    return sa.literal(list(values), ARRAY(sa.Text))


AT_ONCE = 10_000


def streamed(connection: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    """The rows of a query, some thousands in memory at a time."""
    yield from connection.execute(query, execution_options={"yield_per": AT_ONCE})


def kept_once() -> Callable[[Any], Any]:
    """A function that gives back the first equal object it was given: a code is one object, however many rows."""
    known: dict[Any, Any] = {}
    return lambda found: known.setdefault(found, found)


CHUNK = 5000  # rows in one statement


def insert_many(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], tail: str = "") -> None:
    """Insert rows as JSON documents of at most five thousand; `tail` is the ON CONFLICT clause."""
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in rows[0])
    statement = sa.text(
        f"INSERT INTO {table.name} ({columns}) "
        f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) {tail}"
    )
    for start in range(0, len(rows), CHUNK):
        chunk = json.dumps(rows[start : start + CHUNK], default=_plain, ensure_ascii=False)
        connection.execute(statement, {"rows": chunk})


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def within_grants(
    actor: Actor,
    roles: Collection[Role],
    *,
    council: sa.ColumnElement[Any],
    unit: sa.ColumnElement[Any] | None = None,
    cluster: sa.ColumnElement[Any] | None = None,
    criterion: sa.ColumnElement[Any] | None = None,
) -> sa.ColumnElement[bool]:
    """True for rows that one single grant covers; dimensions without a column are not asked about."""
    return sa.or_(
        sa.false(),
        *(
            sa.and_(
                council == grant.council,
                *_narrowed(((unit, grant.units), (cluster, grant.clusters), (criterion, grant.criteria))),
            )
            for grant in actor.grants
            if grant.role in roles
        ),
    )


def _narrowed(
    pairs: Iterable[tuple[sa.ColumnElement[Any] | None, tuple[str, ...] | None]],
) -> list[sa.ColumnElement[bool]]:
    return [column.in_(codes) for column, codes in pairs if column is not None and codes is not None]


T = TypeVar("T")


def all_of(kind: type[T], rows: sa.Result[*tuple[Any, ...]]) -> list[T]:
    """Every row as an object whose fields are its columns."""
    return [kind(**row) for row in rows.mappings()]


def one_of(kind: type[T], rows: sa.Result[*tuple[Any, ...]]) -> T | None:
    """The one row as an object whose fields are its columns; None if there is none."""
    row = rows.mappings().one_or_none()
    return None if row is None else kind(**row)


def select_fields(kind: Any, table: sa.Table, **others: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The columns of a table that a dataclass has fields of the same names for; `others` fill the fields they name."""
    return sa.select(
        *(
            others[name].label(name) if name in others else table.c[name]
            for name in kind.__dataclass_fields__
            if name in others or name in table.c
        )
    )


def among(column: sa.ColumnElement[Any], identities: Collection[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Whether an identifier is one of these, however many they are."""
    return column == sa.any_(sa.literal(list(identities), ARRAY(sa.Uuid)))


def replacing(names: Sequence[str], key: Sequence[str]) -> str:
    """The ON CONFLICT clause that replaces all columns but the key."""
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
