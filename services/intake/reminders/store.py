"""When cycles remind, and what contributors still owe, as rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.assessments import tables as assessments_tables
from services.intake.assessments.model import contributions_of
from services.intake.cycles import tables as cycles_tables
from services.intake.reminders.model import CycleReminders, Waiting
from services.intake.reminders.rules import waiting_of
from services.intake.reminders.tables import cycle_reminder


class SqlReminders:
    """`services.intake.reminders.ports.Reminders` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, cycle: str) -> CycleReminders:
        query = sa.select(cycle_reminder).join(cycles_tables.cycle).where(cycles_tables.cycle.c.code == cycle)
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            return CycleReminders()
        return CycleReminders(tuple(row["days"]), row["covenant_due_on"], row["comments_due_on"])

    def save(self, cycle: str, reminders: CycleReminders) -> None:
        values = {
            "days": list(reminders.days),
            "covenant_due_on": reminders.covenant_due_on,
            "comments_due_on": reminders.comments_due_on,
        }
        number = sa.select(cycles_tables.cycle.c.id).where(cycles_tables.cycle.c.code == cycle).scalar_subquery()
        self.connection.execute(
            postgresql.insert(cycle_reminder)
            .values(cycle_id=number, **values)
            .on_conflict_do_update(index_elements=["cycle_id"], set_=values)
        )

    def waiting(self, cycle: str) -> Sequence[Waiting]:
        assessment = assessments_tables.assessment
        rows = self.connection.execute(
            sa.select(assessment.c.unit, assessment.c.contributions)
            .join(cycles_tables.cycle, cycles_tables.cycle.c.id == assessment.c.cycle_id)
            .where(cycles_tables.cycle.c.code == cycle, sa.cast(assessment.c.contributions, sa.Text) != "{}")
            .order_by(assessment.c.unit)
        )
        return [one for row in rows for one in waiting_of(row.unit, contributions_of(row.contributions))]
