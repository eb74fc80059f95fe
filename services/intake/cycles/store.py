"""Cycles, their frameworks and their frozen clusters as rows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.model import Cycle, CycleCluster, Extension, Member, Quota, RollUp
from services.intake.cycles.tables import (
    cycle,
    cycle_cluster,
    cycle_extension,
    cycle_member,
    cycle_quota,
    cycle_roll_up,
)
from services.intake.directory import tables as directory_tables
from services.intake.directory.model import Succession, title_column, title_of
from services.intake.directory.tables import council
from services.intake.people.model import Editor
from services.intake.vietnamese import sort_key
from shared.criteria.loader import load_document
from shared.criteria.model import Framework


class Frameworks:
    """Frameworks by hash, kept in memory: a hash never means anything else."""

    MOST = 64

    def __init__(self) -> None:
        self._known: dict[str, Framework] = {}

    def get(self, connection: Connection, sha256: str) -> Framework:
        """The framework of that hash, read and parsed once per process."""
        framework = self._known.get(sha256)
        if framework is None:
            document = connection.execute(
                sa.select(cycles_tables.framework.c.document).where(cycles_tables.framework.c.sha256 == sha256)
            ).scalar_one()
            framework = load_document(document)
            if len(self._known) >= self.MOST:
                self._known.clear()
            self._known[sha256] = framework
        return framework


class SqlCycles:
    """`services.intake.cycles.ports.Cycles` on PostgreSQL."""

    def __init__(self, connection: Connection, frameworks: Frameworks) -> None:
        self.connection = connection
        self.frameworks = frameworks

    def get(self, code: str, *, lock: str | None = None) -> Cycle | None:
        statement = _cycles().where(cycle.c.code == code)
        if lock:
            statement = statement.with_for_update(read=lock == "share", of=cycle)
        row = self.connection.execute(statement).mappings().one_or_none()
        return _cycle(row) if row else None

    def all(self) -> Sequence[Cycle]:
        rows = self.connection.execute(_cycles().order_by(cycle.c.recorded_at.desc(), cycle.c.code))
        return [_cycle(row) for row in rows.mappings()]

    def due(self, moment: datetime) -> Sequence[str]:
        """Open cycles whose time is over, by code."""
        cycle = cycles_tables.cycle
        rows = self.connection.execute(
            _cycles().where(cycle.c.state == "open", cycle.c.closes_at <= moment).order_by(cycle.c.code)
        )
        return [found.code for found in map(_cycle, rows.mappings()) if found.is_due(moment)]

    def add(self, cycle: Cycle, framework: Framework, at: datetime) -> bool:
        """Keep a new cycle; False if its code is taken."""
        self.connection.execute(
            postgresql.insert(cycles_tables.framework)
            .values(sha256=framework.sha256, document=dict(framework.document), recorded_at=at)
            .on_conflict_do_nothing()
        )
        council = (
            sa.select(directory_tables.council.c.id)
            .where(directory_tables.council.c.code == cycle.council)
            .scalar_subquery()
        )
        result = self.connection.execute(
            postgresql.insert(cycles_tables.cycle)
            .values(
                code=cycle.code,
                council_id=council,
                title=title_column(cycle.title),
                period=cycle.period,
                period_kind=cycle.period_kind,
                deadline_at=cycle.deadline_at,
                closes_at=cycle.closes_at,
                synthetic=cycle.synthetic,
                notice=title_column(cycle.notice) if cycle.notice else sa.null(),
                framework_sha256=cycle.framework_sha256,
                state=cycle.state,
                version=cycle.version,
                recorded_at=at,
            )
            .on_conflict_do_nothing()
            .returning(cycles_tables.cycle.c.id)
        )
        return result.one_or_none() is not None

    def save(self, cycle: Cycle) -> None:
        """Keep the cycle's new state; nothing else of it ever changes."""
        self.connection.execute(
            sa.update(cycles_tables.cycle)
            .where(cycles_tables.cycle.c.code == cycle.code)
            .values(state=cycle.state, version=cycle.version)
        )

    def adopt(self, cycle: str, framework_sha256: str) -> None:
        """Another framework for a cycle that is being prepared; the database refuses it for any other."""
        self.connection.execute(
            sa.update(cycles_tables.cycle)
            .where(cycles_tables.cycle.c.code == cycle)
            .values(framework_sha256=framework_sha256)
        )

    def extend(self, cycle: str, extension: Extension) -> None:
        """Keep an extension; none is ever taken back or changed."""
        number = sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle).scalar_subquery()
        self.connection.execute(
            sa.insert(cycle_extension).values(
                cycle_id=number,
                unit=extension.unit,
                deadline_at=extension.deadline_at,
                closes_at=extension.closes_at,
                reason=extension.reason,
                document=extension.document,
                account=extension.account,
                account_name=extension.name,
                at=extension.at,
            )
        )

    def framework(self, sha256: str) -> Framework:
        return self.frameworks.get(self.connection, sha256)

    def freeze(self, cycle: str, clusters: Sequence[CycleCluster]) -> None:
        """Copy clusters and members into the cycle."""
        number = self.connection.execute(
            sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle)
        ).scalar_one()
        self.connection.execute(
            sa.insert(cycle_cluster),
            [
                {
                    "cycle_id": number,
                    "code": cluster.code,
                    "title": title_column(cluster.title),
                    "method": cluster.method,
                    "head": cluster.head,
                    "deputies": list(cluster.deputies),
                }
                for cluster in clusters
            ],
        )
        members = [member for cluster in clusters for member in cluster.members]
        self.connection.execute(
            sa.insert(cycle_member),
            [
                {
                    "cycle_id": number,
                    "unit": member.unit,
                    "title": title_column(member.title),
                    "cluster": member.cluster,
                    "sort_key": sort_key(member.title.in_language("vi")),
                    "search_key": member.search_key,
                    "predecessors": [
                        {"unit": one.predecessor, "since": one.since.isoformat(), "legal_source": one.legal_source}
                        for one in member.predecessors
                    ],
                }
                for member in members
            ],
        )

    def clusters(self, cycle: str) -> Sequence[CycleCluster]:
        member, cluster = cycle_member, cycle_cluster
        members: dict[str, list[Member]] = {}
        for row in self.connection.execute(_of_cycle(member, cycle).order_by(member.c.unit)).mappings():
            members.setdefault(row["cluster"], []).append(_member(row))
        rows = self.connection.execute(_of_cycle(cluster, cycle).order_by(cluster.c.code)).mappings()
        quotas = self.quotas(cycle)
        return [
            CycleCluster(
                code=row["code"],
                title=title_of(row["title"]),
                method=row["method"],
                head=row["head"],
                deputies=tuple(row["deputies"]),
                members=tuple(members.get(row["code"], ())),
                quota=quotas.get(row["code"]),
            )
            for row in rows
        ]

    def quotas(self, cycle: str) -> Mapping[str, Quota]:
        """The newest of each cluster."""
        quota = cycle_quota
        rows = self.connection.execute(_of_cycle(quota, cycle).order_by(quota.c.id)).mappings()
        return {
            row["cluster"]: Quota(
                row["cluster"], row["flags"], row["legal_source"], row["account"], row["account_name"], row["at"]
            )
            for row in rows
        }

    def set_quotas(self, cycle: str, quotas: Sequence[Quota]) -> None:
        """Keep new quotas; the earlier ones stay."""
        number = self.connection.execute(
            sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle)
        ).scalar_one()
        self.connection.execute(
            sa.insert(cycle_quota),
            [
                {
                    "cycle_id": number,
                    "cluster": one.cluster,
                    "flags": one.flags,
                    "legal_source": one.legal_source,
                    "account": one.account,
                    "account_name": one.name,
                    "at": one.at,
                }
                for one in quotas
            ],
        )

    def member(self, cycle: str, unit: str) -> Member | None:
        member = cycle_member
        row = self.connection.execute(_of_cycle(member, cycle).where(member.c.unit == unit)).mappings().one_or_none()
        return _member(row) if row else None

    def roll_up(self, cycle: str) -> RollUp | None:
        """The newest; None where it names no parts."""
        table = cycle_roll_up
        newest = _of_cycle(table, cycle).order_by(table.c.id.desc()).limit(1)
        row = self.connection.execute(newest).mappings().one_or_none()
        if row is None or not row["document"]["parts"]:
            return None
        said = row["document"]
        return RollUp(tuple(said["parts"]), said["rule"], said["rules"])

    def set_roll_up(self, cycle: str, roll_up: RollUp, edit: Editor) -> None:
        """Keep a new declaration; the earlier ones stay."""
        number = sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle).scalar_subquery()
        self.connection.execute(
            sa.insert(cycle_roll_up).values(
                cycle_id=number,
                document=roll_up.document(),
                account=edit.account,
                account_name=edit.name,
                at=edit.at,
            )
        )


def _cycles() -> sa.Select[Any]:
    extension = cycle_extension
    # Its rows as one JSON column: a cycle is read with every request, and has few extensions or none.
    extensions = (
        sa.select(sa.func.json_agg(aggregate_order_by(sa.func.to_json(extension.table_valued()), extension.c.id)))
        .where(extension.c.cycle_id == cycle.c.id)
        .scalar_subquery()
    )
    return sa.select(cycle, council.c.code.label("council"), extensions.label("extensions")).join(
        council, council.c.id == cycle.c.council_id
    )


def _of_cycle(table: sa.Table, cycle: str) -> sa.Select[Any]:
    return (
        sa.select(table)
        .join(cycles_tables.cycle, cycles_tables.cycle.c.id == table.c.cycle_id)
        .where(cycles_tables.cycle.c.code == cycle)
    )


def _member(row: Any) -> Member:
    links = tuple(
        Succession(row["unit"], one["unit"], date.fromisoformat(one["since"]), one["legal_source"])
        for one in row["predecessors"]
    )
    return Member(row["unit"], title_of(row["title"]), row["cluster"], links)


def _extension(document: dict[str, Any]) -> Extension:
    return Extension(
        unit=document["unit"],
        deadline_at=_moment(document["deadline_at"]),
        closes_at=_moment(document["closes_at"]),
        reason=document["reason"],
        document=document["document"],
        account=document["account"],
        name=document["account_name"],
        at=_moment(document["at"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _cycle(row: Any) -> Cycle:
    cycle = Cycle(
        code=row["code"],
        council=row["council"],
        title=title_of(row["title"]),
        period=row["period"],
        period_kind=row["period_kind"],
        deadline_at=row["deadline_at"],
        closes_at=row["closes_at"],
        synthetic=row["synthetic"],
        notice=title_of(row["notice"]) if row["notice"] else None,
        framework_sha256=row["framework_sha256"],
        state=row["state"],
        version=row["version"],
    )
    return cycle.extended([_extension(document) for document in row["extensions"] or ()])
