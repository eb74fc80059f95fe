"""The metadata that every subject's tables join, and what tables and stores share."""

import uuid
from typing import Any

import sqlalchemy as sa

from shared.plumbing.database import metadata_for
from shared.plumbing.feed_reader import reader_tables
from shared.plumbing.outbox import outbox_tables

metadata = metadata_for(None)
outbox_tables(metadata)
reader_tables(metadata)
MOMENT = sa.DateTime(timezone=True)


def number() -> sa.Column[int]:
    """The column of numbers that the database gives."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def made_columns() -> list[sa.Column[object]]:
    """Who did it, and when."""
    return [
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("account_name", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    ]


def made_values(one: Any) -> dict[str, Any]:
    """The values of `made_columns`; a file knows no name."""
    return {"account": one.account, "account_name": getattr(one, "name", ""), "at": one.at}


def maker_of(row: Any, prefix: str = "") -> dict[str, Any]:
    """The reverse of `made_values`."""
    return {"account": row[f"{prefix}account"], "name": row[f"{prefix}account_name"], "at": row[f"{prefix}at"]}


def uuid_of(text: str) -> uuid.UUID | None:
    """An identifier from the outside; None for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
