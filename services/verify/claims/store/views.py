"""Cycles, clusters and members as people look at them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as t
from services.verify.claims.model import (
    ARCHIVED,
    CycleOfMember,
    ListedCycle,
    Member,
    Membership,
    ShownCluster,
    ShownCycle,
    ShownUnit,
)
from services.verify.sql import all_of, one_of, select_fields

_LISTED = tuple(ListedCycle.__dataclass_fields__)


class CycleViews:
    """The part of `ports.Cycles` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def listed(self, councils: Collection[str]) -> Sequence[ListedCycle]:
        query = (
            select_fields(ListedCycle, t.cycle)
            .where(t.cycle.c.council.in_(councils))
            .order_by(t.cycle.c.period.desc(), t.cycle.c.cycle)
        )
        return all_of(ListedCycle, self.connection.execute(query))

    def shown(self, cycle: str, councils: Collection[str]) -> ShownCycle | None:
        query = select_fields(ShownCycle, t.cycle).where(t.cycle.c.cycle == cycle, t.cycle.c.council.in_(councils))
        return one_of(ShownCycle, self.connection.execute(query))

    def of_member(self, cycle: str, unit: str) -> CycleOfMember | None:
        member = t.cycle_member
        query = (
            select_fields(ShownCycle, t.cycle)
            .add_columns(member.c.unit, member.c.title.label("unit_title"), member.c.cluster)
            .join(member, member.c.cycle == t.cycle.c.cycle)
            .where(t.cycle.c.cycle == cycle, member.c.unit == unit)
        )
        return one_of(CycleOfMember, self.connection.execute(query))

    def memberships(self, homes: Mapping[str, Sequence[str]]) -> Sequence[Membership]:
        cycle, member = t.cycle, t.cycle_member
        among = (sa.and_(cycle.c.council == council, member.c.unit.in_(units)) for council, units in homes.items())
        query = (
            sa.select(cycle.c.cycle, cycle.c.title, cycle.c.period, member.c.unit, member.c.title.label("unit_title"))
            .join(member, member.c.cycle == cycle.c.cycle)
            .where(sa.or_(sa.false(), *among))
            .order_by(cycle.c.period.desc(), cycle.c.cycle, member.c.place)
        )
        return all_of(Membership, self.connection.execute(query))

    def listed_members(self, cycle: str) -> Sequence[Member]:
        member, cluster = t.cycle_member, t.cycle_cluster
        query = (
            sa.select(member.c.unit, member.c.title, member.c.cluster)
            .join(cluster, sa.and_(cluster.c.cycle == member.c.cycle, cluster.c.cluster == member.c.cluster))
            .where(member.c.cycle == cycle)
            .order_by(cluster.c.place, member.c.place)
        )
        return all_of(Member, self.connection.execute(query))

    def cluster(self, cycle: str, cluster: str) -> ShownCluster | None:
        table = t.cycle_cluster
        query = select_fields(ShownCluster, table).where(table.c.cycle == cycle, table.c.cluster == cluster)
        return one_of(ShownCluster, self.connection.execute(query))

    def titles(self, cycle: str) -> Mapping[str, Mapping[str, str]]:
        member = t.cycle_member
        rows = self.connection.execute(sa.select(member.c.unit, member.c.title).where(member.c.cycle == cycle))
        return {row.unit: row.title for row in rows}

    def living_frameworks(self, council: str) -> Sequence[tuple[Mapping[str, Any], str]]:
        query = sa.select(t.cycle.c.framework, t.cycle.c.framework_sha256).where(
            t.cycle.c.council == council, t.cycle.c.state != ARCHIVED
        )
        rows = self.connection.execute(query.order_by(t.cycle.c.cycle))
        return [(row.framework, row.framework_sha256) for row in rows]

    def living_units(self, council: str) -> Sequence[ShownUnit]:
        member = t.cycle_member
        query = (
            sa.select(member.c.unit, member.c.title)
            .ext(postgresql.distinct_on(member.c.unit))
            .join(t.cycle, t.cycle.c.cycle == member.c.cycle)
            .where(t.cycle.c.council == council, t.cycle.c.state != ARCHIVED)
            .order_by(member.c.unit, t.cycle.c.recorded_at.desc())
        )
        return all_of(ShownUnit, self.connection.execute(query))

    def councils(self, councils: Collection[str]) -> Mapping[str, str]:
        query = sa.select(t.cycle.c.cycle, t.cycle.c.council).where(t.cycle.c.council.in_(councils))
        return {row.cycle: row.council for row in self.connection.execute(query)}

    def void_before(self, account: str) -> datetime | None:
        query = sa.select(t.revoked_session.c.before).where(t.revoked_session.c.account == account)
        return self.connection.execute(query).scalar_one_or_none()
