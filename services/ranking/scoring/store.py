"""Scoring's repository: read models in, domain objects out; sheets and editions are only ever added."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping
from sqlalchemy.dialects import postgresql

from services.ranking.scoring import tables
from services.ranking.editions.model import StoredEdition, StoredPublication
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

SCORE_COLUMNS = (
    *("criterion", "points", "status", "basis", "left_out", "value", "target", "claimed_value", "self_points"),
    *("observation", "decision", "recognised"),
)


class SqlScoringRecords:
    """`services.ranking.ports.ScoringRecords` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # --- read models ------------------------------------------------------------------------------------------

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

    def lock(self, *names: str) -> None:
        """Take turns with everybody who locks the same names, until the end of the transaction."""
        digest = hashlib.sha256("/".join(names).encode()).digest()
        key = int.from_bytes(digest[:8], "big") >> 1
        self.connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

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

    # --- editions ---------------------------------------------------------------------------------------------

    def editions(self, cycle: str) -> list[StoredEdition]:
        """All editions of a cycle, without their documents, newest first."""
        return self._editions(tables.edition.c.cycle == cycle)

    def published_editions(self) -> list[StoredEdition]:
        """The newest published edition for the public of every cycle, newest first."""
        editions = self._editions(
            tables.edition.c.audience == "public", tables.publication.c.record_number.is_not(None)
        )
        newest: dict[str, StoredEdition] = {}
        for edition in editions:
            newest.setdefault(edition.cycle, edition)
        return list(newest.values())

    def edition(self, cycle: str, audience: str, number: int) -> StoredEdition | None:
        """One edition without its document."""
        table = tables.edition.c
        return next(
            iter(self._editions(table.cycle == cycle, table.audience == audience, table.number == number)), None
        )

    def last_edition(self, cycle: str, audience: str) -> StoredEdition | None:
        """The end of a chain."""
        table = tables.edition.c
        return max(
            self._editions(table.cycle == cycle, table.audience == audience), key=lambda e: e.number, default=None
        )

    def _editions(self, *conditions: sa.ColumnElement[bool]) -> list[StoredEdition]:
        edition, publication = tables.edition, tables.publication
        columns = [column for column in edition.columns if column.name != "document"]
        joined = edition.outerjoin(publication).join(tables.cycle, tables.cycle.c.cycle == edition.c.cycle)
        rows = self.connection.execute(
            sa.select(
                *columns,
                tables.cycle.c.synthetic,
                *(publication.c[name] for name in ("record_number", "decided_on", "recorded_at")),
            )
            .select_from(joined)
            .where(*conditions)
            .order_by(edition.c.issued_at.desc(), edition.c.number.desc(), edition.c.audience)
        )
        return [_edition(row) for row in rows.mappings()]

    def edition_document(self, cycle: str, audience: str, number: int) -> bytes:
        """The bytes as they were signed."""
        table = tables.edition
        document: bytes = self.connection.execute(
            sa.select(table.c.document).where(
                table.c.cycle == cycle, table.c.audience == audience, table.c.number == number
            )
        ).scalar_one()
        return bytes(document)

    def add_edition(self, edition: StoredEdition, document: bytes) -> None:
        """Keep an edition for ever."""
        values = {name: value for name, value in vars(edition).items() if name not in ("publication", "synthetic")}
        self.connection.execute(sa.insert(tables.edition).values(**values, document=document))

    def add_publication(self, edition: StoredEdition, publication: StoredPublication, account: str) -> None:
        """Keep the Council's act for ever."""
        self.connection.execute(
            sa.insert(tables.publication).values(
                cycle=edition.cycle,
                audience=edition.audience,
                number=edition.number,
                recorded_by=account,
                **vars(publication),
            )
        )


def _of_sheet(table: sa.Table, sheet: FrozenSheet) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.cycle == sheet.cycle,
        table.c.cluster == sheet.cluster,
        table.c.version == sheet.version,
    )


def _cycle(row: RowMapping) -> Cycle:
    return Cycle(
        **{
            name: row[name]
            for name in (
                *("council", "council_title", "cycle", "title", "period", "deadline_at", "state", "synthetic"),
                *("notice", "framework_sha256"),
            )
        }
    )


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


def _edition(row: RowMapping) -> StoredEdition:
    publication = None
    if row["record_number"] is not None:
        publication = StoredPublication(row["record_number"], row["decided_on"], row["recorded_at"])
    names = [name for name in StoredEdition.__dataclass_fields__ if name != "publication"]
    return StoredEdition(**{name: row[name] for name in names}, publication=publication)
