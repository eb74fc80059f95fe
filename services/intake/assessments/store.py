"""Drafts and uploads as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.assessments.model import (
    Draft,
    claims_column,
    claims_of,
    contributions_column,
    contributions_of,
    dossier_column,
    dossier_of,
)
from services.intake.assessments.tables import assessment, number_of_assessment, with_members
from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.model import CycleCluster
from services.intake.cycles.tables import cycle_member, number_of_cycle
from services.intake.files.model import StoredFile, Upload
from services.intake.files.tables import evidence_file, evidence_upload
from services.intake.people.model import edits_column, edits_of


class SqlAssessments:
    """`services.intake.assessments.ports.Assessments` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def draft(self, cycle: str, unit: str, *, lock: bool = False) -> Draft | None:
        statement = with_members(assessment, cycle_member.c.cluster).where(
            cycles_tables.cycle.c.code == cycle, assessment.c.unit == unit
        )
        if lock:
            statement = statement.with_for_update(of=assessment)
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
        number = self.connection.execute(
            sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle)
        ).scalar_one()
        self.connection.execute(
            sa.insert(assessment),
            [{"cycle_id": number, "unit": member.unit} for one in clusters for member in one.members],
        )

    def save_draft(self, draft: Draft, at: datetime) -> None:
        """Keep the draft; the caller holds its lock."""
        self.connection.execute(
            sa.update(assessment)
            .where(assessment.c.id == number_of_assessment(draft.cycle, draft.unit))
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
            postgresql.insert(evidence_file)
            .values(
                sha256=upload.file.sha256,
                size=upload.file.size,
                media_type=upload.file.media_type,
                stored_at=upload.at,
            )
            .on_conflict_do_nothing()
        )
        number = number_of_cycle(upload.cycle)
        self.connection.execute(
            postgresql.insert(evidence_upload)
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
        file, upload = evidence_file, evidence_upload
        wanted = sorted(set(sha256s))
        if not wanted:
            return {}
        rows = self.connection.execute(
            sa.select(upload, file.c.size, file.c.media_type)
            .join(file, file.c.sha256 == upload.c.sha256)
            .join(cycles_tables.cycle, cycles_tables.cycle.c.id == upload.c.cycle_id)
            .where(cycles_tables.cycle.c.code == cycle, upload.c.unit == unit, upload.c.sha256.in_(wanted))
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
