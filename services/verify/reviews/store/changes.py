"""What releases concern, and what changed on items with them."""

import dataclasses
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.reviews import tables as t
from services.verify.reviews.model.item import ItemChange
from services.verify.reviews.model.views import ChangeCounts, NewRelease, ReleaseChange, ShownChange
from services.verify.sources import tables as source_tables
from services.verify.sql import all_of, insert_many, select_fields
from shared.people import Actor

MOST_ON_AN_ITEM = 20


class SqlChanges:
    """`ports.Changes` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, cycle: str, screening: uuid.UUID, changes: Sequence[ItemChange], now: datetime) -> None:
        common = {"cycle": cycle, "screening": screening, "changed_at": now}
        insert_many(self.connection, t.item_change, [dataclasses.asdict(change) | common for change in changes])

    def counts(self, actor: Actor, council: str, release: uuid.UUID) -> ChangeCounts:
        change = t.item_change
        key = sa.func.concat_ws("/", change.c.cycle, change.c.unit, change.c.criterion)
        before, after = change.c.before["state"].astext, change.c.after["state"].astext
        number = sa.func.count(sa.distinct(key))
        query = sa.select(
            number.label("changed"),
            number.filter(change.c.concerned).label("concerned"),
            number.filter(before == "provisional", after == "verified").label("verified"),
            number.filter(change.c.reopened).label("reopened"),
        ).select_from(_visible(actor, council))
        rows = self.connection.execute(query.where(change.c.releases.contains([release])))
        return all_of(ChangeCounts, rows)[0]

    def of_release(
        self, actor: Actor, council: str, release: uuid.UUID, after: int, limit: int
    ) -> tuple[Sequence[ReleaseChange], int | None]:
        change, member = t.item_change, claim_tables.cycle_member
        query = (
            select_fields(ReleaseChange, change, unit_title=member.c.title)
            .select_from(_visible(actor, council))
            .join(member, sa.and_(member.c.cycle == change.c.cycle, member.c.unit == change.c.unit))
            .where(change.c.releases.contains([release]), change.c.id > after)
            .order_by(change.c.id)
            .limit(limit + 1)
        )
        rows = all_of(ReleaseChange, self.connection.execute(query))
        return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

    def of_item(self, cycle: str, unit: str, criterion: str) -> Sequence[ShownChange]:
        change = t.item_change
        query = (
            select_fields(ShownChange, change)
            .where(change.c.cycle == cycle, change.c.unit == unit, change.c.criterion == criterion)
            .order_by(change.c.id.desc())
            .limit(MOST_ON_AN_ITEM)
        )
        found = all_of(ShownChange, self.connection.execute(query))
        named = self._releases({release for one in found for release in one.releases})
        return [replace(one, releases=[named[release] for release in one.releases]) for one in found]

    def _releases(self, releases: Collection[Any]) -> Mapping[Any, NewRelease]:
        release = source_tables.release
        query = (
            sa.select(
                release.c.id.label("release"), release.c.source, source_tables.source.c.title, release.c.file_name,
                release.c.published_on,
            )
            .join(source_tables.source, source_tables.source.c.source == release.c.source)
            .where(release.c.id.in_(releases))
        )  # fmt: skip
        return {one.release: one for one in all_of(NewRelease, self.connection.execute(query))} if releases else {}


def _visible(actor: Actor, council: str) -> sa.FromClause:
    """Changes of items that are still there and that somebody may look at."""
    change, item = t.item_change, t.review_item
    return change.join(
        item,
        sa.and_(
            item.c.cycle == change.c.cycle,
            item.c.unit == change.c.unit,
            item.c.criterion == change.c.criterion,
            t.visible_items(actor, council),
        ),
    )
