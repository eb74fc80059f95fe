"""Questions of the reviewers and their answers as rows."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.assessments.model import claims_column, claims_of
from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.tables import cycle
from services.intake.people.model import Editor
from services.intake.questions.model import REQUESTED, Answer, ExplanationRequest
from services.intake.questions.tables import explanation_answer, explanation_request

_TOLD = (
    *("unit", "criterion", "number", "submission_number", "reason", "assignee_role", "office", "due_at"),
    *("requested_at", "requested_as", "state", "reminders", "ended_at", "ended_reason"),
)


class SqlQuestions:
    """`services.intake.questions.ports.Questions` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, request: str, *, lock: bool = False) -> ExplanationRequest | None:
        statement = _requests().where(explanation_request.c.id == uuid.UUID(request))
        if lock:
            statement = statement.with_for_update(of=explanation_request)
        row = self.connection.execute(statement).mappings().one_or_none()
        return _request(row) if row else None

    def of_unit(self, cycle: str, unit: str) -> Sequence[ExplanationRequest]:
        statement = _requests().where(cycles_tables.cycle.c.code == cycle, explanation_request.c.unit == unit)
        ordered = statement.order_by(explanation_request.c.requested_at.desc(), explanation_request.c.id.desc())
        return [_request(row) for row in self.connection.execute(ordered).mappings()]

    def waiting(self, cycle: str, now: datetime) -> Sequence[ExplanationRequest]:
        table = explanation_request
        statement = _requests().where(
            cycles_tables.cycle.c.code == cycle,
            table.c.state == REQUESTED,
            table.c.due_at > now,
            explanation_answer.c.request.is_(None),
        )
        ordered = statement.order_by(table.c.due_at, table.c.unit, table.c.criterion)
        return [_request(row) for row in self.connection.execute(ordered).mappings()]

    def save(self, request: ExplanationRequest) -> None:
        number = sa.select(cycle.c.id).where(cycle.c.code == request.cycle).scalar_subquery()
        values = {name: getattr(request, name) for name in _TOLD} | {
            "prepared": None if request.prepared is None else claims_column({request.criterion: request.prepared}),
            "version": request.version,
            "edited_by": request.edited.account if request.edited else "",
            "edited_by_name": request.edited.name if request.edited else "",
            "edited_at": request.edited.at if request.edited else None,
        }
        self.connection.execute(
            postgresql.insert(explanation_request)
            .values(id=uuid.UUID(request.id), cycle_id=number, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )

    def add_answer(self, request: ExplanationRequest, answer: Answer) -> None:
        self.connection.execute(
            sa.insert(explanation_answer).values(
                request=uuid.UUID(request.id),
                number=answer.number,
                explanation=answer.explanation,
                account=answer.account,
                account_name=answer.name,
                at=answer.at,
            )
        )


def _requests() -> sa.Select[Any]:
    answer = explanation_answer
    return (
        sa.select(
            explanation_request,
            cycle.c.code.label("cycle"),
            *(answer.c[name].label(f"answer_{name}") for name in ("number", "explanation", "account", "account_name")),
            answer.c.at.label("answer_at"),
        )
        .select_from(explanation_request)
        .join(cycle, cycle.c.id == explanation_request.c.cycle_id)
        .outerjoin(answer, answer.c.request == explanation_request.c.id)
    )


def _request(row: Any) -> ExplanationRequest:
    answer = None
    if row["answer_at"] is not None:
        answer = Answer(
            *(row["answer_number"], row["answer_explanation"], row["answer_account"], row["answer_account_name"]),
            row["answer_at"],
        )
    edited = Editor(row["edited_by"], row["edited_by_name"], row["edited_at"]) if row["edited_at"] else None
    return ExplanationRequest(
        id=row["id"].hex,
        cycle=row["cycle"],
        **{name: row[name] for name in _TOLD},
        prepared=claims_of(row["prepared"])[row["criterion"]] if row["prepared"] else None,
        version=row["version"],
        edited=edited,
        answer=answer,
    )
