"""Sources, their releases and observations: added, never changed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.verify.sources import tables as t
from services.verify.sources.model import ObservedRow, ReleaseRecord, SourceRecord
from services.verify.sources.store.source_views import SourceViews


class SqlSources(SourceViews):
    """`ports.Sources` over one connection."""

    def find(self, source: str) -> SourceRecord | None:
        columns = [t.source.c[name] for name in SourceRecord.__dataclass_fields__]
        row = self.connection.execute(sa.select(*columns).where(t.source.c.source == source)).mappings().one_or_none()
        return SourceRecord(**row) if row else None

    def register(self, source: SourceRecord, now: datetime, account: str, name: str) -> bool:
        values = {field: getattr(source, field) for field in SourceRecord.__dataclass_fields__}
        added = self.connection.execute(
            postgresql.insert(t.source)
            .values(values | {"created_at": now, "created_by": account, "created_by_name": name})
            .on_conflict_do_nothing()
            .returning(t.source.c.source)
        )
        return added.one_or_none() is not None

    def release_with(self, source: str, raw_sha256: str) -> uuid.UUID | None:
        return self.connection.execute(
            sa.select(t.release.c.id).where(t.release.c.source == source, t.release.c.raw_sha256 == raw_sha256)
        ).scalar_one_or_none()

    def take_in(
        self, release: ReleaseRecord, rows: Sequence[ObservedRow], now: datetime, account: str, name: str
    ) -> bool:
        values = {field: getattr(release, field) for field in ReleaseRecord.__dataclass_fields__}
        values |= {
            "raw_size": len(release.raw),
            "rows": len(rows),
            "fetched_at": now,
            "uploaded_by": account,
            "uploaded_by_name": name,
        }
        # Waits for another upload of the same bytes that has not committed yet.
        added = self.connection.execute(
            postgresql.insert(t.release).values(values).on_conflict_do_nothing().returning(t.release.c.id)
        )
        if added.one_or_none() is None:
            return False
        driver = self.connection.connection.driver_connection
        assert driver is not None
        with (
            driver.cursor() as cursor,
            cursor.copy("COPY observation (release, row, unit, indicator, period, value, status) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row((release.id, row.row, row.unit, row.indicator, row.period, row.value, row.status))
        return True
