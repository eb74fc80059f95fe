"""Read models of intake's cycles and submissions: upserted from its feed, in bulk."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as t
from services.verify.claims.model import ARCHIVED, ClusterCount, CountedMember, CycleRecord
from services.verify.claims.store.challenges import record_challenge
from services.verify.claims.store.views import CycleViews
from services.verify.sql import all_of, one_of, text_array

TURNS = 0x566572_696679_01  # an advisory lock of this service


class SqlCycles(CycleViews):
    """`ports.Cycles` over one connection."""

    def find(self, cycle: str) -> CycleRecord | None:
        columns = [t.cycle.c[name] for name in CycleRecord.__dataclass_fields__]
        row = self.connection.execute(sa.select(*columns).where(t.cycle.c.cycle == cycle)).mappings().one_or_none()
        return CycleRecord(**row) if row else None

    def lock(self, cycles: Iterable[str]) -> None:
        self.connection.execute(
            sa.select(t.cycle.c.cycle)
            .where(t.cycle.c.cycle == sa.any_(text_array(cycles)))
            .order_by(t.cycle.c.cycle)
            .with_for_update(key_share=True)
        )

    def take_turns(self) -> None:
        self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TURNS)))

    def record(self, data: Mapping[str, Any], now: datetime) -> None:
        cycle = data["cycle"]
        self._upsert_cycle(data, now)
        self._upsert_clusters(cycle, data["clusters"])
        self._upsert_members(cycle, data["clusters"])
        self._drop_others(cycle, data["clusters"])

    def _upsert_cycle(self, data: Mapping[str, Any], now: datetime) -> None:
        values = {
            name: data[name]
            for name in (
                *("cycle", "council", "council_title", "title", "period", "period_kind", "deadline_at", "state"),
                *("synthetic", "notice", "framework", "framework_sha256"),
            )
        } | {"recorded_at": now}
        self.connection.execute(
            postgresql.insert(t.cycle)
            .values(values)
            .on_conflict_do_update(index_elements=["cycle"], set_={k: v for k, v in values.items() if k != "cycle"})
        )

    def _upsert_clusters(self, cycle: str, clusters: Sequence[Mapping[str, Any]]) -> None:
        if not clusters:
            return
        insert = postgresql.insert(t.cycle_cluster)
        self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["cycle", "cluster"],
                set_={name: insert.excluded[name] for name in ("title", "place", "leading")},
            ),
            [
                {
                    "cycle": cycle,
                    "cluster": cluster["cluster"],
                    "title": cluster["title"],
                    "place": place,
                    "leading": sorted({unit for unit in (cluster["head"], *cluster["deputies"]) if unit}),
                }
                for place, cluster in enumerate(clusters)
            ],
        )

    def _upsert_members(self, cycle: str, clusters: Sequence[Mapping[str, Any]]) -> None:
        member = t.cycle_member
        rows = [
            {
                "cycle": cycle,
                "cluster": cluster["cluster"],
                "unit": entry["unit"],
                "title": entry["title"],
                "place": place,
                "begins_on": max((one["since"] for one in entry.get("predecessors", ())), default=None),
            }
            for cluster in clusters
            for place, entry in enumerate(cluster["members"])
        ]
        if rows:
            insert = postgresql.insert(member)
            self.connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["cycle", "unit"],
                    set_={name: insert.excluded[name] for name in ("cluster", "title", "place", "begins_on")},
                ),
                rows,
            )
        # A member that was away and came back finds its newest self-assessment again.
        newest = (
            sa.select(t.submission.c.unit, sa.func.max(t.submission.c.id).label("id"))
            .where(t.submission.c.cycle == cycle)
            .group_by(t.submission.c.unit)
            .subquery()
        )
        self.connection.execute(
            sa.update(member)
            .where(member.c.cycle == cycle, member.c.submission.is_(None), member.c.unit == newest.c.unit)
            .values(submission=newest.c.id)
        )

    def _drop_others(self, cycle: str, clusters: Sequence[Mapping[str, Any]]) -> None:
        units = text_array(member["unit"] for cluster in clusters for member in cluster["members"])
        member = t.cycle_member
        self.connection.execute(sa.delete(member).where(member.c.cycle == cycle, member.c.unit != sa.all_(units)))
        names = text_array(cluster["cluster"] for cluster in clusters)
        table = t.cycle_cluster
        self.connection.execute(sa.delete(table).where(table.c.cycle == cycle, table.c.cluster != sa.all_(names)))

    def is_member(self, cycle: str, unit: str) -> bool:
        member = t.cycle_member
        known = sa.exists().where(member.c.cycle == cycle, member.c.unit == unit)
        return bool(self.connection.execute(sa.select(known)).scalar_one())

    def members(self, cycle: str) -> Mapping[str, str]:
        rows = self.connection.execute(
            sa.select(t.cycle_member.c.unit, t.cycle_member.c.cluster).where(t.cycle_member.c.cycle == cycle)
        )
        return {row.unit: row.cluster for row in rows}

    def unit_names(self, cycle: str) -> Mapping[str, Sequence[str]]:
        member = t.cycle_member
        rows = self.connection.execute(sa.select(member.c.unit, member.c.title).where(member.c.cycle == cycle))
        return {row.unit: list(row.title.values()) for row in rows}

    def record_submission(self, data: Mapping[str, Any], now: datetime) -> bool:
        names = ("cycle", "unit", "number", "content_sha256")
        known = self.connection.execute(
            sa.select(t.submission.c.id).where(*(t.submission.c[name] == data[name] for name in names))
        ).scalar_one_or_none()
        number = known if known is not None else self._insert_submission(data, now)
        member = t.cycle_member
        moved = self.connection.execute(
            sa.update(member)
            .where(
                member.c.cycle == data["cycle"],
                member.c.unit == data["unit"],
                member.c.submission.is_distinct_from(number),
            )
            .values(submission=number)
        )
        return moved.rowcount == 1

    def record_covenant(self, data: Mapping[str, Any]) -> bool:
        newest = {revision["criterion"]: revision for revision in data["revisions"]}
        rows = [_target(data, target, newest.get(target["criterion"])) for target in data["targets"]]
        if not rows:
            return False
        table = t.covenant_target
        insert = postgresql.insert(table).values(rows)
        values = {name: insert.excluded[name] for name in _TARGET}
        different = sa.or_(*(table.c[name].is_distinct_from(value) for name, value in values.items()))
        result = self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["cycle", "unit", "criterion"], set_=values, where=different
            ).returning(table.c.criterion)
        )
        return bool(result.all())

    def record_challenge(self, data: Mapping[str, Any]) -> bool:
        return record_challenge(self.connection, data)

    def _insert_submission(self, data: Mapping[str, Any], now: datetime) -> int:
        names = ("cycle", "unit", "number", "content_sha256", "framework_sha256", "submitted_at", "late")
        number: int = self.connection.execute(
            sa.insert(t.submission)
            .values({name: data[name] for name in names} | {"received_at": now})
            .returning(t.submission.c.id)
        ).scalar_one()
        items = [{"submission": number, **{name: item[name] for name in _ITEM}} for item in data["items"]]
        evidence = [
            {"submission": number, "criterion": item["criterion"], "place": place, **{n: piece[n] for n in _EVIDENCE}}
            for item in data["items"]
            for place, piece in enumerate(item["evidence"])
        ]
        if items:
            self.connection.execute(sa.insert(t.submission_item), items)
        if evidence:
            self.connection.execute(sa.insert(t.submission_evidence), evidence)
        return number

    def revoke_sessions(self, account: str, before: datetime) -> None:
        insert = postgresql.insert(t.revoked_session).values(account=account, before=before)
        self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["account"],
                set_={"before": sa.func.greatest(t.revoked_session.c.before, insert.excluded.before)},
            )
        )

    def touched(self, council: str, units: Collection[str]) -> Mapping[str, Sequence[str]]:
        rows = self.connection.execute(
            sa.select(t.cycle_member.c.cycle, sa.func.array_agg(t.cycle_member.c.unit).label("units"))
            .join(t.cycle, t.cycle.c.cycle == t.cycle_member.c.cycle)
            .where(
                t.cycle.c.council == council,
                t.cycle.c.state != ARCHIVED,
                t.cycle_member.c.unit == sa.any_(text_array(units)),
            )
            .group_by(t.cycle_member.c.cycle)
            .order_by(t.cycle_member.c.cycle)
        )
        return {row.cycle: row.units for row in rows}

    def count_changes(self, cycle: str, units: Collection[str] | None) -> Sequence[CountedMember]:
        member = t.cycle_member
        changed = self.connection.execute(
            sa.update(member)
            .where(member.c.cycle == cycle, *([] if units is None else [member.c.unit == sa.any_(text_array(units))]))
            .values(changes=member.c.changes + 1)
            .returning(*_counted())
        )
        return all_of(CountedMember, changed)

    def count_cohort_change(self, cycle: str) -> int:
        count: int = self.connection.execute(
            sa.update(t.cycle)
            .where(t.cycle.c.cycle == cycle)
            .values(changes=t.cycle.c.changes + 1)
            .returning(t.cycle.c.changes)
        ).scalar_one()
        return count

    def changes(self, cycle: str) -> int:
        return int(self.connection.execute(sa.select(t.cycle.c.changes).where(t.cycle.c.cycle == cycle)).scalar_one())

    def counted_member(self, cycle: str, unit: str) -> CountedMember | None:
        member = t.cycle_member
        query = sa.select(*_counted()).where(member.c.cycle == cycle, member.c.unit == unit)
        return one_of(CountedMember, self.connection.execute(query))

    def state(self, cycle: str) -> str | None:
        return self.connection.execute(sa.select(t.cycle.c.state).where(t.cycle.c.cycle == cycle)).scalar_one_or_none()

    def cluster_counts(self, cycle: str, among: Collection[str] | None = None) -> Sequence[ClusterCount]:
        member = t.cycle_member
        query = (
            sa.select(
                member.c.cluster,
                sa.func.count().label("members"),
                sa.func.count(member.c.submission).label("sent"),
            )
            .where(member.c.cycle == cycle)
            .group_by(member.c.cluster)
        )
        if among is not None:
            query = query.where(member.c.cluster == sa.any_(text_array(among)))
        return all_of(ClusterCount, self.connection.execute(query))

    def units_sent(self, cycle: str, clusters: Collection[str]) -> Sequence[str]:
        member = t.cycle_member
        query = sa.select(member.c.unit).where(
            member.c.cycle == cycle, member.c.cluster == sa.any_(text_array(clusters)), member.c.submission.is_not(None)
        )
        return list(self.connection.execute(query).scalars())

    def note_screening(
        self,
        cycle: str,
        screening: uuid.UUID,
        notes: Sequence[Mapping[str, Any]],
        expected_false: float,
        now: datetime,
    ) -> None:
        self.connection.execute(
            sa.update(t.cycle)
            .where(t.cycle.c.cycle == cycle)
            .values(screening=screening, notes=list(notes), expected_false=expected_false, screened_at=now)
        )

    def cluster_members_who_submitted(self, cycle: str, unit: str) -> Sequence[str]:
        member, other = t.cycle_member, t.cycle_member.alias("other")
        return list(
            self.connection.execute(
                sa.select(other.c.unit)
                .join(member, sa.and_(member.c.cycle == other.c.cycle, member.c.cluster == other.c.cluster))
                .where(member.c.cycle == cycle, member.c.unit == unit, other.c.submission.is_not(None))
            ).scalars()
        )

    def sent_number(self, cycle: str, unit: str) -> int:
        member = t.cycle_member
        query = (
            sa.select(t.submission.c.number)
            .join(member, member.c.submission == t.submission.c.id)
            .where(member.c.cycle == cycle, member.c.unit == unit)
        )
        return int(self.connection.execute(query).scalar_one_or_none() or 0)

    def seats(self, cycle: str, cluster: str) -> tuple[Sequence[str], Sequence[str]]:
        table, member = t.cycle_cluster, t.cycle_member
        leading = self.connection.execute(
            sa.select(table.c.leading).where(table.c.cycle == cycle, table.c.cluster == cluster)
        ).scalar_one_or_none()
        units = sa.select(member.c.unit).where(member.c.cycle == cycle, member.c.cluster == cluster)
        return leading or [], list(self.connection.execute(units).scalars())


def _counted() -> tuple[sa.ColumnElement[Any], ...]:
    member = t.cycle_member
    return member.c.unit, member.c.cluster, member.c.changes, member.c.submission.is_not(None).label("sent")


def _target(data: Mapping[str, Any], target: Mapping[str, Any], revision: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "cycle": data["cycle"],
        "unit": data["unit"],
        "criterion": target["criterion"],
        "counting": target["counting"],
        "revised": revision["value"] if revision else None,
        "revised_by": revision["document_number"] if revision else "",
        "recognised": bool(revision and revision["recognition"]),
        **{name: target[name] for name in ("baseline", "assigned", "national")},
    }


_TARGET = ("counting", "revised", "revised_by", "recognised", "baseline", "assigned", "national")
_ITEM = ("criterion", "value", "self_points", "target", "calculation", "note", "explanation")
_EVIDENCE = ("sha256", "size", "media_type", "document_number", "issuer", "issued_on", "signer", "reference_only")
