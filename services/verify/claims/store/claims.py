"""Claims with their evidence, challenges and earlier cycles."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as t
from services.verify.claims.model import (
    Challenge,
    Claim,
    ClaimVersion,
    EarlierPeriod,
    Evidence,
    EvidenceDocument,
    Registered,
    SentVersion,
    ShownChallenge,
)
from services.verify.claims.store.challenges import shown_challenge
from services.verify.sql import all_of, kept_once, select_fields, streamed, text_array
from shared.criteria.periods import period_order

_DOCUMENT = ("document_number", "issuer", "issued_on", "signer", "sha256", "reference_only")


class SqlClaims:
    """`ports.Claims` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def sent(self, cycle: str, units: Collection[str]) -> dict[str, SentVersion]:
        rows = self.connection.execute(
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

    def current(self, cycle: str, units: Collection[str]) -> list[Claim]:
        evidence = self._evidence(cycle, units)
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
            for row in streamed(self.connection, query)
        ]

    def _evidence(self, cycle: str, units: Collection[str]) -> dict[tuple[int, str], list[EvidenceDocument]]:
        piece = t.submission_evidence
        rows = self.connection.execute(
            sa.select(piece.c.submission, piece.c.criterion, *(piece.c[name] for name in _DOCUMENT))
            .join(t.cycle_member, t.cycle_member.c.submission == piece.c.submission)
            .where(_members(cycle, units))
            .order_by(piece.c.submission, piece.c.criterion, piece.c.place)
        )
        found: dict[tuple[int, str], list[EvidenceDocument]] = {}
        for row in rows.mappings():
            document = EvidenceDocument(**{name: row[name] for name in _DOCUMENT})
            found.setdefault((row["submission"], row["criterion"]), []).append(document)
        return found

    def evidence(self, submission: int, criterion: str) -> Sequence[Evidence]:
        piece = t.submission_evidence
        query = select_fields(Evidence, piece).where(piece.c.submission == submission, piece.c.criterion == criterion)
        return all_of(Evidence, self.connection.execute(query.order_by(piece.c.place)))

    def shown_challenges(self, cycle: str, unit: str, criterion: str) -> Sequence[ShownChallenge]:
        asked, member = t.challenge, t.cycle_member
        names = (
            *("number", "by_unit", "submission", "state", "reason", "document", "challenged_at", "answer"),
            "withdrawal",
        )
        query = (
            sa.select(*(asked.c[name] for name in names), member.c.title.label("by_unit_title"))
            .outerjoin(member, sa.and_(member.c.cycle == asked.c.cycle, member.c.unit == asked.c.by_unit))
            .where(asked.c.cycle == cycle, asked.c.unit == unit, asked.c.criterion == criterion)
            .order_by(asked.c.number)
        )
        return [shown_challenge(dict(row)) for row in self.connection.execute(query).mappings()]

    def versions(self, cycle: str, unit: str, criterion: str) -> Sequence[ClaimVersion]:
        sent, claimed = t.submission, t.submission_item
        query = (
            sa.select(
                sent.c.number,
                sent.c.submitted_at,
                claimed.c.value,
                claimed.c.self_points,
                claimed.c.target,
                claimed.c.note,
                claimed.c.explanation,
            )
            .join(claimed, sa.and_(claimed.c.submission == sent.c.id, claimed.c.criterion == criterion))
            .where(sent.c.cycle == cycle, sent.c.unit == unit)
            .order_by(sent.c.number.desc(), sent.c.id.desc())
        )
        return all_of(ClaimVersion, self.connection.execute(query))

    def challenges(self, cycle: str, units: Collection[str]) -> dict[tuple[str, str], list[Challenge]]:
        table = t.challenge
        rows = self.connection.execute(
            sa.select(
                table.c.unit,
                table.c.criterion,
                table.c.by_unit,
                table.c.document["document_number"].as_string().label("document_number"),
                table.c.answer.is_not(None).label("answered"),
            )
            .where(table.c.cycle == cycle, table.c.unit == sa.any_(text_array(units)), table.c.withdrawal.is_(None))
            .order_by(table.c.unit, table.c.criterion, table.c.number)
        )
        found: dict[tuple[str, str], list[Challenge]] = {}
        for row in rows:
            asked = Challenge(row.by_unit, row.document_number, row.answered)
            found.setdefault((row.unit, row.criterion), []).append(asked)
        return found

    def before(self, cycle: str) -> Sequence[EarlierPeriod]:
        own, other = t.cycle.alias("own"), t.cycle.alias("other")
        names = EarlierPeriod.__dataclass_fields__
        rows = self.connection.execute(
            sa.select(*(other.c[name] for name in names), own.c.period.label("now"))
            .join(own, sa.and_(own.c.council == other.c.council, own.c.period_kind == other.c.period_kind))
            .where(own.c.cycle == cycle)
            .order_by(other.c.cycle)
        )
        # Of two cycles with the same period the one with the later code stands for both.
        by_period = {
            row.period: EarlierPeriod(*(getattr(row, name) for name in names))
            for row in rows
            if period_order(row.period) < period_order(row.now)
        }
        return sorted(by_period.values(), key=lambda one: period_order(one.period))

    def beginnings(self, cycle: str) -> Mapping[str, date]:
        member = t.cycle_member
        rows = self.connection.execute(
            sa.select(member.c.unit, member.c.begins_on).where(member.c.cycle == cycle, member.c.begins_on.is_not(None))
        )
        return {row.unit: row.begins_on for row in rows}

    def documents(self, cycle: str, units: Collection[str]) -> Mapping[str, Sequence[EvidenceDocument]]:
        member, piece = t.cycle_member, t.submission_evidence
        found: dict[str, list[EvidenceDocument]] = {}
        pieces = self.connection.execute(
            sa.select(member.c.unit, *(piece.c[name] for name in _DOCUMENT))
            .join(member, member.c.submission == piece.c.submission)
            .where(member.c.cycle == cycle, member.c.unit == sa.any_(text_array(units)))
            .order_by(member.c.unit, piece.c.criterion, piece.c.place)
        ).mappings()
        for row in pieces:
            document = EvidenceDocument(**{name: row[name] for name in _DOCUMENT})
            found.setdefault(row["unit"], []).append(document)
        return found


def _members(cycle: str, units: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(t.cycle_member.c.cycle == cycle, t.cycle_member.c.unit == sa.any_(text_array(units)))
