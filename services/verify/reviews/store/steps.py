"""Rules, requests, second signatures, objections and the trail in PostgreSQL."""

import dataclasses
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.verify.claims import tables as claim_tables
from services.verify.claims.model import ItemKey
from services.verify.reviews import tables as t
from services.verify.reviews.model.states import ItemState
from services.verify.reviews.model.steps import (
    CountersignatureRecord,
    ObjectionAnswerRecord,
    ObjectionRecord,
    RequestRecord,
    ReviewRules,
)
from services.verify.reviews.store.step_views import StepViews
from services.verify.sql import insert_many, select_fields

_REQUEST = tuple(field.name for field in dataclasses.fields(RequestRecord))
_OBJECTION = tuple(field.name for field in dataclasses.fields(ObjectionRecord))


class SqlSteps(StepViews):
    """`ports.Steps` over one connection."""

    def rules(self, council: str, cycle: str) -> ReviewRules:
        table = t.review_rule
        row = (
            self.connection.execute(
                select_fields(ReviewRules, table)
                .where(table.c.council == council, sa.or_(table.c.cycle == cycle, table.c.cycle.is_(None)))
                .order_by(table.c.cycle.is_(None), table.c.id.desc())
                .limit(1)
            )
            .mappings()
            .one_or_none()
        )
        return ReviewRules(**row) if row else ReviewRules()

    def declare(
        self, council: str, cycle: str | None, rules: ReviewRules, reason: str, now: datetime, by: tuple[str, str]
    ) -> None:
        declared = {"reason": reason, "declared_at": now, "declared_by": by[0], "declared_by_name": by[1]}
        self.connection.execute(
            sa.insert(t.review_rule).values(council=council, cycle=cycle, **dataclasses.asdict(rules), **declared)
        )

    def requests(self, identities: Collection[uuid.UUID], *, lock: bool = False) -> Mapping[uuid.UUID, RequestRecord]:
        if not identities:
            return {}
        table = t.explanation_request
        query = _requests().where(table.c.id == sa.any_(sa.literal(list(identities), postgresql.ARRAY(sa.Uuid))))
        rows = self.connection.execute(query.with_for_update() if lock else query).mappings()
        return {row["id"]: RequestRecord(**row) for row in rows}

    def requests_made(self, cycle: str, key: ItemKey) -> int:
        table = t.explanation_request
        made = sa.select(sa.func.count()).where(
            table.c.cycle == cycle, table.c.unit == key[0], table.c.criterion == key[1]
        )
        return int(self.connection.execute(made).scalar_one())

    def save_requests(self, requests: Sequence[RequestRecord]) -> None:
        if not requests:
            return
        insert = postgresql.insert(t.explanation_request)
        changed = {name: insert.excluded[name] for name in _REQUEST if name != "id"}
        self.connection.execute(
            insert.on_conflict_do_update(index_elements=["id"], set_=changed),
            [dataclasses.asdict(request) for request in requests],
        )

    def running_requests(self) -> Sequence[RequestRecord]:
        table = t.explanation_request
        query = (
            _requests()
            .join(claim_tables.cycle, claim_tables.cycle.c.cycle == table.c.cycle)
            .where(table.c.state == "requested", claim_tables.cycle.c.state != "archived")
            .order_by(table.c.cycle, table.c.unit, table.c.criterion)
        )
        return [RequestRecord(**row) for row in self.connection.execute(query).mappings()]

    def add_countersignature(self, countersignature: CountersignatureRecord) -> None:
        self.connection.execute(sa.insert(t.countersignature).values(dataclasses.asdict(countersignature)))

    def countersignatures(self, decisions: Collection[uuid.UUID]) -> Mapping[uuid.UUID, CountersignatureRecord]:
        table = t.countersignature
        rows = self.connection.execute(
            select_fields(CountersignatureRecord, table).where(table.c.decision.in_(list(decisions)))
        ).mappings()
        return {row["decision"]: CountersignatureRecord(**row) for row in rows}

    def add_objection(self, objection: ObjectionRecord) -> bool:
        added = self.connection.execute(
            postgresql.insert(t.objection)
            .values(dataclasses.asdict(objection))
            .on_conflict_do_nothing(index_elements=["cycle", "unit", "criterion", "facts_sha256"])
            .returning(t.objection.c.id)
        )
        return added.scalar_one_or_none() is not None

    def objection(self, identity: uuid.UUID) -> ObjectionRecord:
        table = t.objection
        row = self.connection.execute(
            sa.select(*(table.c[name] for name in _OBJECTION)).where(table.c.id == identity)
        ).mappings()
        return ObjectionRecord(**row.one())

    def answer_objections(self, answers: Sequence[ObjectionAnswerRecord]) -> None:
        insert_many(self.connection, t.objection_answer, [dataclasses.asdict(answer) for answer in answers])

    def lapsed(self, now: datetime) -> Sequence[tuple[str, str]]:
        item = t.review_item
        rows = self.connection.execute(
            sa.select(item.c.cycle, item.c.unit)
            .distinct()
            .join(claim_tables.cycle, claim_tables.cycle.c.cycle == item.c.cycle)
            .where(
                item.c.review == ItemState.CLAIMED, item.c.held_until <= now, claim_tables.cycle.c.state != "archived"
            )
            .order_by(item.c.cycle, item.c.unit)
        )
        return [(row.cycle, row.unit) for row in rows]


def _requests() -> sa.Select[Any]:
    return sa.select(*(t.explanation_request.c[name] for name in _REQUEST))
