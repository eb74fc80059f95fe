"""Challenges as rows."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.intake.assessments.model import evidence_column, evidence_of
from services.intake.challenges.model import Answer, Challenge, Withdrawal
from services.intake.challenges.tables import challenge, challenge_answer, challenge_withdrawal
from services.intake.cycles.tables import cycle_member, number_of_cycle
from services.intake.tables import made_values, maker_of

_KEY = ("cycle_id", "unit", "criterion", "number")


class SqlChallenges:
    """`services.intake.challenges.ports.Challenges` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of_units(self, cycle: str, units: Collection[str], criterion: str | None = None) -> Sequence[Challenge]:
        query = (
            sa.select(challenge, cycle_member.c.cluster, *_labelled("answer"), *_labelled("withdrawal"))
            .join(
                cycle_member,
                sa.and_(
                    cycle_member.c.cycle_id == challenge.c.cycle_id,
                    cycle_member.c.unit == challenge.c.unit,
                ),
            )
            .outerjoin(challenge_answer, _same(challenge_answer))
            .outerjoin(challenge_withdrawal, _same(challenge_withdrawal))
            .where(challenge.c.cycle_id == number_of_cycle(cycle), challenge.c.unit.in_(list(units)))
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
                **made_values(one),
            )
        )

    def answer(self, one: Challenge, answer: Answer) -> None:
        document = evidence_column(answer.document) if answer.document is not None else None
        self.connection.execute(
            sa.insert(challenge_answer).values(**_key(one), text=answer.text, document=document, **made_values(answer))
        )

    def withdraw(self, one: Challenge, withdrawal: Withdrawal) -> None:
        self.connection.execute(
            sa.insert(challenge_withdrawal).values(**_key(one), reason=withdrawal.reason, **made_values(withdrawal))
        )


def _key(one: Challenge) -> dict[str, Any]:
    return {
        "cycle_id": number_of_cycle(one.cycle),
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
        answer = Answer(row["answer_text"], evidence_of(document) if document else None, **maker_of(row, "answer_"))
    if row["withdrawal_at"] is not None:
        withdrawal = Withdrawal(row["withdrawal_reason"], **maker_of(row, "withdrawal_"))
    names = ("cluster", "unit", "criterion", "number", "by_unit", "submission", "content_sha256", "reason")
    return Challenge(
        cycle=cycle,
        **{name: row[name] for name in names},
        document=evidence_of(row["document"]),
        answer=answer,
        withdrawal=withdrawal,
        **maker_of(row),
    )
