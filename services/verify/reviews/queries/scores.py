"""What a unit sees of its own scores: what is final, and who decided by role, never by name."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.verify.reviews.actions.objections import is_over, speaks_for
from services.verify.reviews.queries.item import maximum_of, no_such_cycle, read_framework
from services.verify.reviews.queries.points import verified_points
from services.verify.reviews.rules.states import CONCLUDED
from services.verify.reviews.store import step_views as reading
from services.verify.reviews.store.steps import rules_of
from services.verify.roles import SPEAKERS
from services.verify.web.dependencies import Parts
from shared.people import Actor


def homes_of(actor: Actor) -> dict[str, tuple[str, ...]]:
    """Council → the units somebody speaks for."""
    councils = {grant.council for grant in actor.grants if grant.role in SPEAKERS}
    spoken = {
        council: tuple(unit for unit in actor.units_for(SPEAKERS, council) if speaks_for(actor, council, unit))
        for council in sorted(councils)
    }
    return {council: units for council, units in spoken.items() if units}


def scores_view(parts: Parts, actor: Actor, cycle: str, unit: str) -> dict[str, Any]:
    """The cycle, the unit, and its final scores. Raises a Refusal (not found) for everybody else's."""
    with parts.database.reader() as connection:
        found = reading.unit_in(connection, cycle, unit)
        if found is None or not speaks_for(actor, found["council"], unit):
            raise no_such_cycle()
        rows = reading.scores_of(connection, cycle, unit)
        days = rules_of(connection, found["council"], cycle).objection_days
    framework = read_framework(found)
    points = verified_points(parts.store, cycle, unit)
    now = parts.database.clock.now()
    titles = {item.code: {"vi": item.title.vi, "en": item.title.en} for item in framework.items}
    scores = [
        _score(row, days, now)
        | {
            "criterion_title": titles.get(row["criterion"], {"vi": row["criterion"]}),
            "maximum": maximum_of(framework, row["criterion"], found["cluster"]),
            "points": points.get(row["criterion"], row["points"]),
        }
        for row in rows
    ]
    return {"found": found, "cycle": cycle, "unit": unit, "unit_title": found["unit_title"], "scores": scores}


def _score(row: Mapping[str, Any], days: int, now: datetime) -> dict[str, Any]:
    until = None if row["concluded_at"] is None else row["concluded_at"] + timedelta(days=days)
    objected = row["objection"] is not None
    final = row["review"] in CONCLUDED and row["concluded_at"] is not None
    objection = {
        "reason": row["objection_reason"],
        "document_number": row["objection_document"],
        "objected_at": row["objected_at"],
        "stands": row["objection_stands"],
        "answered_at": row["answered_at"],
    }
    return {
        **row,
        "figure": row["observation"],
        "objections_until": until,
        "may_object": final and not objected and not is_over(row["concluded_at"], days, now),
        "objection": objection if objected else None,
    }
