"""What a screening looks at: current claims with their evidence, and the newest independent figures about them."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as t
from services.verify.claims.model import Claim, EvidenceDocument, Registered, SentVersion
from services.verify.sql import kept_once, streamed, text_array

_EVIDENCE = ("document_number", "issuer", "issued_on", "signer", "sha256", "reference_only")


def sent_versions(connection: Connection, cycle: str, units: Collection[str]) -> dict[str, SentVersion]:
    """The current version of each unit that has sent one."""
    rows = connection.execute(
        sa.select(
            t.cycle_member.c.unit,
            t.cycle_member.c.cluster,
            t.submission.c.id,
            t.submission.c.number,
            t.submission.c.content_sha256,
        )
        .join(t.submission, t.submission.c.id == t.cycle_member.c.submission)
        .where(_members(cycle, units))
    )
    return {row.unit: SentVersion(row.id, row.number, row.content_sha256, row.cluster) for row in rows}


def current_claims(connection: Connection, cycle: str, units: Collection[str]) -> list[Claim]:
    """The claims in the units' current self-assessments, by unit and criterion."""
    evidence = _evidence(connection, cycle, units)
    item, covenant = t.submission_item, t.covenant_target
    query = (
        sa.select(
            t.cycle_member.c.unit,
            t.cycle_member.c.cluster,
            item.c.submission,
            item.c.criterion,
            item.c.value,
            item.c.self_points,
            # The target of the covenant counts, whatever the self-assessment says.
            sa.func.coalesce(covenant.c.counting, item.c.target).label("target"),
            covenant.c.revised,
            *(covenant.c[name] for name in ("counting", "revised_by", "baseline", "assigned", "national")),
            covenant.c.recognised,
        )
        .join(item, item.c.submission == t.cycle_member.c.submission)
        .outerjoin(
            covenant,
            sa.and_(
                covenant.c.cycle == t.cycle_member.c.cycle,
                covenant.c.unit == t.cycle_member.c.unit,
                covenant.c.criterion == item.c.criterion,
            ),
        )
        .where(_members(cycle, units))
        .order_by(t.cycle_member.c.unit, item.c.criterion)
    )
    once = kept_once()
    return [
        Claim(
            unit=once(row.unit),
            cluster=once(row.cluster),
            criterion=once(row.criterion),
            value=row.value,
            self_points=row.self_points,
            target=row.target,
            revised_target=row.revised,
            recognised_by=row.revised_by if row.recognised else None,
            evidence=tuple(evidence.get((row.submission, row.criterion), ())),
            registered=None
            if row.counting is None
            else Registered(row.baseline, row.assigned, row.national, row.revised_by),
        )
        for row in streamed(connection, query)
    ]


def _evidence(
    connection: Connection, cycle: str, units: Collection[str]
) -> dict[tuple[int, str], list[EvidenceDocument]]:
    piece = t.submission_evidence
    rows = connection.execute(
        sa.select(piece.c.submission, piece.c.criterion, *(piece.c[name] for name in _EVIDENCE))
        .join(t.cycle_member, t.cycle_member.c.submission == piece.c.submission)
        .where(_members(cycle, units))
        .order_by(piece.c.submission, piece.c.criterion, piece.c.place)
    )
    found: dict[tuple[int, str], list[EvidenceDocument]] = {}
    for row in rows.mappings():
        document = EvidenceDocument(**{name: row[name] for name in _EVIDENCE})
        found.setdefault((row["submission"], row["criterion"]), []).append(document)
    return found


def _members(cycle: str, units: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(t.cycle_member.c.cycle == cycle, t.cycle_member.c.unit == sa.any_(text_array(units)))
