"""Items, findings and decisions in PostgreSQL; many rows go in as one JSON document each way."""

import dataclasses
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.claims.model import EvidenceDocument, ItemKey
from services.verify.claims.store.challenges import standing_challenges
from services.verify.claims.store.claims import current_claims, sent_versions
from services.verify.claims.store.earlier import earlier_documents
from services.verify.renewal.model import EarlierCycle
from services.verify.renewal.store import earlier_cycles
from services.verify.results import tables as result_tables
from services.verify.results.model import DecisionRecord, Published, SettlementRecord
from services.verify.reviews import tables as t
from services.verify.reviews.model import FindingRecord, ReviewItem
from services.verify.screening.rules.material import Given
from services.verify.sources import tables as source_tables
from services.verify.sources.model import ReleaseFacts
from services.verify.sources.store.observations import newest_observations
from services.verify.sql import insert_many, text_array

_ITEM = tuple(field.name for field in dataclasses.fields(ReviewItem))
_DECISION = tuple(field.name for field in dataclasses.fields(DecisionRecord))
_ARRAYS = ("findings", "codes", "asked")


def _replacing(names: Sequence[str], key: Sequence[str]) -> str:
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"


class SqlReviews:
    """`ports.Reviews` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def given(self, council: str, cycle: str, sources: Collection[str], units: Collection[str]) -> Given:
        """What these units claim now, and what these sources of the council say about them."""
        return Given(
            sent=sent_versions(self.connection, cycle, units),
            claims=current_claims(self.connection, cycle, units),
            observations=newest_observations(self.connection, council, sources, units),
            challenges=standing_challenges(self.connection, cycle, units),
        )

    def earlier_cycles(self, cycle: str, units: Collection[str]) -> Sequence[EarlierCycle]:
        """What verify stored of the last cycles before this one, oldest first."""
        return earlier_cycles(self.connection, cycle, units)

    def earlier_documents(self, cycle: str, units: Collection[str]) -> Mapping[str, Sequence[EvidenceDocument]]:
        """What supported these units' claims in the cycle before this one."""
        return earlier_documents(self.connection, cycle, units)

    def items(self, cycle: str, units: Collection[str]) -> Mapping[ItemKey, ReviewItem]:
        """The items of these units."""
        table = t.review_item
        rows = self.connection.execute(
            sa.select(*(table.c[name] for name in _ITEM)).where(
                table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units))
            )
        ).mappings()
        items = (ReviewItem(**{**row, **{name: tuple(row[name]) for name in _ARRAYS}}) for row in rows)
        return {item.key: item for item in items}

    def save_items(self, items: Sequence[ReviewItem], now: datetime) -> None:
        """Add or replace items."""
        rows = [{name: getattr(item, name) for name in _ITEM} | {"updated_at": now} for item in items]
        insert_many(
            self.connection,
            t.review_item,
            rows,
            _replacing((*_ITEM, "updated_at"), ("cycle", "unit", "criterion")),
        )

    def drop_items(self, cycle: str, keys: Collection[ItemKey]) -> None:
        """Remove items whose claim is gone."""
        if not keys:
            return
        gone = sa.func.unnest(text_array(k[0] for k in keys), text_array(k[1] for k in keys))
        named = gone.table_valued("unit", "criterion", name="gone").render_derived()
        table = t.review_item
        self.connection.execute(
            sa.delete(table).where(
                table.c.cycle == cycle, table.c.unit == named.c.unit, table.c.criterion == named.c.criterion
            )
        )

    def kept_findings(self, cycle: str, units: Collection[str]) -> Mapping[str, uuid.UUID]:
        """The findings that items and units refer to now: hash of the content → identifier."""
        codes = text_array(units)
        refers = [
            sa.select(sa.func.unnest(table.c.findings).label("id")).where(
                table.c.cycle == cycle, table.c.unit == sa.any_(codes)
            )
            for table in (t.review_item, result_tables.verification)
        ]
        kept = sa.union(*refers).subquery()
        rows = self.connection.execute(
            sa.select(t.finding.c.content_sha256, t.finding.c.id).join(kept, kept.c.id == t.finding.c.id)
        )
        return {row.content_sha256: row.id for row in rows}

    def add_findings(self, cycle: str, screening: uuid.UUID, findings: Sequence[FindingRecord], now: datetime) -> None:
        """Append findings."""
        common = {"cycle": cycle, "screening": screening, "found_at": now}
        insert_many(self.connection, t.finding, [dataclasses.asdict(finding) | common for finding in findings])

    def decisions(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, DecisionRecord]:
        """Decisions by identifier."""
        if not identities:
            return {}
        rows = self.connection.execute(
            sa.select(*(result_tables.decision.c[name] for name in _DECISION)).where(
                _among(result_tables.decision.c.id, identities)
            )
        ).mappings()
        return {row["id"]: DecisionRecord(**{**row, "asked": tuple(row["asked"])}) for row in rows}

    def add_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        """Append decisions."""
        insert_many(self.connection, result_tables.decision, [dataclasses.asdict(decision) for decision in decisions])

    def add_settlement(self, settlement: SettlementRecord) -> None:
        """Append a settlement."""
        self.connection.execute(sa.insert(result_tables.settlement).values(dataclasses.asdict(settlement)))

    def release_facts(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, ReleaseFacts]:
        """Releases by identifier."""
        rows = self.connection.execute(
            sa.select(
                source_tables.release.c.id,
                source_tables.release.c.source,
                source_tables.source.c.publisher,
                source_tables.release.c.raw_sha256,
                source_tables.release.c.published_on,
            )
            .join(source_tables.source, source_tables.source.c.source == source_tables.release.c.source)
            .where(_among(source_tables.release.c.id, identities))
        ).mappings()
        return {row["id"]: ReleaseFacts(**row) for row in rows}

    def published(self, cycle: str, units: Collection[str]) -> Mapping[str, Published]:
        """What the feed last said of these units."""
        table = result_tables.verification
        names = [field.name for field in dataclasses.fields(Published)]
        rows = self.connection.execute(
            sa.select(*(table.c[name] for name in names)).where(
                table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units))
            )
        ).mappings()
        return {row["unit"]: Published(**{**row, "findings": tuple(row["findings"])}) for row in rows}

    def save_published(self, cycle: str, published: Sequence[Published], now: datetime) -> None:
        """Remember what the feed says now."""
        rows = [dataclasses.asdict(entry) | {"cycle": cycle, "published_at": now} for entry in published]
        if rows:
            insert_many(
                self.connection, result_tables.verification, rows, _replacing(tuple(rows[0]), ("cycle", "unit"))
            )

    def save_cohort_notes(
        self,
        cycle: str,
        screening: uuid.UUID,
        notes: Sequence[Mapping[str, Any]],
        expected_false: float,
        now: datetime,
    ) -> None:
        """Keep what the newest cohort screening says of the whole, and how many of its flags may be honest."""
        self.connection.execute(
            sa.update(claim_tables.cycle)
            .where(claim_tables.cycle.c.cycle == cycle)
            .values(screening=screening, notes=list(notes), expected_false=expected_false, screened_at=now)
        )


def _among(column: sa.ColumnElement[Any], identities: Collection[uuid.UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.literal(list(identities), sa.ARRAY(sa.Uuid)))
