"""Covenants, their signatures, revisions and recognitions as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.covenants.model import Covenant, Line, Recognition, Revision, Signature
from services.intake.covenants.tables import covenant, covenant_recognition, covenant_revision, covenant_signature
from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.model import Member
from services.intake.cycles.tables import cycle_member, number_of_cycle
from services.intake.people.model import edits_column, edits_of

_FIGURES = ("value", "baseline", "assigned", "national")


class SqlCovenants:
    """`services.intake.covenants.ports.Covenants` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, cycle: str, member: Member, *, lock: bool = False) -> Covenant:
        """The unit's covenant, an empty one if it was never begun."""
        if lock:
            self.connection.execute(
                postgresql.insert(covenant)
                .values(cycle_id=number_of_cycle(cycle), unit=member.unit)
                .on_conflict_do_nothing()
            )
            self.connection.execute(
                sa.select(covenant.c.id)
                .where(covenant.c.cycle_id == number_of_cycle(cycle), covenant.c.unit == member.unit)
                .with_for_update()
            )
        found = self._read(cycle, covenant.c.unit == member.unit)
        return found.get(member.unit) or Covenant(cycle, member.unit, member.cluster)

    def all(self, cycle: str) -> Mapping[str, Covenant]:
        return self._read(cycle, sa.true())

    def save(self, one: Covenant, at: datetime) -> None:
        """Keep the lines; the caller holds the lock."""
        lines = {code: line.document() for code, line in one.lines.items()}
        self.connection.execute(
            sa.update(covenant)
            .where(covenant.c.id == _number(one))
            .values(version=one.version, lines=lines, edits=edits_column(one.edits), edited_at=at)
        )

    def sign(self, one: Covenant) -> None:
        assert one.signature is not None
        self.connection.execute(
            sa.insert(covenant_signature).values(
                covenant_id=_number(one),
                content=dict(one.signature.content),
                content_sha256=one.signature.content_sha256,
                document_number=one.signature.document_number,
                issued_on=one.signature.issued_on,
                account=one.signature.account,
                account_name=one.signature.name,
                at=one.signature.at,
            )
        )

    def add_revision(self, one: Covenant, revision: Revision) -> None:
        self.connection.execute(
            sa.insert(covenant_revision).values(
                covenant_id=_number(one),
                number=revision.number,
                criterion=revision.criterion,
                value=revision.value,
                **_document(revision),
            )
        )

    def recognise(self, one: Covenant, number: int, recognition: Recognition) -> None:
        self.connection.execute(
            sa.insert(covenant_recognition).values(
                covenant_id=_number(one), number=number, ground=recognition.ground, **_document(recognition)
            )
        )

    def _read(self, cycle: str, condition: sa.ColumnElement[bool]) -> dict[str, Covenant]:
        member, signature = cycle_member, covenant_signature
        rows = self.connection.execute(
            sa.select(covenant, member.c.cluster, *(signature.c[name].label(f"signed_{name}") for name in _SIGNED))
            .join(cycles_tables.cycle, cycles_tables.cycle.c.id == covenant.c.cycle_id)
            .join(member, sa.and_(member.c.cycle_id == covenant.c.cycle_id, member.c.unit == covenant.c.unit))
            .outerjoin(signature, signature.c.covenant_id == covenant.c.id)
            .where(cycles_tables.cycle.c.code == cycle, condition)
            .order_by(covenant.c.unit)
        ).mappings()
        found = {row["id"]: row for row in rows}
        revisions = self._revisions(list(found)) if found else {}
        return {row["unit"]: _covenant(cycle, row, revisions.get(number, ())) for number, row in found.items()}

    def _revisions(self, numbers: Sequence[int]) -> dict[int, tuple[Revision, ...]]:
        revision, recognition = covenant_revision, covenant_recognition
        rows = self.connection.execute(
            sa.select(revision, *(recognition.c[name].label(f"recognised_{name}") for name in _RECOGNISED))
            .outerjoin(
                recognition,
                sa.and_(recognition.c.covenant_id == revision.c.covenant_id, recognition.c.number == revision.c.number),
            )
            .where(revision.c.covenant_id.in_(numbers))
            .order_by(revision.c.covenant_id, revision.c.number)
        ).mappings()
        found: dict[int, tuple[Revision, ...]] = {}
        for row in rows:
            found[row["covenant_id"]] = (*found.get(row["covenant_id"], ()), _revision(row))
        return found


_SIGNED = ("content", "content_sha256", "document_number", "issued_on", "account", "account_name", "at")
_RECOGNISED = ("ground", "document_number", "issued_on", "reason", "account", "account_name", "at")


def _document(made: Revision | Recognition) -> dict[str, Any]:
    return {
        "document_number": made.document_number,
        "issued_on": made.issued_on,
        "reason": made.reason,
        "account": made.account,
        "account_name": made.name,
        "at": made.at,
    }


def _number(one: Covenant) -> sa.ScalarSelect[Any]:
    return (
        sa.select(covenant.c.id)
        .where(covenant.c.cycle_id == number_of_cycle(one.cycle), covenant.c.unit == one.unit)
        .scalar_subquery()
    )


def _covenant(cycle: str, row: Any, revisions: tuple[Revision, ...]) -> Covenant:
    signature = None
    if row["signed_at"] is not None:
        signature = Signature(
            content=row["signed_content"],
            content_sha256=row["signed_content_sha256"],
            document_number=row["signed_document_number"],
            issued_on=row["signed_issued_on"],
            account=row["signed_account"],
            name=row["signed_account_name"],
            at=row["signed_at"],
        )
    return Covenant(
        cycle=cycle,
        unit=row["unit"],
        cluster=row["cluster"],
        version=row["version"],
        lines={code: _line(said) for code, said in row["lines"].items()},
        edits=edits_of(row["edits"]),
        signature=signature,
        revisions=revisions,
    )


def _line(said: Mapping[str, Any]) -> Line:
    figures = {name: None if said[name] is None else float(said[name]) for name in _FIGURES}
    return Line(said["criterion"], **figures, note=said["note"])


def _revision(row: Any) -> Revision:
    recognition = None
    if row["recognised_at"] is not None:
        recognition = Recognition(
            ground=row["recognised_ground"],
            document_number=row["recognised_document_number"],
            issued_on=row["recognised_issued_on"],
            reason=row["recognised_reason"],
            account=row["recognised_account"],
            name=row["recognised_account_name"],
            at=row["recognised_at"],
        )
    return Revision(
        number=row["number"],
        criterion=row["criterion"],
        value=row["value"],
        document_number=row["document_number"],
        issued_on=row["issued_on"],
        reason=row["reason"],
        account=row["account"],
        name=row["account_name"],
        at=row["at"],
        recognition=recognition,
    )
