"""Declared days, challenges, meetings and their files as rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.adapters import tables
from services.intake.adapters.documents import evidence_column, evidence_of
from services.intake.adapters.round_tables import (
    challenge,
    challenge_answer,
    challenge_withdrawal,
    cycle_round,
    meeting_position,
    meeting_version,
    round_file,
)
from services.intake.domain.challenges import Answer, Challenge, Withdrawal
from services.intake.domain.cluster_round import Quorum, Round
from services.intake.domain.evidence import StoredFile
from services.intake.domain.meetings import (
    Attendance,
    Content,
    Meeting,
    Minutes,
    MinutesPosition,
    NotedDissent,
    NotedTotal,
    Signer,
    Version,
)
from services.intake.round_ports import RoundFile

_KEY = ("cycle_id", "unit", "criterion", "number")


class SqlRounds:
    """`services.intake.round_ports.Rounds` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def declarations(self, cycle: str) -> Sequence[Round]:
        rows = self.connection.execute(
            sa.select(cycle_round)
            .where(cycle_round.c.cycle_id == tables.number_of_cycle(cycle))
            .order_by(cycle_round.c.id)
        ).mappings()
        return [
            Round(
                opens_at=row["opens_at"],
                closes_at=row["closes_at"],
                answers_until=row["answers_until"],
                quorum=Quorum(Fraction(row["quorum"]), row["quorum_source"], row["quorum_standing"]),
                reason=row["reason"],
                **tables.maker_of(row),
            )
            for row in rows
        ]

    def declare(self, cycle: str, declared: Round) -> None:
        self.connection.execute(
            sa.insert(cycle_round).values(
                cycle_id=tables.number_of_cycle(cycle),
                opens_at=declared.opens_at,
                closes_at=declared.closes_at,
                answers_until=declared.answers_until,
                quorum=str(declared.quorum.share),
                quorum_source=declared.quorum.source,
                quorum_standing=declared.quorum.standing,
                reason=declared.reason,
                **tables.made_values(declared),
            )
        )

    def add_file(self, brought: RoundFile) -> None:
        file = brought.file
        self.connection.execute(
            postgresql.insert(tables.evidence_file)
            .values(sha256=file.sha256, size=file.size, media_type=file.media_type, stored_at=brought.at)
            .on_conflict_do_nothing()
        )
        self.connection.execute(
            sa.insert(round_file).values(
                cycle_id=tables.number_of_cycle(brought.cycle),
                cluster=brought.cluster,
                unit=brought.unit,
                sha256=file.sha256,
                label=brought.label,
                **tables.made_values(brought),
            )
        )

    def files(self, cycle: str, cluster: str, sha256: str) -> Sequence[RoundFile]:
        file = tables.evidence_file
        rows = self.connection.execute(
            sa.select(round_file, file.c.size, file.c.media_type)
            .join(file, file.c.sha256 == round_file.c.sha256)
            .where(
                round_file.c.cycle_id == tables.number_of_cycle(cycle),
                round_file.c.cluster == cluster,
                round_file.c.sha256 == sha256,
            )
            .order_by(round_file.c.id)
        ).mappings()
        return [
            RoundFile(
                cycle=cycle,
                cluster=cluster,
                unit=row["unit"],
                file=StoredFile(row["sha256"], row["size"], row["media_type"]),
                label=row["label"],
                account=row["account"],
                at=row["at"],
            )
            for row in rows
        ]


class SqlChallenges:
    """`services.intake.round_ports.Challenges` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of_units(self, cycle: str, units: Collection[str], criterion: str | None = None) -> Sequence[Challenge]:
        query = (
            sa.select(challenge, tables.cycle_member.c.cluster, *_labelled("answer"), *_labelled("withdrawal"))
            .join(
                tables.cycle_member,
                sa.and_(
                    tables.cycle_member.c.cycle_id == challenge.c.cycle_id,
                    tables.cycle_member.c.unit == challenge.c.unit,
                ),
            )
            .outerjoin(challenge_answer, _same(challenge_answer))
            .outerjoin(challenge_withdrawal, _same(challenge_withdrawal))
            .where(challenge.c.cycle_id == tables.number_of_cycle(cycle), challenge.c.unit.in_(list(units)))
            .order_by(challenge.c.unit, challenge.c.criterion, challenge.c.number)
        )
        if criterion is not None:
            query = query.where(challenge.c.criterion == criterion)
        return [_challenge(cycle, row) for row in self.connection.execute(query).mappings()]

    def add(self, one: Challenge) -> None:
        self.connection.execute(
            sa.insert(challenge).values(
                **_key(one),
                by_unit=one.by_unit,
                submission=one.submission,
                content_sha256=one.content_sha256,
                reason=one.reason,
                document=evidence_column(one.document),
                **tables.made_values(one),
            )
        )

    def answer(self, one: Challenge, answer: Answer) -> None:
        document = evidence_column(answer.document) if answer.document is not None else None
        self.connection.execute(
            sa.insert(challenge_answer).values(
                **_key(one), text=answer.text, document=document, **tables.made_values(answer)
            )
        )

    def withdraw(self, one: Challenge, withdrawal: Withdrawal) -> None:
        self.connection.execute(
            sa.insert(challenge_withdrawal).values(
                **_key(one), reason=withdrawal.reason, **tables.made_values(withdrawal)
            )
        )


class SqlMeetings:
    """`services.intake.round_ports.Meetings` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of_cluster(self, cycle: str, cluster: str) -> Sequence[Meeting]:
        found: dict[int, Meeting] = {}
        for row in self._of_cluster(meeting_version, cycle, cluster, "version"):
            meeting = found.get(row["number"], Meeting(cycle, cluster, row["number"]))
            found[row["number"]] = meeting.with_version(_version(row))
        positions: dict[int, list[MinutesPosition]] = {}
        for row in self._of_cluster(meeting_position, cycle, cluster, "id"):
            names = ("version", "unit", "kind", "about_unit", "criterion", "reason")
            positions.setdefault(row["number"], []).append(
                MinutesPosition(**{name: row[name] for name in names}, **tables.maker_of(row))
            )
        return [
            Meeting(cycle, cluster, number, meeting.versions, tuple(positions.get(number, ())))
            for number, meeting in sorted(found.items())
        ]

    def _of_cluster(self, table: sa.Table, cycle: str, cluster: str, order: str) -> Sequence[Any]:
        return (
            self.connection.execute(
                sa.select(table)
                .where(table.c.cycle_id == tables.number_of_cycle(cycle), table.c.cluster == cluster)
                .order_by(table.c.number, table.c[order])
            )
            .mappings()
            .all()
        )

    def add_version(self, meeting: Meeting, version: Version) -> None:
        minutes = version.content.minutes
        self.connection.execute(
            sa.insert(meeting_version).values(
                cycle_id=tables.number_of_cycle(meeting.cycle),
                cluster=meeting.cluster,
                number=meeting.number,
                version=version.number,
                content=version.content.document(),
                content_sha256=version.content_sha256,
                correction=version.correction,
                minutes_label=minutes.label if minutes else "",
                **tables.made_values(version),
            )
        )

    def add_position(self, meeting: Meeting, position: MinutesPosition) -> None:
        self.connection.execute(
            sa.insert(meeting_position).values(
                cycle_id=tables.number_of_cycle(meeting.cycle),
                cluster=meeting.cluster,
                number=meeting.number,
                version=position.version,
                unit=position.unit,
                kind=position.kind,
                about_unit=position.about_unit,
                criterion=position.criterion,
                reason=position.reason,
                **tables.made_values(position),
            )
        )


def _key(one: Challenge) -> dict[str, Any]:
    return {
        "cycle_id": tables.number_of_cycle(one.cycle),
        "unit": one.unit,
        "criterion": one.criterion,
        "number": one.number,
    }


def _same(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == challenge.c[name] for name in _KEY))


def _labelled(kind: str) -> list[Any]:
    table = {"answer": challenge_answer, "withdrawal": challenge_withdrawal}[kind]
    return [column.label(f"{kind}_{column.name}") for column in table.c if column.name not in _KEY]


def _challenge(cycle: str, row: Any) -> Challenge:
    answer = withdrawal = None
    if row["answer_at"] is not None:
        document = row["answer_document"]
        answer = Answer(
            row["answer_text"], evidence_of(document) if document else None, **tables.maker_of(row, "answer_")
        )
    if row["withdrawal_at"] is not None:
        withdrawal = Withdrawal(row["withdrawal_reason"], **tables.maker_of(row, "withdrawal_"))
    names = ("cluster", "unit", "criterion", "number", "by_unit", "submission", "content_sha256", "reason")
    return Challenge(
        cycle=cycle,
        **{name: row[name] for name in names},
        document=evidence_of(row["document"]),
        answer=answer,
        withdrawal=withdrawal,
        **tables.maker_of(row),
    )


def _version(row: Any) -> Version:
    content = _content(row["content"], row["minutes_label"])
    return Version(row["version"], content, row["content_sha256"], row["correction"], **tables.maker_of(row))


def _content(document: Mapping[str, Any], label: str) -> Content:
    """The reverse of `Content.document`."""
    quorum, minutes = document["quorum"], document["minutes"]
    return Content(
        held_on=date.fromisoformat(document["held_on"]),
        place=document["place"],
        chair_unit=document["chair"]["unit"],
        chair=document["chair"]["name"],
        own_file_chair_unit=document["own_file_chair"]["unit"],
        own_file_chair=document["own_file_chair"]["name"],
        attendance=tuple(Attendance(**one) for one in document["attendance"]),
        table=tuple(NotedTotal(one["unit"], float(one["points"]), one["basis"]) for one in document["table"]),
        agreed=document["agreed"],
        dissents=tuple(NotedDissent(**one) for one in document["dissents"]),
        quorum=Quorum(Fraction(quorum["share"]), quorum["source"], quorum["standing"]),
        minutes=minutes
        and Minutes(
            **{**minutes, "issued_on": date.fromisoformat(minutes["issued_on"])}
            | {"signers": tuple(Signer(**one) for one in minutes["signers"]), "label": label}
        ),
    )
