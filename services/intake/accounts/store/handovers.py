"""Handovers of offices as rows, and the assigned items that follow them."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.intake.accounts.model import Handover
from services.intake.accounts.tables import handover
from services.intake.assessments import tables as assessments_tables
from services.intake.cycles import tables as cycles_tables
from services.intake.directory import tables as directory_tables


class SqlHandovers:
    """`services.intake.accounts.ports.Handovers` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, one: Handover) -> None:
        """Keep a new handover."""
        values = {**vars(one), **{name: uuid.UUID(getattr(one, name)) for name in ("id", "from_account", "to_account")}}
        values["account_name"] = values.pop("name")
        self.connection.execute(sa.insert(handover).values(values))

    def due(self, day: date) -> Sequence[Handover]:
        query = sa.select(handover).where(handover.c.done_at.is_(None), handover.c.from_on <= day)
        return self._read(query.order_by(handover.c.from_on, handover.c.at))

    def get(self, identity: str, *, lock: bool = False) -> Handover | None:
        query = sa.select(handover).where(handover.c.id == uuid.UUID(identity))
        return next(iter(self._read(query.with_for_update() if lock else query)), None)

    def of(self, account: str) -> Sequence[Handover]:
        number = uuid.UUID(account)
        concerned = sa.or_(handover.c.from_account == number, handover.c.to_account == number)
        return self._read(sa.select(handover).where(concerned).order_by(handover.c.at.desc()))

    def done(self, identity: str, at: datetime) -> None:
        """It is carried out."""
        self.connection.execute(sa.update(handover).where(handover.c.id == uuid.UUID(identity)).values(done_at=at))

    def pass_on(self, council: str, old: str, new: str, name: str) -> Sequence[str]:
        """Change who supplies items, and nothing else: the drafts stay at their versions."""
        assessment, cycle = assessments_tables.assessment, cycles_tables.cycle
        # The account stands as a value somewhere in the document; which items are its own is seen below.
        holds = assessment.c.contributions.op("@?")(
            sa.cast(sa.literal(f'$.*.account ? (@ == "{uuid.UUID(old)}")'), sa.dialects.postgresql.JSONPATH)
        )
        rows = self.connection.execute(
            sa.select(assessment.c.id, assessment.c.unit, assessment.c.contributions, cycle.c.code)
            .join(cycle, cycle.c.id == assessment.c.cycle_id)
            .join(directory_tables.council, directory_tables.council.c.id == cycle.c.council_id)
            .where(directory_tables.council.c.code == council, cycle.c.state != "archived", holds)
            .order_by(assessment.c.id)
            .with_for_update(of=assessment)
        ).all()
        if rows:
            self.connection.execute(
                sa.update(assessment)
                .where(assessment.c.id == sa.bindparam("number"))
                .values(contributions=sa.bindparam("shared")),
                [{"number": row.id, "shared": _passed_on(row.contributions, old, new, name)} for row in rows],
            )
        return [f"assessment:{row.code}/{row.unit}" for row in rows]

    def _read(self, query: sa.Select[Any]) -> list[Handover]:
        return [
            Handover(
                id=str(row["id"]),
                council=row["council"],
                from_account=str(row["from_account"]),
                to_account=str(row["to_account"]),
                from_on=row["from_on"],
                document_number=row["document_number"],
                account=row["account"],
                name=row["account_name"],
                at=row["at"],
                done_at=row["done_at"],
            )
            for row in self.connection.execute(query).mappings()
        ]


def _passed_on(contributions: dict[str, Any], old: str, new: str, name: str) -> dict[str, Any]:
    return {
        code: {**one, "account": new, "name": name} if one["account"] == old else one
        for code, one in contributions.items()
    }
