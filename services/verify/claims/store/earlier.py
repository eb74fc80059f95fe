"""What verify itself knows of the cycles before: claims, what counted for them, and what supported them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as t
from services.verify.claims.model import EvidenceDocument
from services.verify.sql import text_array
from shared.criteria.periods import last_day, period_order


def beginnings(connection: Connection, cycle: str) -> dict[str, date]:
    """The first days of the cycle's units that followed upon others, or took others in."""
    member = t.cycle_member
    rows = connection.execute(
        sa.select(member.c.unit, member.c.begins_on).where(member.c.cycle == cycle, member.c.begins_on.is_not(None))
    )
    return {row.unit: row.begins_on for row in rows}


def was_itself(unit: str, period: str, begins: Mapping[str, date]) -> bool:
    """Whether what is known of the unit's code in an earlier period is about the unit of today: no merger between."""
    return unit not in begins or begins[unit] <= last_day(period)


def earlier_documents(connection: Connection, cycle: str, units: Collection[str]) -> dict[str, list[EvidenceDocument]]:
    """What supported these units' claims in the cycle before this one, by unit; empty if there is none."""
    before = cycles_before(connection, cycle)
    if not before:
        return {}
    member, piece = t.cycle_member, t.submission_evidence
    found: dict[str, list[EvidenceDocument]] = {unit: [] for unit in units}
    begins = beginnings(connection, cycle)
    same = [unit for unit in units if was_itself(unit, before[-1].period, begins)]
    names = ("document_number", "issuer", "issued_on", "signer", "sha256", "reference_only")
    pieces = connection.execute(
        sa.select(member.c.unit, *(piece.c[name] for name in names))
        .join(member, member.c.submission == piece.c.submission)
        .where(member.c.cycle == before[-1].cycle, member.c.unit == sa.any_(text_array(same)))
        .order_by(member.c.unit, piece.c.criterion, piece.c.place)
    ).mappings()
    for row in pieces:
        found[row["unit"]].append(EvidenceDocument(**{name: row[name] for name in names}))
    return found


def cycles_before(connection: Connection, cycle: str) -> list[Any]:
    """The cycles of the same council and kind of period that ended before this one, in the order of their ends."""
    own, other = t.cycle.alias("own"), t.cycle.alias("other")
    rows = connection.execute(
        sa.select(other.c.cycle, other.c.period, other.c.framework, other.c.framework_sha256, own.c.period.label("now"))
        .join(own, sa.and_(own.c.council == other.c.council, own.c.period_kind == other.c.period_kind))
        .where(own.c.cycle == cycle)
        .order_by(other.c.cycle)
    )
    # Of two cycles with the same period the one with the later code stands for both.
    by_period: dict[str, Any] = {row.period: row for row in rows if period_order(row.period) < period_order(row.now)}
    return sorted(by_period.values(), key=lambda row: period_order(row.period))
