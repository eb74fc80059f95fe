"""Plans and attempts of fetching: added, never changed; the newest counts."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.sources import tables as t
from services.verify.sources.model import PROGRESS, Attempt, FetchPlan, MadeAttempt
from shared.contracts.sentences import sentence_from_json, sentence_to_json

_FIELDS = tuple(FetchPlan.__dataclass_fields__)


class SqlFetching:
    """`ports.Fetching` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def plan(self, source: str) -> tuple[int, FetchPlan] | None:
        query = sa.select(t.fetch_plan).where(t.fetch_plan.c.source == source).order_by(t.fetch_plan.c.version.desc())
        row = self.connection.execute(query.limit(1)).mappings().one_or_none()
        return (row["version"], FetchPlan(**{field: row[field] for field in _FIELDS})) if row else None

    def save(self, plan: FetchPlan, now: datetime, account: str, name: str) -> int:
        self._lock(plan.source)
        found = self.plan(plan.source)
        version = found[0] + 1 if found else 1
        values = {field: getattr(plan, field) for field in _FIELDS} | {"version": version, "created_at": now}
        self.connection.execute(
            sa.insert(t.fetch_plan).values(values | {"created_by": account, "created_by_name": name})
        )
        return version

    def planned(self) -> Sequence[str]:
        return list(self.connection.execute(sa.select(t.fetch_plan.c.source).distinct().order_by("source")).scalars())

    def last(self, source: str) -> MadeAttempt | None:
        self._lock(source)
        return next(iter(self.attempts(source, 1)), None)

    def attempts(self, source: str, most: int) -> Sequence[MadeAttempt]:
        query = sa.select(t.fetch_attempt).where(t.fetch_attempt.c.source == source)
        rows = self.connection.execute(query.order_by(t.fetch_attempt.c.id.desc()).limit(most))
        return [
            MadeAttempt(
                outcome=row.outcome,
                etag=row.etag,
                last_modified=row.last_modified,
                release=row.release,
                said=sentence_from_json(row.said) if row.said else None,
                attempted_at=row.attempted_at,
            )
            for row in rows
        ]

    def marks(self, source: str, version: int) -> tuple[str, str]:
        attempt = t.fetch_attempt
        row = self.connection.execute(
            sa.select(attempt.c.etag, attempt.c.last_modified)
            .where(attempt.c.source == source, attempt.c.version == version, attempt.c.outcome.in_(PROGRESS))
            .order_by(attempt.c.id.desc())
            .limit(1)
        ).one_or_none()
        return (row.etag, row.last_modified) if row else ("", "")

    def attempt(self, source: str, version: int, attempt: Attempt, now: datetime) -> None:
        self.connection.execute(
            sa.insert(t.fetch_attempt).values(
                source=source,
                version=version,
                attempted_at=now,
                outcome=attempt.outcome,
                etag=attempt.etag,
                last_modified=attempt.last_modified,
                release=attempt.release,
                said=sentence_to_json(attempt.said) if attempt.said else None,
            )
        )

    def _lock(self, source: str) -> None:
        self.connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"fetching:{source}", 0)))
        )
