"""The score sheet of a cluster: every part of every unit's points, computed over the cohort and frozen by its hash."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import rfc8785
from numpy.typing import NDArray

from services.ranking.scoring.model import (
    LEFT_OUT,
    Change,
    Cluster,
    CountedItem,
    Cycle,
    FrozenScore,
    FrozenUnit,
    Member,
    ScoreSheet,
)
from shared.criteria import model
from shared.criteria.standings import score_cohort

Floats = NDArray[np.float64]


def build_sheet(
    cycle: Cycle, framework: model.Framework, cluster: Cluster, cohort: Sequence[Cluster], version: int
) -> ScoreSheet:
    """The sheet of `cluster`; `cohort` are the clusters a rule may look at (every one where a scope is `all`)."""
    points = _points(framework, cohort)
    units = tuple(
        _frozen(framework, member, points[member.unit], _at_recognised(framework, cohort, member))
        for member in cluster.members
    )
    document = rfc8785.dumps(_document(cycle, cluster, version, units))
    return ScoreSheet(
        cycle=cycle.cycle,
        cluster=cluster.cluster,
        version=version,
        framework_sha256=cycle.framework_sha256,
        units=units,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
    )


def cohort_of(framework: model.Framework, cluster: Cluster, clusters: Sequence[Cluster]) -> Sequence[Cluster]:
    """The clusters that the rules look at when they score one of a cycle's clusters."""
    return clusters if framework.compares == "all" else [cluster]


def _at_recognised(framework: model.Framework, cohort: Sequence[Cluster], member: Member) -> Floats | None:
    """The unit's points [k] if its recognised targets counted and all else stood; None where it has none."""
    if not any(item.recognised for item in _items(member)):
        return None
    return _points(framework, cohort, member.unit)[member.unit]


def _points(
    framework: model.Framework, cohort: Sequence[Cluster], at_recognised: str | None = None
) -> dict[str, Floats]:
    """Unit → points [k] of the framework's items: by rule where the rule can score, else as verify gave them.

    `at_recognised`: the one unit whose recognised targets are taken instead of those that count.
    """
    members = [(cluster.cluster, member) for cluster in cohort for member in cluster.members]
    shape = (len(members), len(framework.items))
    values, targets, given = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    left_out = np.zeros(shape, dtype=bool)
    for row, (_, member) in enumerate(members):
        for item in _items(member):
            column = framework.columns[item.criterion]
            left_out[row, column] = item.left_out
            if not item.left_out:
                values[row, column] = _number(item.value)
                changed = item.recognised if member.unit == at_recognised else None
                targets[row, column] = _number(changed["target"] if changed else item.target)
                given[row, column] = _number(item.points)
    units = [member.unit for _, member in members]
    scored = score_cohort(framework, units, [cluster for cluster, _ in members], values, targets)
    points = np.where(np.isnan(scored), given, scored)
    if framework.missing == "error":
        # Left out for everybody in the cluster is a rule of its own, not a missing value: it adds nothing to anybody.
        points[left_out] = 0.0
    return {unit: points[row] for row, unit in enumerate(units)}


def _items(member: Member) -> Sequence[CountedItem]:
    return member.verification.items if member.verification is not None else ()


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _frozen(framework: model.Framework, member: Member, points: Floats, recognised: Floats | None) -> FrozenUnit:
    items = sorted(_items(member), key=lambda item: framework.columns[item.criterion])
    columns = [framework.columns[item.criterion] for item in items]
    scores = tuple(
        _score(item, float(points[column]), None if recognised is None else float(recognised[column]))
        for item, column in zip(items, columns, strict=True)
    )
    sent = member.submission
    return FrozenUnit(
        unit=member.unit,
        title=member.title,
        submission_number=None if sent is None else sent.number,
        submission_sha256=None if sent is None else sent.content_sha256,
        scores=scores,
    )


def _score(item: CountedItem, points: float, recognised: float | None) -> FrozenScore:
    changed = item.recognised if item.recognised and recognised is not None and not item.left_out else None
    return FrozenScore(
        criterion=item.criterion,
        points=None if np.isnan(points) else points,
        status=LEFT_OUT if item.left_out else item.state,
        basis=item.basis,
        left_out=item.left_out,
        value=item.value,
        target=item.target,
        claimed_value=item.claimed_value,
        self_points=item.self_points,
        observation=item.observation,
        decision=item.decision,
        recognised=changed
        and {**changed, "points": None if recognised is None or np.isnan(recognised) else recognised},
    )


def _document(cycle: Cycle, cluster: Cluster, version: int, units: Sequence[FrozenUnit]) -> dict[str, Any]:
    return {
        "sheet": {
            "council": cycle.council,
            "cycle": cycle.cycle,
            "period": cycle.period,
            "cluster": cluster.cluster,
            "method": cluster.method,
            "version": version,
            "framework_sha256": cycle.framework_sha256,
            **({"synthetic": True} if cycle.synthetic else {}),
        },
        "units": [
            {
                "unit": unit.unit,
                "submission_number": unit.submission_number,
                "submission_sha256": unit.submission_sha256,
                "scores": [score.document() for score in unit.scores],
            }
            for unit in sorted(units, key=lambda unit: unit.unit)
        ],
    }


def changes(before: Sequence[FrozenUnit], after: Sequence[FrozenUnit]) -> tuple[Change, ...]:
    """The parts whose points differ, by unit and criterion."""
    old = {(unit.unit, score.criterion): score.points for unit in before for score in unit.scores}
    new = {(unit.unit, score.criterion): score.points for unit in after for score in unit.scores}
    return tuple(
        Change(unit, criterion, old.get((unit, criterion)), new.get((unit, criterion)))
        for unit, criterion in sorted(old.keys() | new.keys())
        if old.get((unit, criterion)) != new.get((unit, criterion))
    )


def same_content(sheet: ScoreSheet, units: Sequence[FrozenUnit]) -> bool:
    """Whether a new sheet says nothing that the frozen units of the one before do not say."""
    return [_plain(unit) for unit in sheet.units] == [_plain(unit) for unit in units]


def _plain(unit: FrozenUnit) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "unit": unit.unit,
        "submission": unit.submission_sha256,
        "scores": [score.document() for score in sorted(unit.scores, key=lambda score: score.criterion)],
    }
    return plain
