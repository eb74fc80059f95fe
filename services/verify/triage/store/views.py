"""Where capacity ends, how good the screening was, what was drawn, and each unit's history of differences."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.claims.store.earlier import beginnings, cycles_before, was_itself
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.reviews.store.visible import visible_items
from services.verify.screening.model import COMPARISONS
from services.verify.sql import text_array
from services.verify.triage import tables as t
from services.verify.triage.model import Plan, RiskClass
from services.verify.triage.rules.draws import first_year
from services.verify.triage.rules.estimates import Estimate, Stratum, how_many, share
from services.verify.triage.store.triage import claimed_points, confirmed, draws_of, newest_plan
from shared.people import Actor
from shared.plumbing.database import rows_as_dicts

ONE_BY_ONE = ("accept", "adjust", "reject")


def _joined() -> sa.ColumnElement[bool]:
    """Whether a decision belongs to a joint acceptance."""
    together = t.joint_acceptance
    return sa.exists().where(
        together.c.cycle == result_tables.decision.c.cycle, result_tables.decision.c.id == sa.any_(together.c.decisions)
    )


def capacity_of(connection: Connection, actor: Actor, cycle: dict[str, Any]) -> dict[str, Any]:
    """How many items the staff can look through, and the first open item that lies beyond (`line`; None: all fit).

    Items drawn at random are looked at whatever their priority, so room is kept for them.
    """
    name, item = cycle["cycle"], review_tables.review_item
    _, plan = newest_plan(connection, name)
    looked_at = connection.execute(
        sa.select(sa.func.count())
        .select_from(result_tables.decision)
        .where(result_tables.decision.c.cycle == name, result_tables.decision.c.verdict.in_(ONE_BY_ONE), ~_joined())
    ).scalar_one()
    mine = sa.and_(item.c.cycle == name, visible_items(actor, cycle["council"]))
    waiting = sa.and_(item.c.review == "open", ~item.c.audit)
    by_comparison = sa.and_(item.c.flagged, item.c.asked.op("<@")(text_array(COMPARISONS)))
    doubt = sa.func.sum(1 - item.c.suspicion)
    whole = connection.execute(
        sa.select(
            sa.func.count().filter(item.c.review == "open", item.c.audit).label("audits"),
            doubt.filter(by_comparison).label("doubt"),
        ).where(mine)
    ).one()
    remaining = max(0, plan.capacity - looked_at - whole.audits)
    line = (
        connection.execute(
            sa.select(item.c.priority, item.c.unit, item.c.criterion)
            .where(mine, waiting)
            .order_by(item.c.priority.desc(), item.c.unit, item.c.criterion)
            .offset(remaining)
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    below = sa.false() if line is None else beyond(line)
    beside = connection.execute(
        sa.select(
            sa.func.count().filter(~below).label("above"),
            sa.func.count().filter(below).label("below"),
            sa.func.count().filter(below, item.c.blocks_freeze).label("must_be_decided_below"),
            doubt.filter(by_comparison, ~below).label("doubt"),
        ).where(mine, waiting)
    ).one()
    expected = cycle["expected_false"]
    part = (beside.doubt or 0.0) / whole.doubt if whole.doubt else 0.0
    return {
        "capacity": plan.capacity,
        "looked_at": looked_at,
        "audits": whole.audits,
        "remaining": remaining,
        "above": beside.above,
        "below": beside.below,
        "must_be_decided_below": beside.must_be_decided_below,
        "expected_false": None if expected is None else float(expected) * part,
        "line": dict(line) if line else None,
    }


def beyond(line: Any) -> sa.ColumnElement[bool]:
    """Whether an item stands at or after that place of the queue."""
    item = review_tables.review_item
    return sa.or_(
        item.c.priority < line["priority"],
        sa.and_(
            item.c.priority == line["priority"],
            sa.tuple_(item.c.unit, item.c.criterion) >= sa.tuple_(line["unit"], line["criterion"]),
        ),
    )


def plan_of(connection: Connection, cycle: str) -> dict[str, Any]:
    """The newest plan with its version, who set it and why; the declared defaults are version 0."""
    version, plan = newest_plan(connection, cycle)
    about = t.review_plan
    row = connection.execute(
        sa.select(about.c.reason, about.c.set_at, about.c.set_by_name).where(
            about.c.cycle == cycle, about.c.version == version
        )
    ).mappings()
    said = row.one_or_none() or {"reason": "", "set_at": None, "set_by_name": ""}
    return {"plan": plan, "version": version, **said}


def quality_of(connection: Connection, cycle: str) -> dict[str, Any]:
    """How often what was asked about was lowered, by check and by source; what the random audits found."""
    return {
        "by_code": _precision(connection, cycle, "code"),
        "by_source": _precision(connection, cycle, "source"),
        **_audits(connection, cycle),
    }


def _precision(connection: Connection, cycle: str, of: str) -> list[dict[str, Any]]:
    item, decision = review_tables.review_item, result_tables.decision
    name: Any = sa.func.unnest(item.c.codes) if of == "code" else item.c.observation["source"].astext
    asked = (
        sa.select(name.label("name"), decision.c.verdict.in_(("adjust", "reject")).label("lowered"))
        .join(decision, decision.c.id == item.c.decision)
        .where(
            item.c.cycle == cycle,
            decision.c.verdict.in_(ONE_BY_ONE),
            sa.or_(item.c.flagged, sa.func.cardinality(decision.c.asked) > 0),
            ~_joined(),
            *((item.c.observation.is_not(None),) if of == "source" else ()),
        )
        .subquery()
    )
    rows = connection.execute(
        sa.select(
            asked.c.name,
            sa.func.count().label("decided"),
            sa.func.count().filter(asked.c.lowered).label("lowered"),
        )
        .group_by(asked.c.name)
        .order_by(sa.func.count().desc(), asked.c.name)
    )
    return [
        {"name": row.name, "decided": row.decided, "lowered": row.lowered} | _bounds(share(row.lowered, row.decided))
        for row in rows
    ]


def _bounds(estimate: Estimate) -> dict[str, float | None]:
    return {"best": estimate.best, "low": estimate.low, "high": estimate.high}


def _audits(connection: Connection, cycle: str) -> dict[str, Any]:
    item, decision, draw = review_tables.review_item, result_tables.decision, t.audit_draw
    rows = connection.execute(
        sa.select(
            draw.c.risk_class,
            sa.func.count().label("decided"),
            sa.func.count().filter(confirmed()).label("found"),
        )
        .join(item, sa.and_(item.c.cycle == draw.c.cycle, item.c.unit == draw.c.unit))
        .join(decision, decision.c.id == item.c.decision)
        .where(draw.c.cycle == cycle, item.c.criterion == sa.any_(draw.c.drawn), item.c.audit)
        .group_by(draw.c.risk_class)
    )
    decided = {row.risk_class: row for row in rows}
    draws = draws_of(connection, [cycle])
    classes, strata = [], []
    for risk_class in RiskClass:
        mine = [one for one in draws if one.risk_class is risk_class]
        known = decided.get(risk_class.value)
        stratum = Stratum(
            population=sum(len(one.population) for one in mine),
            looked_at=known.decided if known else 0,
            found=known.found if known else 0,
        )
        strata.append(stratum)
        classes.append(
            {
                "risk_class": risk_class.value,
                "units": len(mine),
                "population": stratum.population,
                "drawn": sum(len(one.drawn) for one in mine),
                "decided": stratum.looked_at,
                "found": stratum.found,
            }
        )
    population = sum(stratum.population for stratum in strata)
    missed = _bounds(how_many(strata)) if any(stratum.looked_at for stratum in strata) else None
    return {"classes": classes, "unflagged": population, "missed": missed}


def history_of(connection: Connection, cycle: dict[str, Any], plan: Plan, units: Sequence[str]) -> list[dict[str, Any]]:
    """Per unit and earlier cycle what was decided, how often less counted than was claimed, and by how many points.

    Differences lapse after the plan's years. A unit that comes of a merger, or took others in, starts anew.
    """
    name, item, member = cycle["cycle"], review_tables.review_item, claim_tables.cycle_member
    since = first_year(cycle["period"], plan.lapses_after)
    period_of = {row.cycle: row.period for row in cycles_before(connection, name) if int(row.period[:4]) >= since}
    points = sa.func.sum(claimed_points() - item.c.counted_points).filter(confirmed())
    rows = connection.execute(
        sa.select(
            item.c.unit,
            member.c.title.label("unit_title"),
            item.c.cycle,
            sa.func.count().label("decided"),
            sa.func.count().filter(confirmed()).label("differences"),
            sa.func.coalesce(points, 0.0).label("points"),
        )
        .join(result_tables.decision, result_tables.decision.c.id == item.c.decision)
        .join(member, sa.and_(member.c.cycle == name, member.c.unit == item.c.unit))
        .where(item.c.cycle == sa.any_(text_array(period_of)), item.c.unit == sa.any_(text_array(units)))
        .group_by(item.c.unit, member.c.title, item.c.cycle)
    )
    begins = beginnings(connection, name)
    listed = [
        row | {"period": period_of[row["cycle"]]}
        for row in rows_as_dicts(rows)
        if was_itself(row["unit"], period_of[row["cycle"]], begins)
    ]
    return sorted(listed, key=lambda row: (row["unit"], row["period"]))


def units_seen_by(connection: Connection, actor: Actor, cycle: dict[str, Any]) -> list[str]:
    """The units of which somebody may look at items, by code."""
    item = review_tables.review_item
    rows = connection.execute(
        sa.select(item.c.unit)
        .distinct()
        .where(item.c.cycle == cycle["cycle"], visible_items(actor, cycle["council"]))
        .order_by(item.c.unit)
    )
    return list(rows.scalars())
