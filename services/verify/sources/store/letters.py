"""Letters keyed by one person and confirmed by another: added, never changed."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.sources import tables as t
from services.verify.sources.model import KeptLetter, LetterRecord, WaitingLetter
from services.verify.sql import all_of, one_of, select_fields

_FIELDS = tuple(LetterRecord.__dataclass_fields__)


class SqlLetters:
    """`ports.Letters` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def keep(self, letter: LetterRecord, now: datetime, account: str, name: str) -> None:
        """Keep a letter until a second person looks at it."""
        values = {field: getattr(letter, field) for field in _FIELDS} | {"figures": dict(letter.figures)}
        self.connection.execute(
            sa.insert(t.keyed_letter).values(values | {"keyed_at": now, "keyed_by": account, "keyed_by_name": name})
        )

    def find(self, letter: uuid.UUID) -> tuple[LetterRecord, str, bool] | None:
        """A letter, the account that keyed it, and whether a second person has spoken; held until the end."""
        self.connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"letter:{letter}", 0)))
        )
        table, verdict = t.keyed_letter, t.letter_verdict
        query = (
            sa.select(
                *(table.c[field] for field in _FIELDS), table.c.keyed_by, verdict.c.letter.is_not(None).label("settled")
            )
            .outerjoin(verdict, verdict.c.letter == table.c.id)
            .where(table.c.id == letter)
        )
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return LetterRecord(**{field: row[field] for field in _FIELDS}), row["keyed_by"], row["settled"]

    def settle(
        self, letter: uuid.UUID, release: uuid.UUID | None, reason: str, now: datetime, account: str, name: str
    ) -> None:
        """Write down what the second person said."""
        values = {"letter": letter, "release": release, "reason": reason, "said_at": now}
        values |= {"said_by": account, "said_by_name": name}
        self.connection.execute(sa.insert(t.letter_verdict).values(values))

    def waiting(self, source: str) -> Sequence[WaitingLetter]:
        """Letters of a source that wait for a second person, the oldest first."""
        table, verdict = t.keyed_letter, t.letter_verdict
        query = (
            select_fields(WaitingLetter, table)
            .outerjoin(verdict, verdict.c.letter == table.c.id)
            .where(table.c.source == source, verdict.c.letter.is_(None))
            .order_by(table.c.keyed_at, table.c.id)
        )
        return all_of(WaitingLetter, self.connection.execute(query))

    def shown(self, identity: uuid.UUID, councils: Collection[str]) -> KeptLetter | None:
        """One letter with its scan and what the second person said, if its source is one of these councils'."""
        table, verdict = t.keyed_letter, t.letter_verdict
        query = (
            select_fields(
                KeptLetter,
                table,
                council=t.source.c.council,
                title=t.source.c.title,
                release=verdict.c.release,
                reason=verdict.c.reason,
                said_at=verdict.c.said_at,
                said_by_name=verdict.c.said_by_name,
            )
            .join(t.source, t.source.c.source == table.c.source)
            .outerjoin(verdict, verdict.c.letter == table.c.id)
            .where(table.c.id == identity, t.source.c.council.in_(councils))
        )
        return one_of(KeptLetter, self.connection.execute(query))
