"""Scans, deletions and retention periods as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.cycles.tables import cycle
from services.intake.files.model import CLEAN, NOT_SCANNED, REFUSED, ExpiredFile, FileState, RetentionRule, Verdict
from services.intake.files.tables import (
    cycle_retention,
    evidence_deletion,
    evidence_file,
    evidence_scan,
    evidence_upload,
    round_file,
)

_file, _cycle = evidence_file, cycle


# Who brought which file: for a self-assessment, or for a cluster's round (its name stands where no unit does).
_upload = sa.union_all(
    sa.select(
        *(evidence_upload.c[name] for name in ("sha256", "cycle_id", "unit", "account", "uploaded_at")),
    ),
    sa.select(
        round_file.c.sha256,
        round_file.c.cycle_id,
        sa.func.coalesce(round_file.c.unit, round_file.c.cluster),
        round_file.c.account,
        round_file.c.at,
    ),
).subquery("brought")


class SqlRetention:
    """`services.intake.files.ports.Retention` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, sha256s: Iterable[str]) -> Mapping[str, FileState]:
        wanted = sorted(set(sha256s))
        if not wanted:
            return {}
        scan, gone = evidence_scan, evidence_deletion
        is_gone = sa.and_(gone.c.sha256 == _file.c.sha256, ~_brought_since(gone))
        rows = self.connection.execute(
            sa.select(_file.c.sha256, scan.c.clean, scan.c.found, gone.c.at.label("deleted_at"), gone.c.legal_source)
            .outerjoin(scan, scan.c.sha256 == _file.c.sha256)
            .outerjoin(gone, is_gone)
            .where(_file.c.sha256.in_(wanted))
        )
        return {
            row.sha256: FileState(
                NOT_SCANNED if row.clean is None else CLEAN if row.clean else REFUSED,
                row.found or "",
                row.deleted_at,
                row.legal_source or "",
            )
            for row in rows
        }

    def unscanned(self, limit: int) -> Sequence[str]:
        scanned = sa.exists().where(evidence_scan.c.sha256 == _file.c.sha256)
        query = (
            sa.select(_file.c.sha256)
            .where(~scanned, ~_is_gone(_file.c.sha256))
            .order_by(_file.c.stored_at, _file.c.sha256)
        )
        return list(self.connection.execute(query.limit(limit)).scalars())

    def add_scan(self, sha256: str, verdict: Verdict, at: datetime) -> bool:
        added = (
            postgresql.insert(evidence_scan)
            .values(sha256=sha256, clean=verdict.clean, found=verdict.found, at=at)
            .on_conflict_do_nothing()
            .returning(evidence_scan.c.sha256)
        )
        return self.connection.execute(added).one_or_none() is not None

    def brought_by(self, sha256: str) -> Sequence[tuple[str, str, str]]:
        rows = self.connection.execute(
            sa.select(_cycle.c.code, _upload.c.unit, _upload.c.account)
            .join(_cycle, _cycle.c.id == _upload.c.cycle_id)
            .where(_upload.c.sha256 == sha256)
            .order_by(_upload.c.uploaded_at)
        )
        return [(row.code, row.unit, row.account) for row in rows]

    def rules(self) -> Mapping[str, RetentionRule]:
        rows = self.connection.execute(
            sa.select(_cycle.c.code, cycle_retention.c.years, cycle_retention.c.legal_source).join(
                cycle_retention, cycle_retention.c.cycle_id == _cycle.c.id
            )
        )
        return {row.code: RetentionRule(row.years, row.legal_source) for row in rows}

    def save_rule(self, cycle: str, rule: RetentionRule) -> None:
        values = {"years": rule.years, "legal_source": rule.legal_source}
        number = sa.select(_cycle.c.id).where(_cycle.c.code == cycle).scalar_subquery()
        self.connection.execute(
            postgresql.insert(cycle_retention)
            .values(cycle_id=number, **values)
            .on_conflict_do_update(index_elements=["cycle_id"], set_=values)
        )

    def only_in(self, cycles: Collection[str], limit: int) -> Sequence[ExpiredFile]:
        if not cycles:
            return []
        each = _uploads_in(cycles).ext(postgresql.distinct_on(_upload.c.sha256))
        first = each.order_by(_upload.c.sha256, _upload.c.uploaded_at)
        rows = self.connection.execute(first.limit(limit))
        return [ExpiredFile(row.sha256, row.size, row.code, row.unit) for row in rows]

    def hold(self, sha256: str) -> None:
        key = sa.func.hashtextextended(f"evidence {sha256}", 0)
        self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def add_deletion(self, sha256: str, legal_source: str, at: datetime) -> None:
        values = {"sha256": sha256, "legal_source": legal_source, "at": at}
        self.connection.execute(sa.insert(evidence_deletion).values(values))


def _is_gone(sha256: Any) -> sa.Exists:
    """Whether the file was deleted, and not brought since."""
    gone = evidence_deletion.alias()
    return sa.exists().where(gone.c.sha256 == sha256, ~_brought_since(gone))


def _brought_since(gone: Any) -> sa.Exists:
    later = _upload.alias()
    return sa.exists().where(later.c.sha256 == gone.c.sha256, later.c.uploaded_at > gone.c.at)


def _uploads_in(cycles: Collection[str]) -> sa.Select[Any]:
    """Uploads of files that no other cycle holds and that were not deleted."""
    other, elsewhere = _upload.alias(), _cycle.alias()
    held_elsewhere = (
        sa.exists()
        .where(other.c.sha256 == _upload.c.sha256, elsewhere.c.id == other.c.cycle_id)
        .where(elsewhere.c.code.not_in(sorted(cycles)))
    )
    return (
        sa.select(_upload.c.sha256, _file.c.size, _cycle.c.code, _upload.c.unit)
        .join(_file, _file.c.sha256 == _upload.c.sha256)
        .join(_cycle, _cycle.c.id == _upload.c.cycle_id)
        .where(_cycle.c.code.in_(sorted(cycles)), ~held_elsewhere, ~_is_gone(_upload.c.sha256))
    )
