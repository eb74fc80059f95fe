"""What the screening was worth and units' histories, for the API and the pages alike."""

from collections.abc import Mapping, Sequence

from services.verify.claims.model import ListedCycle, ShownCluster, ShownCycle
from services.verify.claims.rules.mergers import was_itself
from services.verify.ports import View
from services.verify.reviews.queries.item import no_such_item
from services.verify.roles import LOOKERS
from services.verify.triage.model import (
    AuditedClass,
    Draw,
    EstimatedPrecision,
    Plan,
    Precision,
    Quality,
    RiskClass,
    ShownPlan,
    UnitRecord,
    Year,
)
from services.verify.triage.rules.draws import first_year
from services.verify.triage.rules.estimates import Stratum, how_many, share
from shared.people import Actor


def plan_of(view: View, cycle: str) -> Plan:
    """By which parameters a cycle is reviewed."""
    return view.triage.plan(cycle)[1]


def shown_plan(view: View, cycle: str) -> ShownPlan:
    """The newest plan with its version, who set it and why; the declared defaults are version 0."""
    version, plan = view.triage.plan(cycle)
    why = view.triage.plan_reason(cycle, version)
    return ShownPlan(plan, version, why.reason, why.set_at, why.set_by_name)


def quality(view: View, actor: Actor, cycle: ShownCycle, most: int) -> Quality:
    """The whole of it; histories of at most so many units whose items somebody may look at, most differences first."""
    name = cycle.cycle
    units = view.triage.units_seen(actor, name, cycle.council)
    years = _history(view, cycle, plan_of(view, name), units)
    count: dict[str, int] = {}
    for year in years:
        count[year.unit] = count.get(year.unit, 0) + year.differences
    listed = sorted((unit for unit in count if count[unit]), key=lambda unit: (-count[unit], unit))
    shown = {unit: place for place, unit in enumerate(listed[:most])}
    outcomes = view.triage.audit_outcomes(name)
    classes = _classes(view.triage.draws([name]), {one: (o.decided, o.found) for one, o in outcomes.items()})
    strata = [Stratum(population=one.population, looked_at=one.decided, found=one.found) for one in classes]
    return Quality(
        by_code=[_estimated(one) for one in view.triage.precision(name, by_source=False)],
        by_source=[_estimated(one) for one in view.triage.precision(name, by_source=True)],
        classes=classes,
        unflagged=sum(one.population for one in classes),
        missed=how_many(strata) if any(one.looked_at for one in strata) else None,
        history=sorted(
            (year for year in years if year.unit in shown), key=lambda year: (shown[year.unit], year.period)
        ),
        history_left_out=max(0, len(listed) - most),
    )


def _estimated(one: Precision) -> EstimatedPrecision:
    bounds = share(one.lowered, one.decided)
    return EstimatedPrecision(one.name, one.decided, one.lowered, bounds.best, bounds.low, bounds.high)


def _classes(draws: Sequence[Draw], outcomes: Mapping[str, tuple[int, int]]) -> list[AuditedClass]:
    classes = []
    for risk_class in RiskClass:
        mine = [one for one in draws if one.risk_class is risk_class]
        decided, found = outcomes.get(risk_class.value, (0, 0))
        classes.append(
            AuditedClass(
                risk_class=risk_class.value,
                units=len(mine),
                population=sum(len(one.population) for one in mine),
                drawn=sum(len(one.drawn) for one in mine),
                decided=decided,
                found=found,
            )
        )
    return classes


def _history(view: View, cycle: ListedCycle, plan: Plan, units: Sequence[str]) -> Sequence[Year]:
    """Per unit and earlier cycle what was decided, how often less counted than was claimed, and by how many points.

    Differences lapse after the plan's years. A unit that comes of a merger, or took others in, starts anew.
    """
    since = first_year(cycle.period, plan.lapses_after)
    period_of = {one.cycle: one.period for one in view.claims.before(cycle.cycle) if int(one.period[:4]) >= since}
    begins = view.claims.beginnings(cycle.cycle)
    years = [
        Year(**vars(one), period=period_of[one.cycle])
        for one in view.triage.decided_years(cycle.cycle, list(period_of), units)
        if was_itself(one.unit, period_of[one.cycle], begins)
    ]
    return sorted(years, key=lambda year: (year.unit, year.period))


def unit_record(view: View, actor: Actor, cycle: str, unit: str) -> UnitRecord:
    """A unit's history. Raises a Refusal (not found) for anybody but staff and the unit itself."""
    found = view.cycles.of_member(cycle, unit)
    if found is None:
        raise no_such_item()
    place = {"council": found.council, "unit": unit, "cluster": found.cluster}
    if not actor.belongs_to(found.council, unit) and not actor.may(LOOKERS, **place):
        raise no_such_item()
    plan = plan_of(view, cycle)
    return UnitRecord(
        cycle=found,
        unit=unit,
        unit_title=found.unit_title,
        since=first_year(found.period, plan.lapses_after),
        years=_history(view, found, plan, [unit]),
    )


def cluster(view: View, cycle: str, code: str) -> ShownCluster | None:
    """A cluster's code and title."""
    return view.cycles.cluster(cycle, code)


def draws_and_salts(view: View) -> tuple[Sequence[Draw], Mapping[str, str]]:
    """What was drawn of all cycles, and their salts."""
    return view.triage.draws(), view.triage.salts()
