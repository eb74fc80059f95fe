"""Tables of self-assessments while they are filled in."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.cycles.tables import cycle, cycle_member
from services.intake.tables import MOMENT, metadata, number

assessment = sa.Table(
    "assessment",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    # The draft: whoever writes holds this row's lock and grows the version.
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("claims", JSONB, nullable=False, server_default="{}"),
    sa.Column("edits", JSONB, nullable=False, server_default="{}"),
    sa.Column("edited_at", MOMENT),
    sa.Column("submissions", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sent_version", sa.BigInteger),
    sa.Column("dossier", JSONB, nullable=False, server_default="{}"),
    sa.Column("contributions", JSONB, nullable=False, server_default="{}"),
    sa.UniqueConstraint("cycle_id", "unit"),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
)


def with_members(*columns: Any) -> sa.Select[Any]:
    """Columns of self-assessments, joined with their cycles and members."""
    return (
        sa.select(*columns)
        .select_from(assessment)
        .join(cycle, cycle.c.id == assessment.c.cycle_id)
        .join(
            cycle_member,
            sa.and_(cycle_member.c.cycle_id == assessment.c.cycle_id, cycle_member.c.unit == assessment.c.unit),
        )
    )


def number_of_assessment(code: str, unit: str) -> sa.ScalarSelect[Any]:
    """The number of a unit's self-assessment, inside a statement."""
    return (
        sa.select(assessment.c.id)
        .join(cycle, cycle.c.id == assessment.c.cycle_id)
        .where(cycle.c.code == code, assessment.c.unit == unit)
        .scalar_subquery()
    )
