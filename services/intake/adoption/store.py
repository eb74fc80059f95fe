"""Proposals of criteria, positions and confirmations as rows."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.adoption.model import Confirmation, Position, Proposal
from services.intake.adoption.tables import proposal, proposal_confirmation, proposal_position
from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.tables import number_of_cycle
from shared.criteria.model import Framework


class SqlAdoption:
    """`services.intake.adoption.ports.Adoption` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def proposals(self, cycle: str) -> Sequence[Proposal]:
        """All of a cycle with their positions, oldest first."""
        number = number_of_cycle(cycle)
        confirmed = proposal_confirmation
        positions: dict[int, tuple[Position, ...]] = {}
        said = proposal_position
        for row in self.connection.execute(
            sa.select(said).where(said.c.cycle_id == number).order_by(said.c.id)
        ).mappings():
            one = Position(row["unit"], row["kind"], row["text"], row["account"], row["account_name"], row["at"])
            positions[row["number"]] = (*positions.get(row["number"], ()), one)
        rows = self.connection.execute(
            sa.select(
                proposal,
                confirmed.c.document_number,
                confirmed.c.account.label("confirmed_account"),
                confirmed.c.account_name.label("confirmed_name"),
                confirmed.c.at.label("confirmed_at"),
            )
            .outerjoin(
                confirmed,
                sa.and_(confirmed.c.cycle_id == proposal.c.cycle_id, confirmed.c.number == proposal.c.number),
            )
            .where(proposal.c.cycle_id == number)
            .order_by(proposal.c.number)
        ).mappings()
        return [_proposal(cycle, row, positions.get(row["number"], ())) for row in rows]

    def add(self, one: Proposal, framework: Framework) -> None:
        self.connection.execute(
            postgresql.insert(cycles_tables.framework)
            .values(sha256=framework.sha256, document=dict(framework.document), recorded_at=one.at)
            .on_conflict_do_nothing()
        )
        self.connection.execute(
            sa.insert(proposal).values(
                cycle_id=number_of_cycle(one.cycle),
                number=one.number,
                framework_sha256=one.framework_sha256,
                reason=one.reason,
                account=one.account,
                account_name=one.name,
                at=one.at,
            )
        )

    def add_position(self, one: Proposal, position: Position) -> None:
        self.connection.execute(
            sa.insert(proposal_position).values(
                cycle_id=number_of_cycle(one.cycle),
                number=one.number,
                unit=position.unit,
                kind=position.kind,
                text=position.text,
                account=position.account,
                account_name=position.name,
                at=position.at,
            )
        )

    def confirm(self, one: Proposal, confirmation: Confirmation) -> None:
        self.connection.execute(
            sa.insert(proposal_confirmation).values(
                cycle_id=number_of_cycle(one.cycle),
                number=one.number,
                document_number=confirmation.document_number,
                account=confirmation.account,
                account_name=confirmation.name,
                at=confirmation.at,
            )
        )


def _proposal(cycle: str, row: Any, positions: tuple[Position, ...]) -> Proposal:
    confirmation = None
    if row["confirmed_at"] is not None:
        confirmation = Confirmation(
            row["document_number"], row["confirmed_account"], row["confirmed_name"], row["confirmed_at"]
        )
    return Proposal(
        cycle=cycle,
        number=row["number"],
        framework_sha256=row["framework_sha256"],
        reason=row["reason"],
        account=row["account"],
        name=row["account_name"],
        at=row["at"],
        positions=positions,
        confirmation=confirmation,
    )
