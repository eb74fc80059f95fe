"""Review plans, salts, draws and joint acceptances in PostgreSQL."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.verify.claims import tables as claim_tables
from services.verify.claims.model import ItemKey
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.sql import insert_many, text_array
from services.verify.triage import tables as t
from services.verify.triage.model import Draw, JointAcceptance, Plan, RiskClass, Undrawn
from services.verify.triage.store.views import TriageViews

_PLAN = tuple(field.name for field in dataclasses.fields(Plan))
_DRAW = tuple(field.name for field in dataclasses.fields(Draw))


class SqlTriage(TriageViews):
    """`ports.Triage` over one connection."""

    def plan(self, cycle: str) -> tuple[int, Plan]:
        table = t.review_plan
        row = (
            self.connection.execute(
                sa.select(table.c.version, *(table.c[name] for name in _PLAN))
                .where(table.c.cycle == cycle)
                .order_by(table.c.version.desc())
                .limit(1)
            )
            .mappings()
            .one_or_none()
        )
        return (0, Plan()) if row is None else (row["version"], Plan(**{name: row[name] for name in _PLAN}))

    def save_plan(self, cycle: str, plan: Plan, reason: str, now: datetime, account: str, name: str) -> int:
        version = self.plan(cycle)[0] + 1
        about = {"reason": reason, "set_at": now, "set_by": account, "set_by_name": name}
        row = {"cycle": cycle, "version": version} | dataclasses.asdict(plan) | about
        self.connection.execute(sa.insert(t.review_plan).values(row))
        return version

    def salt(self, cycle: str) -> str | None:
        return self.connection.execute(
            sa.select(t.audit_salt.c.salt).where(t.audit_salt.c.cycle == cycle)
        ).scalar_one_or_none()

    def keep_salt(self, cycle: str, salt: str, now: datetime) -> None:
        self.connection.execute(sa.insert(t.audit_salt).values(cycle=cycle, salt=salt, drawn_at=now))

    def due(self) -> Sequence[str]:
        cycle = claim_tables.cycle
        query = (
            sa.select(cycle.c.cycle)
            .where(
                cycle.c.state.not_in(("draft", "open", "archived")),
                sa.exists().where(t.review_plan.c.cycle == cycle.c.cycle),
                sa.exists(_compared().where(result_tables.verification.c.cycle == cycle.c.cycle)),
            )
            .order_by(cycle.c.cycle)
        )
        return list(self.connection.execute(query).scalars())

    def undrawn(self, cycle: str) -> Sequence[Undrawn]:
        item, unit = review_tables.review_item, result_tables.verification
        nothing_asked = sa.and_(
            item.c.review == "closed",
            sa.not_(item.c.flagged),
            sa.not_(item.c.left_out),
            item.c.decision.is_(None),
            sa.or_(item.c.claimed_value.is_not(None), item.c.self_points.is_not(None)),
        )
        population = sa.func.array_agg(sa.text("review_item.criterion ORDER BY review_item.criterion"))
        query = (
            _compared()
            .add_columns(unit.c.submission, population.filter(nothing_asked).label("population"))
            .outerjoin(item, sa.and_(item.c.cycle == unit.c.cycle, item.c.unit == unit.c.unit))
            .where(unit.c.cycle == cycle)
            .group_by(unit.c.unit, unit.c.submission)
            .order_by(unit.c.unit)
        )
        rows = self.connection.execute(query)
        return [Undrawn(row.unit, row.submission, tuple(row.population or ())) for row in rows]

    def differences(self, cycles: Collection[str]) -> Sequence[tuple[str, str, int]]:
        item = review_tables.review_item
        query = (
            sa.select(item.c.unit, item.c.cycle, sa.func.count())
            .join(result_tables.decision, result_tables.decision.c.id == item.c.decision)
            .where(item.c.cycle == sa.any_(text_array(cycles)), t.confirmed())
            .group_by(item.c.unit, item.c.cycle)
        )
        return [(unit, cycle, number) for unit, cycle, number in self.connection.execute(query)]

    def draws(self, cycles: Collection[str] | None = None) -> Sequence[Draw]:
        table = t.audit_draw
        query = sa.select(*(table.c[name] for name in _DRAW)).order_by(table.c.cycle, table.c.unit)
        if cycles is not None:
            query = query.where(table.c.cycle == sa.any_(text_array(cycles)))
        return [
            Draw(
                **{
                    **row,
                    "risk_class": RiskClass(row["risk_class"]),
                    "population": tuple(row["population"]),
                    "drawn": tuple(row["drawn"]),
                }
            )
            for row in self.connection.execute(query).mappings()
        ]

    def salts(self) -> Mapping[str, str]:
        return {
            row.cycle: row.salt for row in self.connection.execute(sa.select(t.audit_salt.c.cycle, t.audit_salt.c.salt))
        }

    def add_draws(self, draws: Sequence[Draw], now: datetime) -> None:
        rows = [dataclasses.asdict(draw) | {"risk_class": draw.risk_class.value, "drawn_at": now} for draw in draws]
        insert_many(self.connection, t.audit_draw, rows)

    def audit(self, cycle: str, keys: Collection[ItemKey], now: datetime) -> None:
        item = review_tables.review_item
        named = (
            sa.func.unnest(text_array(key[0] for key in keys), text_array(key[1] for key in keys))
            .table_valued("unit", "criterion", name="drawn")
            .render_derived()
        )
        self.connection.execute(
            sa.update(item)
            .where(item.c.cycle == cycle, item.c.unit == named.c.unit, item.c.criterion == named.c.criterion)
            .values(audit=True, review="open", concluded_at=None, version=item.c.version + 1, updated_at=now)
        )

    def add_acceptance(self, acceptance: JointAcceptance) -> None:
        row = dataclasses.asdict(acceptance)
        row |= {"decisions": list(acceptance.decisions), "set_aside": [list(key) for key in acceptance.set_aside]}
        self.connection.execute(sa.insert(t.joint_acceptance).values(row))


def _compared() -> sa.Select[Any]:
    """Units that were compared with their cluster and of which nothing was drawn yet."""
    unit = result_tables.verification
    return sa.select(unit.c.unit).where(
        unit.c.cohort,
        ~sa.exists().where(t.audit_draw.c.cycle == unit.c.cycle, t.audit_draw.c.unit == unit.c.unit),
    )
