"""Scoring's records in the database: read models in, frozen sheets, which are only ever added."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping
from sqlalchemy.dialects import postgresql

from services.ranking.scoring import tables
from services.ranking.scoring.model import (
    Cluster,
    CountedItem,
    Cycle,
    FrozenScore,
    FrozenSheet,
    FrozenUnit,
    Member,
    Submission,
    Verification,
)

CYCLE_COLUMNS = (
    *("cycle", "council", "council_title", "title", "period", "period_kind", "deadline_at", "state"),
    *("synthetic", "notice", "framework_sha256"),
)
SUBMISSION_COLUMNS = (
    *("cycle", "unit", "cluster", "number", "content_sha256", "framework_sha256"),
    *("submitted_at", "late"),
)
VERIFICATION_COLUMNS = (
    *("cycle", "unit", "cluster", "framework_sha256", "submission_number", "submission_sha256"),
    "cohort_screened",
)
SCORE_COLUMNS = (
    *("criterion", "points", "status", "basis", "left_out", "value", "target", "claimed_value", "self_points"),
    *("observation", "decision", "recognised"),
)


class SqlScoringRecords:
    """`services.ranking.scoring.ports.ScoringRecords` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # --- what intake and verify published ---------------------------------------------------------------------

    def lock_cycle(self, cycle: str) -> None:
        """Take turns with everybody who changes this cycle, until the end of the transaction."""
        digest = hashlib.sha256(f"ranking/cycle/{cycle}".encode()).digest()
        key = int.from_bytes(digest[:8], "big") >> 1
        self.connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def save_cycle(self, cycle: Mapping[str, Any], at: datetime) -> None:
        """Keep the cycle, its framework, its clusters and members as they stand. Frozen sheets keep theirs."""
        self.connection.execute(
            postgresql.insert(tables.framework)
            .values(sha256=cycle["framework_sha256"], document=cycle["framework"], recorded_at=at)
            .on_conflict_do_nothing()
        )
        self._upsert(tables.cycle, ["cycle"], {**_picked(cycle, CYCLE_COLUMNS), "recorded_at": at})
        self.connection.execute(sa.delete(tables.cluster).where(tables.cluster.c.cycle == cycle["cycle"]))
        for position, cluster in enumerate(cycle["clusters"]):
            keys = {"cycle": cycle["cycle"], "cluster": cluster["cluster"]}
            self.connection.execute(
                sa.insert(tables.cluster).values(
                    **keys, title=cluster["title"], method=cluster["method"], position=position
                )
            )
            members = [
                {**keys, "unit": member["unit"], "title": member["title"], "position": place}
                for place, member in enumerate(cluster["members"])
            ]
            if members:
                self.connection.execute(sa.insert(tables.member), members)

    def save_submission(self, submission: Mapping[str, Any]) -> None:
        """Keep number and hash of a unit's newest self-assessment."""
        self._upsert(tables.submission, ["cycle", "unit"], _picked(submission, SUBMISSION_COLUMNS))

    def save_verification(
        self, verification: Mapping[str, Any], items: Sequence[Mapping[str, Any]], at: datetime
    ) -> None:
        """Keep what counts for a unit now; `items` are JSON documents."""
        values = {**_picked(verification, VERIFICATION_COLUMNS), "items": list(items), "recorded_at": at}
        self._upsert(tables.verification, ["cycle", "unit"], values)

    def _upsert(self, table: sa.Table, keys: list[str], values: Mapping[str, Any]) -> None:
        insert = postgresql.insert(table).values(values)
        self.connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=values))

    def cycles(self) -> list[Cycle]:
        """All cycles, newest deadline first."""
        table = tables.cycle
        rows = self.connection.execute(sa.select(table).order_by(table.c.deadline_at.desc(), table.c.cycle))
        return [_cycle(row) for row in rows.mappings()]

    def cycle(self, code: str) -> Cycle | None:
        """One cycle."""
        row = self.connection.execute(sa.select(tables.cycle).where(tables.cycle.c.cycle == code)).mappings().first()
        return _cycle(row) if row else None

    def framework_document(self, sha256: str) -> Mapping[str, Any]:
        """The framework of that hash as plain data."""
        table = tables.framework
        document: Mapping[str, Any] = self.connection.execute(
            sa.select(table.c.document).where(table.c.sha256 == sha256)
        ).scalar_one()
        return document

    def clusters(self, cycle: str) -> list[Cluster]:
        """The cycle's clusters in its order, each with its members and what has arrived about them."""
        members: dict[str, list[Member]] = {}
        submissions = {row["unit"]: row for row in self._of_cycle(tables.submission, cycle)}
        verifications = {row["unit"]: row for row in self._of_cycle(tables.verification, cycle)}
        for row in self._of_cycle(tables.member, cycle, "position"):
            unit = row["unit"]
            member = Member(
                unit,
                row["title"],
                _submission(submissions[unit]) if unit in submissions else None,
                _verification(verifications[unit]) if unit in verifications else None,
            )
            members.setdefault(row["cluster"], []).append(member)
        return [
            Cluster(row["cluster"], row["title"], row["method"], tuple(members.get(row["cluster"], ())))
            for row in self._of_cycle(tables.cluster, cycle, "position")
        ]

    def _of_cycle(self, table: sa.Table, cycle: str, *order: str) -> list[RowMapping]:
        query = sa.select(table).where(table.c.cycle == cycle).order_by(*(table.c[name] for name in order))
        return list(self.connection.execute(query).mappings())

    # --- frozen sheets ----------------------------------------------------------------------------------------

    def newest_sheets(self, cycle: str) -> list[FrozenSheet]:
        """The newest frozen sheet of every cluster, in the order of the clusters' codes."""
        table = tables.score_sheet
        rows = self.connection.execute(
            sa.select(table)
            .where(table.c.cycle == cycle)
            .ext(postgresql.distinct_on(table.c.cluster))
            .order_by(table.c.cluster, table.c.version.desc())
        )
        return [_sheet(row) for row in rows.mappings()]

    def sheet(self, cycle: str, cluster: str, version: int | None = None) -> FrozenSheet | None:
        """One version of a sheet; the newest where no version is asked for."""
        table = tables.score_sheet
        query = sa.select(table).where(table.c.cycle == cycle, table.c.cluster == cluster)
        if version is not None:
            query = query.where(table.c.version == version)
        row = self.connection.execute(query.order_by(table.c.version.desc()).limit(1)).mappings().first()
        return _sheet(row) if row else None

    def frozen_units(self, sheet: FrozenSheet) -> tuple[FrozenUnit, ...]:
        """Everything a sheet holds, units in the cycle's order, scores in the framework's."""
        score, unit = tables.frozen_score, tables.frozen_unit
        scores: dict[str, list[FrozenScore]] = {}
        for row in self.connection.execute(sa.select(score).where(*_of_sheet(score, sheet))).mappings():
            scores.setdefault(row["unit"], []).append(FrozenScore(**{name: row[name] for name in SCORE_COLUMNS}))
        rows = self.connection.execute(sa.select(unit).where(*_of_sheet(unit, sheet)).order_by(unit.c.position))
        return tuple(
            FrozenUnit(
                row["unit"],
                row["title"],
                row["submission_number"],
                row["submission_sha256"],
                tuple(scores.get(row["unit"], ())),
            )
            for row in rows.mappings()
        )

    def add_sheet(self, sheet: FrozenSheet, document: bytes, units: Sequence[FrozenUnit]) -> None:
        """Keep a sheet for ever."""
        keys = {"cycle": sheet.cycle, "cluster": sheet.cluster, "version": sheet.version}
        self.connection.execute(sa.insert(tables.score_sheet).values(**vars(sheet), document=document))
        if not units:
            return
        self.connection.execute(
            sa.insert(tables.frozen_unit),
            [
                {
                    **keys,
                    "unit": unit.unit,
                    "title": unit.title,
                    "position": position,
                    "submission_number": unit.submission_number,
                    "submission_sha256": unit.submission_sha256,
                }
                for position, unit in enumerate(units)
            ],
        )
        scores = [{**keys, "unit": unit.unit, **vars(score)} for unit in units for score in unit.scores]
        if scores:
            self.connection.execute(sa.insert(tables.frozen_score), scores)


def _picked(data: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: data[name] for name in names}


def _of_sheet(table: sa.Table, sheet: FrozenSheet) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.cycle == sheet.cycle,
        table.c.cluster == sheet.cluster,
        table.c.version == sheet.version,
    )


def _cycle(row: RowMapping) -> Cycle:
    return Cycle(**{name: row[name] for name in Cycle.__dataclass_fields__})


def _submission(row: RowMapping) -> Submission:
    return Submission(row["number"], row["content_sha256"])


def _verification(row: RowMapping) -> Verification:
    names = CountedItem.__dataclass_fields__
    return Verification(
        framework_sha256=row["framework_sha256"],
        submission_number=row["submission_number"],
        submission_sha256=row["submission_sha256"],
        cohort_screened=row["cohort_screened"],
        items=tuple(CountedItem(**{name: item.get(name) for name in names}) for item in row["items"]),
    )


def _sheet(row: RowMapping) -> FrozenSheet:
    return FrozenSheet(**{name: row[name] for name in FrozenSheet.__dataclass_fields__})
