"""What releases concern, and what changed on items with them."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.reviews import tables as t
from services.verify.reviews.store.visible import visible_items
from services.verify.sources import tables as source_tables
from shared.people import Actor
from shared.plumbing.database import rows_as_dicts

MOST_ON_AN_ITEM = 20
_SHOWN = ("id", "cycle", "unit", "criterion", "releases", "concerned", "reopened", "before", "after", "changed_at")


def touches_of(connection: Connection, release: uuid.UUID) -> list[dict[str, Any]]:
    """The cycles that a release concerns: how many units and items, and whether its cohort was screened since."""
    table = source_tables.release_touch
    query = (
        sa.select(
            table.c.cycle,
            claim_tables.cycle.c.title,
            sa.func.sum(table.c["units"]).label("units"),
            sa.func.sum(table.c["items"]).label("items"),
            sa.func.max(table.c.touched_at).label("touched_at"),
            sa.func.bool_and(table.c.screening.is_not(None)).label("screened"),
        )
        .join(claim_tables.cycle, claim_tables.cycle.c.cycle == table.c.cycle)
        .where(table.c.release == release)
        .group_by(table.c.cycle, claim_tables.cycle.c.title)
        .order_by(table.c.cycle)
    )
    return rows_as_dicts(connection.execute(query))


def change_counts(connection: Connection, actor: Actor, council: str, release: uuid.UUID) -> dict[str, int]:
    """How many items a release changed, of those that the actor may look at, each counted once.

    `concerned`: its figures are about them; `verified`: they were provisional and are confirmed now; `reopened`: a
    decision is no longer in force.
    """
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
    return dict(connection.execute(query.where(change.c.releases.contains([release]))).mappings().one())


def changes_of_release(
    connection: Connection, actor: Actor, council: str, release: uuid.UUID, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """The changes in the order in which they came, and where the next page begins (None at the end)."""
    change, member = t.item_change, claim_tables.cycle_member
    query = (
        sa.select(*(change.c[name] for name in _SHOWN), member.c.title.label("unit_title"))
        .select_from(_visible(actor, council))
        .join(member, sa.and_(member.c.cycle == change.c.cycle, member.c.unit == change.c.unit))
        .where(change.c.releases.contains([release]), change.c.id > after)
        .order_by(change.c.id)
        .limit(limit + 1)
    )
    rows = rows_as_dicts(connection.execute(query))
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None


def changes_of_item(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """The newest changes of an item, the newest first, each with the releases that were new to it."""
    change = t.item_change
    query = (
        sa.select(*(change.c[name] for name in _SHOWN))
        .where(change.c.cycle == cycle, change.c.unit == unit, change.c.criterion == criterion)
        .order_by(change.c.id.desc())
        .limit(MOST_ON_AN_ITEM)
    )
    rows = rows_as_dicts(connection.execute(query))
    named = _releases(connection, {release for row in rows for release in row["releases"]})
    return [row | {"releases": [named[release] for release in row["releases"]]} for row in rows]


def _releases(connection: Connection, releases: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    release = source_tables.release
    query = (
        sa.select(
            release.c.id.label("release"), release.c.source, source_tables.source.c.title, release.c.file_name,
            release.c.published_on,
        )
        .join(source_tables.source, source_tables.source.c.source == release.c.source)
        .where(release.c.id.in_(releases))
    )  # fmt: skip
    return {row["release"]: dict(row) for row in connection.execute(query).mappings()} if releases else {}


def _visible(actor: Actor, council: str) -> sa.FromClause:
    """Changes of items that are still there and that somebody may look at."""
    change, item = t.item_change, t.review_item
    return change.join(
        item,
        sa.and_(
            item.c.cycle == change.c.cycle,
            item.c.unit == change.c.unit,
            item.c.criterion == change.c.criterion,
            visible_items(actor, council),
        ),
    )
