"""Cycles and how far their verification is."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as t
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.reviews.rules.states import CONCLUDED, JUDGED
from services.verify.reviews.store.visible import visible_items
from services.verify.roles import LOOKERS, councils_of, own_units
from shared.people import Actor
from shared.plumbing.database import rows_as_dicts

_LISTED = (
    *("cycle", "council", "council_title", "title", "period", "deadline_at", "state", "synthetic", "notice"),
    *("framework_sha256", "screened_at", "notes", "expected_false"),
)


def cycles_of(connection: Connection, councils: Collection[str]) -> list[dict[str, Any]]:
    """The cycles of these councils, the newest period first."""
    query = (
        sa.select(*(t.cycle.c[name] for name in _LISTED))
        .where(t.cycle.c.council.in_(councils))
        .order_by(t.cycle.c.period.desc(), t.cycle.c.cycle)
    )
    return rows_as_dicts(connection.execute(query))


def cycle_for(connection: Connection, actor: Actor, cycle: str) -> dict[str, Any] | None:
    """A cycle with its framework, if the actor looks after something in its council."""
    query = sa.select(*(t.cycle.c[name] for name in _LISTED), t.cycle.c.framework).where(
        t.cycle.c.cycle == cycle, t.cycle.c.council.in_(councils_of(actor, LOOKERS))
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def cycle_of_unit(connection: Connection, cycle: str, unit: str) -> dict[str, Any] | None:
    """A cycle in which a unit is a member, with the unit's cluster and title, whoever asks."""
    member = t.cycle_member
    query = (
        sa.select(*(t.cycle.c[name] for name in _LISTED), member.c.cluster, member.c.title.label("unit_title"))
        .join(member, member.c.cycle == t.cycle.c.cycle)
        .where(t.cycle.c.cycle == cycle, member.c.unit == unit)
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def progress(connection: Connection, actor: Actor, cycle: str, council: str) -> list[dict[str, Any]]:
    """Per cluster: members, received, screened, items, and what is still open; clusters in the cycle's order."""
    member, item = t.cycle_member, review_tables.review_item
    cohort = sa.func.count().filter(result_tables.verification.c.cohort)
    units = (
        sa.select(
            member.c.cluster,
            sa.func.count().label("expected"),
            sa.func.count(member.c.submission).label("received"),
            sa.func.count().filter(result_tables.verification.c.submission == member.c.submission).label("screened"),
            cohort.label("compared"),
        )
        .outerjoin(
            result_tables.verification,
            sa.and_(
                result_tables.verification.c.cycle == member.c.cycle, result_tables.verification.c.unit == member.c.unit
            ),
        )
        .where(member.c.cycle == cycle)
        .group_by(member.c.cluster)
        .subquery()
    )
    items = (
        sa.select(
            item.c.cluster,
            sa.func.count().label("items"),
            sa.func.count().filter(item.c.review.not_in(CONCLUDED)).label("open"),
            sa.func.count().filter(item.c.review.in_(JUDGED)).label("decided"),
            sa.func.count().filter(item.c.flagged).label("flagged"),
            sa.func.count().filter(item.c.blocks_freeze).label("blocking"),
            sa.func.count().filter(item.c.inconclusive).label("inconclusive"),
        )
        .where(item.c.cycle == cycle, visible_items(actor, council))
        .group_by(item.c.cluster)
        .subquery()
    )
    counts = ("items", "open", "decided", "flagged", "blocking", "inconclusive")
    cluster = t.cycle_cluster
    query = (
        sa.select(
            cluster.c.cluster,
            cluster.c.title,
            *(
                sa.func.coalesce(units.c[name], 0).label(name)
                for name in ("expected", "received", "screened", "compared")
            ),
            *(sa.func.coalesce(items.c[name], 0).label(name) for name in counts),
        )
        .outerjoin(units, units.c.cluster == cluster.c.cluster)
        .outerjoin(items, items.c.cluster == cluster.c.cluster)
        .where(cluster.c.cycle == cycle)
        .order_by(cluster.c.place)
    )
    return rows_as_dicts(connection.execute(query))


def hidden_items(connection: Connection, actor: Actor, cycle: str, council: str) -> int:
    """How many items are kept from somebody because they are of their own unit."""
    item = review_tables.review_item
    query = (
        sa.select(sa.func.count())
        .select_from(item)
        .where(item.c.cycle == cycle, item.c.unit.in_(own_units(actor, council)))
    )
    return int(connection.execute(query).scalar_one())


def members_of(connection: Connection, cycle: str) -> list[dict[str, Any]]:
    """The members of a cycle, cluster by cluster in the cycle's order."""
    member, cluster = t.cycle_member, t.cycle_cluster
    query = (
        sa.select(member.c.unit, member.c.title, member.c.cluster)
        .join(cluster, sa.and_(cluster.c.cycle == member.c.cycle, cluster.c.cluster == member.c.cluster))
        .where(member.c.cycle == cycle)
        .order_by(cluster.c.place, member.c.place)
    )
    return rows_as_dicts(connection.execute(query))


def cluster_of(connection: Connection, cycle: str, cluster: str) -> dict[str, Any] | None:
    """A cluster's code and title."""
    table = t.cycle_cluster
    query = sa.select(table.c.cluster, table.c.title).where(table.c.cycle == cycle, table.c.cluster == cluster)
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None
