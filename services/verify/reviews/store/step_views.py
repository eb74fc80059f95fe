"""What was done about an item, what a unit may see of its scores, and where the steps of a cycle's reviews wait."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.results import tables as result_tables
from services.verify.reviews import tables as t
from services.verify.reviews.model.states import CONCLUDED, HELD_UP, ItemState
from services.verify.reviews.model.steps import RequestRecord
from services.verify.reviews.model.views import KeptScore, ShownObjection, WaitingStep
from services.verify.sql import all_of, select_fields
from shared.people import Actor

WAITING = (ItemState.EXPLAINED, ItemState.EXPIRED, *sorted(HELD_UP), ItemState.ASKED, ItemState.CLAIMED)


class StepViews:
    """The part of `ports.Steps` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def requests_about(self, cycle: str, unit: str, criterion: str) -> Sequence[RequestRecord]:
        table = t.explanation_request
        query = select_fields(RequestRecord, table).where(
            table.c.cycle == cycle, table.c.unit == unit, table.c.criterion == criterion
        )
        return all_of(RequestRecord, self.connection.execute(query.order_by(table.c.number.desc())))

    def objections_about(self, cycle: str, unit: str, criterion: str) -> Sequence[ShownObjection]:
        table, answer = t.objection, t.objection_answer
        query = (
            sa.select(
                table,
                answer.c.stands,
                answer.c.answered_at,
                result_tables.decision.c.reason.label("answer"),
                result_tables.decision.c.decided_as.label("answered_as"),
            )
            .outerjoin(answer, answer.c.objection == table.c.id)
            .outerjoin(result_tables.decision, result_tables.decision.c.id == answer.c.decision)
            .where(table.c.cycle == cycle, table.c.unit == unit, table.c.criterion == criterion)
            .order_by(table.c.objected_at.desc())
        )
        return all_of(ShownObjection, self.connection.execute(query))

    def waiting(self, actor: Actor, cycle: str, council: str) -> Sequence[WaitingStep]:
        item = t.review_item
        rows = self.connection.execute(
            sa.select(item.c.review, sa.func.count().label("count"))
            .where(item.c.cycle == cycle, item.c.review.in_(WAITING), t.visible_items(actor, council))
            .group_by(item.c.review)
        )
        counts: dict[str, int] = {row.review: row[1] for row in rows}
        return [WaitingStep(state.value, counts[state]) for state in WAITING if state in counts]

    def scores(self, cycle: str, unit: str) -> Sequence[KeptScore]:
        item, decision, signed = t.review_item, result_tables.decision, t.countersignature
        objection, answer = t.objection, t.objection_answer
        final = sa.and_(item.c.review.in_(CONCLUDED), item.c.concluded_at.is_not(None), item.c.basis != "none")
        query = (
            sa.select(
                *(item.c[name] for name in ("criterion", "claimed_value", "self_points", "value", "points", "basis")),
                *(item.c[name] for name in ("state", "review", "observation", "concluded_at", "version", "left_out")),
                item.c.target,
                decision.c.verdict,
                decision.c.reason,
                decision.c.document_number,
                decision.c.decided_at,
                decision.c.decided_as,
                signed.c.signed_as,
                objection.c.id.label("objection"),
                objection.c.reason.label("objection_reason"),
                objection.c.document_number.label("objection_document"),
                objection.c.objected_at,
                answer.c.stands.label("objection_stands"),
                answer.c.answered_at,
            )
            .outerjoin(decision, decision.c.id == item.c.decision)
            .outerjoin(signed, sa.and_(signed.c.decision == decision.c.id, signed.c.signed))
            .outerjoin(
                objection,
                sa.and_(
                    objection.c.cycle == item.c.cycle,
                    objection.c.unit == item.c.unit,
                    objection.c.criterion == item.c.criterion,
                    objection.c.facts_sha256 == item.c.facts_sha256,
                ),
            )
            .outerjoin(answer, answer.c.objection == objection.c.id)
            .where(
                item.c.cycle == cycle,
                item.c.unit == unit,
                sa.or_(final, item.c.review == ItemState.CHALLENGED, item.c.objection.is_not(None)),
            )
            .order_by(item.c.place)
        )
        return all_of(KeptScore, self.connection.execute(query))
