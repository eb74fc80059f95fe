"""Drafts, submissions and uploads as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.adapters import tables
from services.intake.adapters.documents import (
    claims_column,
    claims_of,
    content_of,
    contributions_column,
    contributions_of,
    dossier_column,
    dossier_of,
    edits_column,
    edits_of,
    title_of,
)
from services.intake.domain.assessment import Draft
from services.intake.domain.cycles import CycleCluster, Member
from services.intake.domain.evidence import StoredFile, Upload
from services.intake.domain.reception import RETURNED, SUBMITTED, Reception
from services.intake.domain.submissions import Submission
from services.intake.ports import HistoryRow, Standing


class SqlAssessments:
    """`services.intake.ports.Assessments` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def draft(self, cycle: str, unit: str, *, lock: bool = False) -> Draft | None:
        statement = tables.with_members(tables.assessment, tables.cycle_member.c.cluster).where(
            tables.cycle.c.code == cycle, tables.assessment.c.unit == unit
        )
        if lock:
            statement = statement.with_for_update(of=tables.assessment)
        row = self.connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        return Draft(
            cycle=cycle,
            unit=unit,
            cluster=row["cluster"],
            version=row["version"],
            submissions=row["submissions"],
            claims=claims_of(row["claims"]),
            edits=edits_of(row["edits"]),
            sent_version=row["sent_version"],
            dossier=dossier_of(row["dossier"]),
            contributions=contributions_of(row["contributions"]),
        )

    def begin(self, cycle: str, clusters: Sequence[CycleCluster]) -> None:
        """Give every member its empty self-assessment."""
        number = self.connection.execute(sa.select(tables.cycle.c.id).where(tables.cycle.c.code == cycle)).scalar_one()
        self.connection.execute(
            sa.insert(tables.assessment),
            [{"cycle_id": number, "unit": member.unit} for one in clusters for member in one.members],
        )

    def save_draft(self, draft: Draft, at: datetime) -> None:
        """Keep the draft; the caller holds its lock."""
        self.connection.execute(
            sa.update(tables.assessment)
            .where(tables.assessment.c.id == tables.number_of_assessment(draft.cycle, draft.unit))
            .values(
                version=draft.version,
                claims=claims_column(draft.claims),
                edits=edits_column(draft.edits),
                edited_at=at,
                submissions=draft.submissions,
                sent_version=draft.sent_version,
                dossier=dossier_column(draft.dossier),
                contributions=contributions_column(draft.contributions),
            )
        )

    def add_upload(self, upload: Upload) -> None:
        """Remember who brought which file; bringing it again changes nothing."""
        self.connection.execute(
            postgresql.insert(tables.evidence_file)
            .values(
                sha256=upload.file.sha256,
                size=upload.file.size,
                media_type=upload.file.media_type,
                stored_at=upload.at,
            )
            .on_conflict_do_nothing()
        )
        number = tables.number_of_cycle(upload.cycle)
        self.connection.execute(
            postgresql.insert(tables.evidence_upload)
            .values(
                cycle_id=number,
                unit=upload.unit,
                sha256=upload.file.sha256,
                label=upload.label,
                account=upload.account,
                uploaded_at=upload.at,
            )
            .on_conflict_do_nothing()
        )

    def uploads(self, cycle: str, unit: str, sha256s: Iterable[str]) -> Mapping[str, Upload]:
        file, upload = tables.evidence_file, tables.evidence_upload
        wanted = sorted(set(sha256s))
        if not wanted:
            return {}
        rows = self.connection.execute(
            sa.select(upload, file.c.size, file.c.media_type)
            .join(file, file.c.sha256 == upload.c.sha256)
            .join(tables.cycle, tables.cycle.c.id == upload.c.cycle_id)
            .where(tables.cycle.c.code == cycle, upload.c.unit == unit, upload.c.sha256.in_(wanted))
        ).mappings()
        return {
            row["sha256"]: Upload(
                cycle=cycle,
                unit=unit,
                file=StoredFile(row["sha256"], row["size"], row["media_type"]),
                label=row["label"],
                account=row["account"],
                at=row["uploaded_at"],
            )
            for row in rows
        }


class SqlSubmissions:
    """`services.intake.ports.Submissions` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def standings(self, cycle: str, search: str = "") -> Sequence[Standing]:
        submission, reception = tables.submission, tables.submission_reception
        newest = (
            sa.select(reception.c.state)
            .where(
                reception.c.assessment_id == tables.assessment.c.id,
                reception.c.number == tables.assessment.c.submissions,
            )
            .order_by(reception.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        latest = sa.and_(
            submission.c.assessment_id == tables.assessment.c.id, submission.c.number == tables.assessment.c.submissions
        )
        rows = self.connection.execute(
            tables.with_members(
                tables.assessment.c.unit,
                tables.assessment.c.version,
                tables.assessment.c.edited_at,
                tables.assessment.c.submissions,
                tables.assessment.c.sent_version,
                tables.cycle_member.c.title,
                tables.cycle_member.c.cluster,
                submission.c.submitted_at,
                submission.c.late,
                newest.label("reception"),
            )
            .outerjoin(submission, latest)
            .where(tables.cycle.c.code == cycle, tables.cycle_member.c.search_key.contains(search, autoescape=True))
            .order_by(tables.cycle_member.c.cluster, tables.cycle_member.c.sort_key, tables.assessment.c.unit)
        ).mappings()
        return [
            Standing(
                member=Member(row["unit"], title_of(row["title"]), row["cluster"]),
                version=row["version"],
                edited_at=row["edited_at"],
                submissions=row["submissions"],
                submitted_at=row["submitted_at"],
                late=bool(row["late"]),
                is_sent=row["sent_version"] == row["version"],
                reception=row["reception"] or SUBMITTED,
            )
            for row in rows
        ]

    def add_submission(self, submission: Submission) -> None:
        self.connection.execute(
            sa.insert(tables.submission).values(
                assessment_id=tables.number_of_assessment(submission.cycle, submission.unit),
                number=submission.number,
                content=dict(submission.content),
                content_sha256=submission.content_sha256,
                submitted_at=submission.submitted_at,
                late=submission.late,
                account=submission.account,
                account_name=submission.name,
                draft_version=submission.draft_version,
            )
        )

    def submission(self, cycle: str, unit: str, number: int) -> Submission | None:
        statement = _submissions(cycle, unit).where(tables.submission.c.number == number)
        row = self.connection.execute(statement).mappings().one_or_none()
        return submission_of(row, cycle, unit) if row else None

    def submissions(self, cycle: str, unit: str) -> Sequence[Submission]:
        statement = _submissions(cycle, unit).order_by(tables.submission.c.number.desc())
        return [submission_of(row, cycle, unit) for row in self.connection.execute(statement).mappings()]

    def received(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        """By cycle the values by item of the newest version that was not returned."""
        sent, step = tables.submission, tables.submission_reception
        returned = (
            sa.select(step.c.id)
            .where(step.c.assessment_id == sent.c.assessment_id, step.c.number == sent.c.number)
            .where(step.c.state == RETURNED)
            .exists()
        )
        rows = self.connection.execute(
            sa.select(tables.cycle.c.code, sent.c.content)
            .select_from(sent)
            .ext(postgresql.distinct_on(tables.cycle.c.code))
            .join(tables.assessment, tables.assessment.c.id == sent.c.assessment_id)
            .join(tables.cycle, tables.cycle.c.id == tables.assessment.c.cycle_id)
            .where(tables.cycle.c.code.in_(cycles), tables.assessment.c.unit == unit, ~returned)
            .order_by(tables.cycle.c.code, sent.c.number.desc())
        )
        return {
            row.code: {
                item["criterion"]: float(item["value"]) for item in row.content["items"] if item["value"] is not None
            }
            for row in rows
        }

    def add_reception(self, step: Reception) -> None:
        self.connection.execute(
            sa.insert(tables.submission_reception).values(
                assessment_id=tables.number_of_assessment(step.cycle, step.unit),
                number=step.number,
                state=step.state,
                reason=step.reason,
                account=step.account,
                account_name=step.name,
                at=step.at,
            )
        )

    def receptions(self, cycle: str, unit: str) -> Sequence[Reception]:
        """Every step of every version, oldest first."""
        table = tables.submission_reception
        rows = self.connection.execute(
            tables.with_members(table)
            .join(table, table.c.assessment_id == tables.assessment.c.id)
            .where(tables.cycle.c.code == cycle, tables.assessment.c.unit == unit)
            .order_by(table.c.id)
        ).mappings()
        return [
            Reception(
                cycle, unit, row["number"], row["state"], row["reason"], row["account"], row["account_name"], row["at"]
            )
            for row in rows
        ]

    def newest_received(self, cycle: str, units: Collection[str]) -> Mapping[str, Submission]:
        submission, assessment, reception = tables.submission, tables.assessment, tables.submission_reception
        last = (
            sa.select(reception.c.state)
            .where(reception.c.assessment_id == submission.c.assessment_id, reception.c.number == submission.c.number)
            .order_by(reception.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        member = tables.cycle_member
        rows = self.connection.execute(
            sa.select(submission, assessment.c.unit, member.c.cluster)
            .ext(postgresql.distinct_on(assessment.c.unit))
            .join(assessment, assessment.c.id == submission.c.assessment_id)
            .join(member, sa.and_(member.c.cycle_id == assessment.c.cycle_id, member.c.unit == assessment.c.unit))
            .where(
                assessment.c.cycle_id == tables.number_of_cycle(cycle),
                assessment.c.unit.in_(list(units)),
                last.in_(("received", "accepted")),
            )
            .order_by(assessment.c.unit, submission.c.number.desc())
        ).mappings()
        return {row["unit"]: submission_of(row, cycle, row["unit"]) for row in rows}


class SqlHistory:
    """`services.intake.ports.History` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def record(self, row: HistoryRow) -> None:
        self.connection.execute(
            sa.insert(tables.history).values(
                at=row.at,
                actor=row.actor,
                actor_name=row.actor_name,
                action=row.action,
                subject=row.subject,
                details=dict(row.details),
            )
        )

    def of(self, subject: str, limit: int = 100) -> Sequence[HistoryRow]:
        """The newest rows about a subject, newest first."""
        table = tables.history
        rows = self.connection.execute(
            sa.select(table).where(table.c.subject == subject).order_by(table.c.id.desc()).limit(limit)
        ).mappings()
        return [
            HistoryRow(row["actor"], row["actor_name"], row["action"], row["subject"], row["details"], row["at"])
            for row in rows
        ]


def _submissions(cycle: str, unit: str) -> sa.Select[Any]:
    return (
        tables.with_members(tables.submission, tables.cycle_member.c.cluster)
        .join(tables.submission, tables.submission.c.assessment_id == tables.assessment.c.id)
        .where(tables.cycle.c.code == cycle, tables.assessment.c.unit == unit)
    )


def submission_of(row: Any, cycle: str, unit: str) -> Submission:
    """A version from its row with the member's cluster."""
    return Submission(
        cycle=cycle,
        unit=unit,
        cluster=row["cluster"],
        number=row["number"],
        content=content_of(row["content"]),
        content_sha256=row["content_sha256"],
        submitted_at=row["submitted_at"],
        late=row["late"],
        account=row["account"],
        name=row["account_name"],
        draft_version=row["draft_version"],
    )
