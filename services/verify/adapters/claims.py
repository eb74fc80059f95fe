"""What a screening looks at: current claims with their evidence, and the newest independent figures about them."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.verify.adapters import tables as t
from services.verify.adapters.arrays import text_array
from services.verify.adapters.many_rows import kept_once, streamed
from services.verify.domain.context import NATIONAL, OWN_REPORT
from services.verify.domain.items import Claim, EvidenceDocument, Observation, Registered
from services.verify.ports.reviews import SentVersion

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


def newest_observations(
    connection: Connection, council: str, sources: Collection[str], units: Collection[str]
) -> list[Observation]:
    """Of every source, unit, indicator and period the figure of the newest release; a figure it took back is none."""
    row, release = t.observation, t.release
    newest = (
        sa.select(
            release.c.source,
            row.c.unit,
            row.c.indicator,
            row.c.period,
            row.c.value,
            row.c.status,
            row.c.release,
            row.c.row,
        )
        .ext(postgresql.distinct_on(release.c.source, row.c.unit, row.c.indicator, row.c.period))
        .join(release, release.c.id == row.c.release)
        .join(t.source, t.source.c.source == release.c.source)
        .where(
            t.source.c.council == council,
            sa.or_(
                t.source.c.source == sa.any_(text_array(sources)),
                # The units' own other reports are compared with claims whether or not the framework names them.
                sa.func.replace(t.source.c.source, "-", "_").startswith(OWN_REPORT, autoescape=True),
            ),
            sa.or_(
                row.c.unit == sa.any_(text_array(units)), sa.func.lower(row.c.unit) == sa.any_(text_array(NATIONAL))
            ),
        )
        .order_by(
            release.c.source,
            row.c.unit,
            row.c.indicator,
            row.c.period,
            release.c.published_on.desc(),
            release.c.fetched_at.desc(),
            release.c.id,
        )
        .subquery()
    )
    once = kept_once()
    return [
        Observation(
            source=once(found.source),
            unit=once(found.unit),
            indicator=once(found.indicator),
            period=once(found.period),
            value=found.value,
            status=once(found.status),
            release=once(found.release),
            row=found.row,
        )
        for found in streamed(connection, sa.select(newest).where(newest.c.value.is_not(None)))
    ]


def _members(cycle: str, units: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(t.cycle_member.c.cycle == cycle, t.cycle_member.c.unit == sa.any_(text_array(units)))
