"""What was done about an item, what a unit may see of its scores, and where the steps of a cycle's reviews wait."""

import json
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as t
from services.verify.reviews.rules.states import CONCLUDED, HELD_UP, ItemState
from services.verify.reviews.store import trail as audit
from services.verify.reviews.store.visible import visible_items
from shared.people import Actor
from shared.plumbing.database import rows_as_dicts

WAITING = (ItemState.EXPLAINED, ItemState.EXPIRED, *sorted(HELD_UP), ItemState.ASKED, ItemState.CLAIMED)


def requests_of(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """All questions ever asked about an item, newest first."""
    table = t.explanation_request
    query = sa.select(table).where(table.c.cycle == cycle, table.c.unit == unit, table.c.criterion == criterion)
    return rows_as_dicts(connection.execute(query.order_by(table.c.number.desc())))


def countersignatures_of(connection: Connection, decisions: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What second persons said, by decision."""
    table = t.countersignature
    rows = rows_as_dicts(connection.execute(sa.select(table).where(table.c.decision.in_(decisions))))
    return {row["decision"]: row for row in rows}


def objections_of(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """The unit's objections to an item with their answers, newest first."""
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
    return rows_as_dicts(connection.execute(query))


def versions_of(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """What each version of the self-assessment said of an item, newest first."""
    sent, said = claim_tables.submission, claim_tables.submission_item
    query = (
        sa.select(
            sent.c.number,
            sent.c.submitted_at,
            said.c.value,
            said.c.self_points,
            said.c.target,
            said.c.note,
            said.c.explanation,
        )
        .join(said, sa.and_(said.c.submission == sent.c.id, said.c.criterion == criterion))
        .where(sent.c.cycle == cycle, sent.c.unit == unit)
        .order_by(sent.c.number.desc(), sent.c.id.desc())
    )
    return rows_as_dicts(connection.execute(query))


def trail_of(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """The rows of the trail about an item, oldest first."""
    return [trail_row(row) for row in audit.steps_of(connection, cycle, unit, criterion)]


def trail_row(row: Any) -> dict[str, Any]:
    """A row of the trail as it is shown."""
    return {"number": row.number, "sha256": row.sha256, **json.loads(row.content)}


def waiting_steps(connection: Connection, actor: Actor, cycle: str, council: str) -> list[dict[str, Any]]:
    """How many items wait in each state between open and final, as far as the actor may look at them."""
    item = t.review_item
    rows = connection.execute(
        sa.select(item.c.review, sa.func.count().label("count"))
        .where(item.c.cycle == cycle, item.c.review.in_(WAITING), visible_items(actor, council))
        .group_by(item.c.review)
    )
    counts = {row.review: row.count for row in rows}
    return [{"review": state.value, "count": counts[state]} for state in WAITING if state in counts]


def unit_in(connection: Connection, cycle: str, unit: str) -> dict[str, Any] | None:
    """A cycle with its framework and one of its members; None if there is none."""
    member = claim_tables.cycle_member
    query = (
        sa.select(claim_tables.cycle, member.c.unit, member.c.title.label("unit_title"), member.c.cluster)
        .join(member, member.c.cycle == claim_tables.cycle.c.cycle)
        .where(claim_tables.cycle.c.cycle == cycle, member.c.unit == unit)
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def units_of(connection: Connection, homes: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    """The cycles in which these units (by council) are members, newest period first."""
    member = claim_tables.cycle_member
    query = (
        sa.select(
            claim_tables.cycle.c.cycle,
            claim_tables.cycle.c.title,
            claim_tables.cycle.c.period,
            member.c.unit,
            member.c.title.label("unit_title"),
        )
        .join(member, member.c.cycle == claim_tables.cycle.c.cycle)
        .where(
            sa.or_(
                sa.false(),
                *(
                    sa.and_(claim_tables.cycle.c.council == council, member.c.unit.in_(units))
                    for council, units in homes.items()
                ),
            )
        )
        .order_by(claim_tables.cycle.c.period.desc(), claim_tables.cycle.c.cycle, member.c.place)
    )
    return rows_as_dicts(connection.execute(query))


def scores_of(connection: Connection, cycle: str, unit: str) -> list[dict[str, Any]]:
    """What is final, or disputed, of a unit's items, in the framework's order; never what is only being asked."""
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
    return rows_as_dicts(connection.execute(query))
