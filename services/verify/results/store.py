"""Decisions, and what the feed last said, in PostgreSQL."""

import dataclasses
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.results import tables as t
from services.verify.results.model import DecisionRecord, FeedPage, Published, SettlementRecord
from services.verify.sql import all_of, among, insert_many, replacing, select_fields, text_array
from shared.plumbing.outbox import read_after


class SqlResults:
    """`ports.Results` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def decisions(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, DecisionRecord]:
        if not identities:
            return {}
        rows = self.connection.execute(
            select_fields(DecisionRecord, t.decision).where(among(t.decision.c.id, identities))
        ).mappings()
        return {row["id"]: DecisionRecord(**{**row, "asked": tuple(row["asked"])}) for row in rows}

    def add_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        insert_many(self.connection, t.decision, [dataclasses.asdict(decision) for decision in decisions])

    def add_settlement(self, settlement: SettlementRecord) -> None:
        self.connection.execute(sa.insert(t.settlement).values(dataclasses.asdict(settlement)))

    def published(self, cycle: str, units: Collection[str]) -> Mapping[str, Published]:
        table = t.verification
        rows = self.connection.execute(
            select_fields(Published, table).where(table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units)))
        ).mappings()
        return {row["unit"]: Published(**{**row, "findings": tuple(row["findings"])}) for row in rows}

    def save_published(self, cycle: str, published: Sequence[Published], now: datetime) -> None:
        rows = [dataclasses.asdict(entry) | {"cycle": cycle, "published_at": now} for entry in published]
        if rows:
            insert_many(self.connection, t.verification, rows, replacing(tuple(rows[0]), ("cycle", "unit")))

    def decisions_about(self, cycle: str, unit: str, criterion: str) -> Sequence[DecisionRecord]:
        table = t.decision
        query = (
            select_fields(DecisionRecord, table)
            .where(table.c.cycle == cycle, table.c.unit == unit, table.c.criterion == criterion)
            .order_by(table.c.decided_at.desc(), table.c.id)
        )
        return all_of(DecisionRecord, self.connection.execute(query))

    def events(self, after: int, limit: int) -> FeedPage:
        return FeedPage(**read_after(self.connection, after, limit, None))
