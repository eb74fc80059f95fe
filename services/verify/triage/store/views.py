"""How far a cycle is, where capacity ends, how good the screening was, and each unit's differences."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.reviews.model.states import CONCLUDED, JUDGED
from services.verify.roles import own_units
from services.verify.screening.model import COMPARISONS
from services.verify.sql import all_of, one_of, select_fields, text_array
from services.verify.triage import tables as t
from services.verify.triage.model import (
    AuditOutcome,
    ClusterProgress,
    DecidedYear,
    Line,
    LinesBeside,
    PlanReason,
    Precision,
)
from shared.people import Actor

ONE_BY_ONE = ("accept", "adjust", "reject")


class TriageViews:
    """The part of `ports.Triage` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def progress(self, actor: Actor, cycle: str, council: str) -> Sequence[ClusterProgress]:
        member, item = claim_tables.cycle_member, review_tables.review_item
        cohort = sa.func.count().filter(result_tables.verification.c.cohort)
        units = (
            sa.select(
                member.c.cluster,
                sa.func.count().label("expected"),
                sa.func.count(member.c.submission).label("received"),
                sa.func.count()
                .filter(result_tables.verification.c.submission == member.c.submission)
                .label("screened"),
                cohort.label("compared"),
            )
            .outerjoin(
                result_tables.verification,
                sa.and_(
                    result_tables.verification.c.cycle == member.c.cycle,
                    result_tables.verification.c.unit == member.c.unit,
                ),
            )
            .where(member.c.cycle == cycle)
            .group_by(member.c.cluster)
            .subquery()
        )
        items = (
            sa.select(
                item.c.cluster,
                sa.func.count().label("items"),
                sa.func.count().filter(item.c.review.not_in(CONCLUDED)).label("open"),
                sa.func.count().filter(item.c.review.in_(JUDGED)).label("decided"),
                sa.func.count().filter(item.c.flagged).label("flagged"),
                sa.func.count().filter(item.c.blocks_freeze).label("blocking"),
                sa.func.count().filter(item.c.inconclusive).label("inconclusive"),
            )
            .where(item.c.cycle == cycle, review_tables.visible_items(actor, council))
            .group_by(item.c.cluster)
            .subquery()
        )
        counts = ("items", "open", "decided", "flagged", "blocking", "inconclusive")
        cluster = claim_tables.cycle_cluster
        query = (
            sa.select(
                cluster.c.cluster,
                cluster.c.title,
                *(
                    sa.func.coalesce(units.c[name], 0).label(name)
                    for name in ("expected", "received", "screened", "compared")
                ),
                *(sa.func.coalesce(items.c[name], 0).label(name) for name in counts),
            )
            .outerjoin(units, units.c.cluster == cluster.c.cluster)
            .outerjoin(items, items.c.cluster == cluster.c.cluster)
            .where(cluster.c.cycle == cycle)
            .order_by(cluster.c.place)
        )
        return all_of(ClusterProgress, self.connection.execute(query))

    def hidden_items(self, actor: Actor, cycle: str, council: str) -> int:
        item = review_tables.review_item
        query = (
            sa.select(sa.func.count())
            .select_from(item)
            .where(item.c.cycle == cycle, item.c.unit.in_(own_units(actor, council)))
        )
        return int(self.connection.execute(query).scalar_one())

    def looked_at(self, cycle: str) -> int:
        decision = result_tables.decision
        query = (
            sa.select(sa.func.count())
            .select_from(decision)
            .where(decision.c.cycle == cycle, decision.c.verdict.in_(ONE_BY_ONE), ~_joined())
        )
        return int(self.connection.execute(query).scalar_one())

    def open_audits(self, actor: Actor, cycle: str, council: str) -> tuple[int, float]:
        item = review_tables.review_item
        row = self.connection.execute(
            sa.select(
                sa.func.count().filter(item.c.review == "open", item.c.audit).label("audits"),
                _doubt().label("doubt"),
            ).where(item.c.cycle == cycle, review_tables.visible_items(actor, council))
        ).one()
        return row.audits, row.doubt or 0.0

    def line(self, actor: Actor, cycle: str, council: str, place: int) -> Line | None:
        item = review_tables.review_item
        query = (
            select_fields(Line, item)
            .where(*_waiting(actor, cycle, council))
            .order_by(item.c.priority.desc(), item.c.unit, item.c.criterion)
            .offset(place)
            .limit(1)
        )
        return one_of(Line, self.connection.execute(query))

    def beside(self, actor: Actor, cycle: str, council: str, line: Line | None) -> LinesBeside:
        item = review_tables.review_item
        below = sa.false() if line is None else _beyond(line)
        rows = self.connection.execute(
            sa.select(
                sa.func.count().filter(~below).label("above"),
                sa.func.count().filter(below).label("below"),
                sa.func.count().filter(below, item.c.blocks_freeze).label("must_be_decided_below"),
                sa.func.coalesce(_doubt(~below), 0.0).label("doubt"),
            ).where(*_waiting(actor, cycle, council))
        )
        return all_of(LinesBeside, rows)[0]

    def plan_reason(self, cycle: str, version: int) -> PlanReason:
        table = t.review_plan
        query = select_fields(PlanReason, table).where(table.c.cycle == cycle, table.c.version == version)
        return one_of(PlanReason, self.connection.execute(query)) or PlanReason("", None, "")

    def precision(self, cycle: str, *, by_source: bool) -> Sequence[Precision]:
        item, decision = review_tables.review_item, result_tables.decision
        name: Any = item.c.observation["source"].astext if by_source else sa.func.unnest(item.c.codes)
        asked = (
            sa.select(name.label("name"), decision.c.verdict.in_(("adjust", "reject")).label("lowered"))
            .join(decision, decision.c.id == item.c.decision)
            .where(
                item.c.cycle == cycle,
                decision.c.verdict.in_(ONE_BY_ONE),
                sa.or_(item.c.flagged, sa.func.cardinality(decision.c.asked) > 0),
                ~_joined(),
                *((item.c.observation.is_not(None),) if by_source else ()),
            )
            .subquery()
        )
        rows = self.connection.execute(
            sa.select(
                asked.c.name,
                sa.func.count().label("decided"),
                sa.func.count().filter(asked.c.lowered).label("lowered"),
            )
            .group_by(asked.c.name)
            .order_by(sa.func.count().desc(), asked.c.name)
        )
        return all_of(Precision, rows)

    def audit_outcomes(self, cycle: str) -> Mapping[str, AuditOutcome]:
        item, decision, draw = review_tables.review_item, result_tables.decision, t.audit_draw
        rows = self.connection.execute(
            sa.select(
                draw.c.risk_class,
                sa.func.count().label("decided"),
                sa.func.count().filter(t.confirmed()).label("found"),
            )
            .join(item, sa.and_(item.c.cycle == draw.c.cycle, item.c.unit == draw.c.unit))
            .join(decision, decision.c.id == item.c.decision)
            .where(draw.c.cycle == cycle, item.c.criterion == sa.any_(draw.c.drawn), item.c.audit)
            .group_by(draw.c.risk_class)
        )
        return {one.risk_class: one for one in all_of(AuditOutcome, rows)}

    def decided_years(self, cycle: str, cycles: Collection[str], units: Sequence[str]) -> Sequence[DecidedYear]:
        item, member = review_tables.review_item, claim_tables.cycle_member
        points = sa.func.sum(t.claimed_points() - item.c.counted_points).filter(t.confirmed())
        rows = self.connection.execute(
            sa.select(
                item.c.unit,
                member.c.title.label("unit_title"),
                item.c.cycle,
                sa.func.count().label("decided"),
                sa.func.count().filter(t.confirmed()).label("differences"),
                sa.func.coalesce(points, 0.0).label("points"),
            )
            .join(result_tables.decision, result_tables.decision.c.id == item.c.decision)
            .join(member, sa.and_(member.c.cycle == cycle, member.c.unit == item.c.unit))
            .where(item.c.cycle == sa.any_(text_array(cycles)), item.c.unit == sa.any_(text_array(units)))
            .group_by(item.c.unit, member.c.title, item.c.cycle)
        )
        return all_of(DecidedYear, rows)

    def units_seen(self, actor: Actor, cycle: str, council: str) -> Sequence[str]:
        item = review_tables.review_item
        query = (
            sa.select(item.c.unit)
            .distinct()
            .where(item.c.cycle == cycle, review_tables.visible_items(actor, council))
            .order_by(item.c.unit)
        )
        return list(self.connection.execute(query).scalars())


def _joined() -> sa.ColumnElement[bool]:
    """Whether a decision belongs to a joint acceptance."""
    together, decision = t.joint_acceptance, result_tables.decision
    return sa.exists().where(together.c.cycle == decision.c.cycle, decision.c.id == sa.any_(together.c.decisions))


def _waiting(actor: Actor, cycle: str, council: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Open items that were not drawn at random."""
    item = review_tables.review_item
    return item.c.cycle == cycle, review_tables.visible_items(actor, council), item.c.review == "open", ~item.c.audit


def _doubt(*conditions: sa.ColumnElement[bool]) -> sa.FunctionFilter[Any]:
    """How many flags that rest on comparisons may be honest."""
    item = review_tables.review_item
    by_comparison = sa.and_(item.c.flagged, item.c.asked.op("<@")(text_array(COMPARISONS)))
    return sa.func.sum(1 - item.c.suspicion).filter(by_comparison, *conditions)


def _beyond(line: Line) -> sa.ColumnElement[bool]:
    """Whether an item stands at or after that place of the queue."""
    item = review_tables.review_item
    return sa.or_(
        item.c.priority < line.priority,
        sa.and_(
            item.c.priority == line.priority,
            sa.tuple_(item.c.unit, item.c.criterion) >= sa.tuple_(line.unit, line.criterion),
        ),
    )
