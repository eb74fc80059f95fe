"""Items and findings in PostgreSQL; many rows go in as one JSON document each way."""

import dataclasses
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from services.verify.claims.model import ItemKey
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as t
from services.verify.reviews.model.item import FindingRecord, ReviewItem
from services.verify.reviews.store.item_views import ItemViews
from services.verify.sql import insert_many, replacing, text_array

_ITEM = tuple(field.name for field in dataclasses.fields(ReviewItem))
_ARRAYS = ("findings", "codes", "asked")


class SqlReviews(ItemViews):
    """`ports.Reviews` over one connection."""

    def items(self, cycle: str, units: Collection[str]) -> Mapping[ItemKey, ReviewItem]:
        table = t.review_item
        rows = self.connection.execute(
            sa.select(*(table.c[name] for name in _ITEM)).where(
                table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units))
            )
        ).mappings()
        items = (ReviewItem(**{**row, **{name: tuple(row[name]) for name in _ARRAYS}}) for row in rows)
        return {item.key: item for item in items}

    def save_items(self, items: Sequence[ReviewItem], now: datetime) -> None:
        rows = [{name: getattr(item, name) for name in _ITEM} | {"updated_at": now} for item in items]
        insert_many(
            self.connection,
            t.review_item,
            rows,
            replacing((*_ITEM, "updated_at"), ("cycle", "unit", "criterion")),
        )

    def drop_items(self, cycle: str, keys: Collection[ItemKey]) -> None:
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

    def drop_others(self, cycle: str, units: Collection[str]) -> None:
        table = t.review_item
        self.connection.execute(
            sa.delete(table).where(table.c.cycle == cycle, table.c.unit != sa.all_(text_array(units)))
        )

    def kept_findings(self, cycle: str, units: Collection[str]) -> Mapping[str, uuid.UUID]:
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
        common = {"cycle": cycle, "screening": screening, "found_at": now}
        insert_many(self.connection, t.finding, [dataclasses.asdict(finding) | common for finding in findings])
