"""Submissions and what the staff did with them as rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.assessments import tables as assessments_tables
from services.intake.assessments.model import number_or_none
from services.intake.assessments.tables import assessment, number_of_assessment, with_members
from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.model import Member
from services.intake.cycles.tables import cycle, cycle_member, number_of_cycle
from services.intake.directory.model import title_of
from services.intake.submissions import tables as submissions_tables
from services.intake.submissions.model import RETURNED, SUBMITTED, Reception, Standing, Submission
from services.intake.submissions.tables import submission, submission_reception


class SqlSubmissions:
    """`services.intake.submissions.ports.Submissions` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def standings(self, cycle: str, search: str = "") -> Sequence[Standing]:
        submission, reception = submissions_tables.submission, submission_reception
        newest = (
            sa.select(reception.c.state)
            .where(
                reception.c.assessment_id == assessment.c.id,
                reception.c.number == assessment.c.submissions,
            )
            .order_by(reception.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        latest = sa.and_(submission.c.assessment_id == assessment.c.id, submission.c.number == assessment.c.submissions)
        rows = self.connection.execute(
            with_members(
                assessment.c.unit,
                assessment.c.version,
                assessment.c.edited_at,
                assessment.c.submissions,
                assessment.c.sent_version,
                cycle_member.c.title,
                cycle_member.c.cluster,
                submission.c.submitted_at,
                submission.c.late,
                newest.label("reception"),
            )
            .outerjoin(submission, latest)
            .where(cycles_tables.cycle.c.code == cycle, cycle_member.c.search_key.contains(search, autoescape=True))
            .order_by(cycle_member.c.cluster, cycle_member.c.sort_key, assessment.c.unit)
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
            sa.insert(submissions_tables.submission).values(
                assessment_id=number_of_assessment(submission.cycle, submission.unit),
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
        statement = _submissions(cycle, unit).where(submission.c.number == number)
        row = self.connection.execute(statement).mappings().one_or_none()
        return submission_of(row, cycle, unit) if row else None

    def submissions(self, cycle: str, unit: str) -> Sequence[Submission]:
        statement = _submissions(cycle, unit).order_by(submission.c.number.desc())
        return [submission_of(row, cycle, unit) for row in self.connection.execute(statement).mappings()]

    def received(self, cycles: Collection[str], unit: str) -> Mapping[str, Mapping[str, float]]:
        """By cycle the values by item of the newest version that was not returned."""
        sent, step = submission, submission_reception
        returned = (
            sa.select(step.c.id)
            .where(step.c.assessment_id == sent.c.assessment_id, step.c.number == sent.c.number)
            .where(step.c.state == RETURNED)
            .exists()
        )
        rows = self.connection.execute(
            sa.select(cycle.c.code, sent.c.content)
            .select_from(sent)
            .ext(postgresql.distinct_on(cycle.c.code))
            .join(assessment, assessment.c.id == sent.c.assessment_id)
            .join(cycle, cycle.c.id == assessment.c.cycle_id)
            .where(cycle.c.code.in_(cycles), assessment.c.unit == unit, ~returned)
            .order_by(cycle.c.code, sent.c.number.desc())
        )
        return {
            row.code: {
                item["criterion"]: float(item["value"]) for item in row.content["items"] if item["value"] is not None
            }
            for row in rows
        }

    def add_reception(self, step: Reception) -> None:
        self.connection.execute(
            sa.insert(submission_reception).values(
                assessment_id=number_of_assessment(step.cycle, step.unit),
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
        table = submission_reception
        rows = self.connection.execute(
            with_members(table)
            .join(table, table.c.assessment_id == assessment.c.id)
            .where(cycles_tables.cycle.c.code == cycle, assessment.c.unit == unit)
            .order_by(table.c.id)
        ).mappings()
        return [
            Reception(
                cycle, unit, row["number"], row["state"], row["reason"], row["account"], row["account_name"], row["at"]
            )
            for row in rows
        ]

    def newest_received(self, cycle: str, units: Collection[str]) -> Mapping[str, Submission]:
        submission, assessment, reception = (
            submissions_tables.submission,
            assessments_tables.assessment,
            submission_reception,
        )
        last = (
            sa.select(reception.c.state)
            .where(reception.c.assessment_id == submission.c.assessment_id, reception.c.number == submission.c.number)
            .order_by(reception.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        member = cycle_member
        rows = self.connection.execute(
            sa.select(submission, assessment.c.unit, member.c.cluster)
            .ext(postgresql.distinct_on(assessment.c.unit))
            .join(assessment, assessment.c.id == submission.c.assessment_id)
            .join(member, sa.and_(member.c.cycle_id == assessment.c.cycle_id, member.c.unit == assessment.c.unit))
            .where(
                assessment.c.cycle_id == number_of_cycle(cycle),
                assessment.c.unit.in_(list(units)),
                last.in_(("received", "accepted")),
            )
            .order_by(assessment.c.unit, submission.c.number.desc())
        ).mappings()
        return {row["unit"]: submission_of(row, cycle, row["unit"]) for row in rows}


def _submissions(cycle: str, unit: str) -> sa.Select[Any]:
    return (
        with_members(submission, cycle_member.c.cluster)
        .join(submission, submission.c.assessment_id == assessment.c.id)
        .where(cycles_tables.cycle.c.code == cycle, assessment.c.unit == unit)
    )


def submission_of(row: Any, cycle: str, unit: str) -> Submission:
    """A version from its row with the member's cluster."""
    return Submission(
        cycle=cycle,
        unit=unit,
        cluster=row["cluster"],
        number=row["number"],
        content=stored_content(row["content"]),
        content_sha256=row["content_sha256"],
        submitted_at=row["submitted_at"],
        late=row["late"],
        account=row["account"],
        name=row["account_name"],
        draft_version=row["draft_version"],
    )


def stored_content(document: Mapping[str, Any]) -> dict[str, Any]:
    """A submission's content with its figures as floats, however PostgreSQL wrote them."""
    items = [
        {**item, **{name: number_or_none(item[name]) for name in ("value", "self_points", "target")}}
        for item in document["items"]
    ]
    return {**document, "items": items}
