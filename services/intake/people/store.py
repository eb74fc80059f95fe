"""History as rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.intake.people.model import HistoryRow
from services.intake.people.tables import history


class SqlHistory:
    """`services.intake.people.ports.History` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def record(self, row: HistoryRow) -> None:
        self.connection.execute(
            sa.insert(history).values(
                at=row.at,
                actor=row.actor,
                actor_name=row.actor_name,
                action=row.action,
                subject=row.subject,
                details=dict(row.details),
            )
        )

    def of(self, subject: str, limit: int = 100) -> Sequence[HistoryRow]:
        """The newest rows about a subject, newest first."""
        table = history
        rows = self.connection.execute(
            sa.select(table).where(table.c.subject == subject).order_by(table.c.id.desc()).limit(limit)
        ).mappings()
        return [
            HistoryRow(row["actor"], row["actor_name"], row["action"], row["subject"], row["details"], row["at"])
            for row in rows
        ]
