"""What a unit sees of its own scores: what is final, and who decided by role, never by name."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from services.verify.claims.rules.frameworks import maximum_of, read_framework
from services.verify.ports import View
from services.verify.reviews.model.states import CONCLUDED
from services.verify.reviews.model.views import KeptScore, Score, ScoreObjection, UnitScores
from services.verify.reviews.rules.objections import is_over
from services.verify.roles import speaks_for
from services.verify.screening.queries import load_material
from services.verify.screening.rules.facts import known
from services.verify.sources.queries import no_such_cycle
from shared.criteria.standings import score_cohort
from shared.people import Actor


def unit_scores(view: View, actor: Actor, cycle: str, unit: str) -> UnitScores:
    """The cycle, the unit, and its final scores. Raises a Refusal (not found) for everybody else's."""
    found = view.cycles.of_member(cycle, unit)
    if found is None or not speaks_for(actor, found.council, unit):
        raise no_such_cycle()
    days = view.steps.rules(found.council, cycle).objection_days
    framework = read_framework(found)
    points = verified_points(view, cycle, unit)
    titles = {item.code: {"vi": item.title.vi, "en": item.title.en} for item in framework.items}
    scores = [
        _score(
            kept,
            criterion_title=titles.get(kept.criterion, {"vi": kept.criterion}),
            points=points.get(kept.criterion, kept.points),
            maximum=maximum_of(framework, kept.criterion, found.cluster),
            days=days,
            now=view.now,
        )
        for kept in view.steps.scores(cycle, unit)
    ]
    return UnitScores(found, cycle, unit, found.unit_title, scores)


def _score(
    kept: KeptScore,
    *,
    criterion_title: Mapping[str, str],
    points: float | None,
    maximum: float,
    days: int,
    now: datetime,
) -> Score:
    same = {name: getattr(kept, name) for name in Score.__dataclass_fields__ if hasattr(kept, name)}
    final = kept.review in CONCLUDED and kept.concluded_at is not None
    objection = None
    if kept.objection is not None:
        assert kept.objection_reason is not None and kept.objection_document is not None  # noqa: PT018
        assert kept.objected_at is not None
        objection = ScoreObjection(
            kept.objection_reason,
            kept.objection_document,
            kept.objected_at,
            kept.objection_stands,
            kept.answered_at,
        )
    return Score(
        **same
        | {
            "criterion_title": criterion_title,
            "points": points,
            "maximum": maximum,
            "figure": kept.observation,
            "objections_until": None if kept.concluded_at is None else kept.concluded_at + timedelta(days=days),
            "may_object": final and objection is None and not is_over(kept.concluded_at, days, now),
            "objection": objection,
        }
    )


def verified_points(view: View, name: str, unit: str) -> Mapping[str, float]:
    """Points by criterion, as far as what counts can be scored now; rules that compare look at what counts so far."""
    cycle = view.cycles.find(name)
    units = view.cycles.cluster_members_who_submitted(name, unit)
    if cycle is None or unit not in units:
        return {}
    material = load_material(view, cycle, units)
    items = view.reviews.items(name, units)
    cohort = material.cohort(complete=False)
    rows = {code: row for row, code in enumerate(cohort.units)}
    columns = material.framework.columns
    values, given = (np.full(cohort.shape, np.nan) for _ in range(2))
    for item in items.values():
        if item.unit in rows and item.criterion in columns:
            cell = rows[item.unit], columns[item.criterion]
            values[cell] = np.nan if item.value is None else item.value
            given[cell] = np.nan if item.points is None else item.points
    scored = score_cohort(material.framework, cohort.units, cohort.clusters, values, cohort.target)
    points = np.where(np.isfinite(scored), scored, given)[rows[unit]]
    found = {code: known(points[column]) for code, column in columns.items()}
    return {code: number for code, number in found.items() if number is not None}
