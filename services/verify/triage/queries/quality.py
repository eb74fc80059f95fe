"""What the screening was worth and units' histories, for the API and the pages alike."""

from typing import Any

from sqlalchemy import Connection

from services.verify.claims.store.views import cycle_of_unit
from services.verify.reviews.actions.cluster_review import no_such_item
from services.verify.roles import LOOKERS
from services.verify.triage.rules.draws import first_year
from services.verify.triage.store import views as triage
from services.verify.triage.store.triage import newest_plan
from shared.people import Actor


def quality_view(connection: Connection, actor: Actor, cycle: dict[str, Any], most: int) -> dict[str, Any]:
    """The whole of it; histories of at most so many units whose items somebody may look at, most differences first."""
    _, plan = newest_plan(connection, cycle["cycle"])
    units = triage.units_seen_by(connection, actor, cycle)
    years = triage.history_of(connection, cycle, plan, units)
    count: dict[str, int] = {}
    for year in years:
        count[year["unit"]] = count.get(year["unit"], 0) + year["differences"]
    told = sorted((unit for unit in count if count[unit]), key=lambda unit: (-count[unit], unit))
    shown = {unit: place for place, unit in enumerate(told[:most])}
    history = sorted(
        (year for year in years if year["unit"] in shown), key=lambda year: (shown[year["unit"]], year["period"])
    )
    return triage.quality_of(connection, cycle["cycle"]) | {
        "history": history,
        "history_left_out": max(0, len(told) - most),
    }


def record_view(connection: Connection, actor: Actor, cycle: str, unit: str) -> dict[str, Any]:
    """A unit's history. Raises a Refusal (not found) for anybody but staff and the unit itself."""
    found = cycle_of_unit(connection, cycle, unit)
    if found is None:
        raise no_such_item()
    place = {"council": found["council"], "unit": unit, "cluster": found["cluster"]}
    if not actor.belongs_to(found["council"], unit) and not actor.may(LOOKERS, **place):
        raise no_such_item()
    _, plan = newest_plan(connection, cycle)
    years = triage.history_of(connection, found, plan, [unit])
    return {
        "cycle": found,
        "unit": unit,
        "unit_title": found["unit_title"],
        "since": first_year(found["period"], plan.lapses_after),
        "years": years,
    }
