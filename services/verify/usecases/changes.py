"""What a release concerns, and what changed on items when they were screened again."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from services.verify.claims.actions.screenings import request_screenings
from services.verify.claims.model import ItemKey
from services.verify.claims.rules.frameworks import framework_of
from services.verify.ports.changes import ItemChange, ReleasedRow
from services.verify.ports.reviews import ReviewItem
from services.verify.ports.store import Transaction
from services.verify.sources.rules.own_reports import is_own_report
from shared.criteria.model import Framework
from shared.criteria.periods import period_order

FIGURE = ("source", "indicator", "period", "value", "status")


def touch(transaction: Transaction, council: str, rows: Sequence[ReleasedRow]) -> None:
    """Ask for screenings of exactly the units that these rows concern, in every living cycle of the council.

    How many units and items of a cycle each release concerns is noted; a cycle whose framework asks for none of the
    rows, or whose period is over before theirs, is left alone.
    """
    touched = transaction.cycles.touched(council, {row.unit for row in rows})
    transaction.cycles.take_turns()
    transaction.cycles.lock(touched)
    for name, members in touched.items():
        cycle = transaction.cycles.find(name)
        assert cycle is not None  # it has members
        framework = framework_of(cycle.framework, cycle.framework_sha256)
        among = set(members)
        keys = concerned(framework, cycle.period, [row for row in rows if row.unit in among])
        for release in sorted({release for release, _ in keys}):
            items = {key for of_release, key in keys if of_release == release}
            units = {unit for unit, _ in items}
            transaction.changes.touch(release, name, len(units), len(items), transaction.now)
        if keys:
            request_screenings(transaction, name, {unit for _, (unit, _) in keys})


def concerned(framework: Framework, period: str, rows: Iterable[ReleasedRow]) -> set[tuple[uuid.UUID, tuple[str, str]]]:
    """Release and (unit, criterion) of every row that a framework asks for; rows of later periods are of no use."""
    now = period_order(period)
    asked: dict[tuple[str, str], list[str]] = {}
    reported: dict[str, list[str]] = {}
    for criterion in framework.criteria:
        for reference in criterion.sources:
            asked.setdefault((reference.id, reference.indicator), []).append(criterion.code)
        for indicator in {criterion.code, *(r.indicator for r in criterion.sources if r.relation == "same")}:
            reported.setdefault(indicator, []).append(criterion.code)
    found = set()
    for row in rows:
        if period_order(row.period) > now:
            continue
        criteria = reported.get(row.indicator, ()) if is_own_report(row.source) else ()
        for code in (*asked.get((row.source, row.indicator), ()), *criteria):
            found.add((row.release, (row.unit, code)))
    return found


def note_changes(
    transaction: Transaction,
    cycle: str,
    screening: uuid.UUID,
    causes: "Causes",
    before: Mapping[ItemKey, ReviewItem],
    after: Mapping[ItemKey, ReviewItem],
) -> None:
    """Keep what is different on items that had been screened before, with what was new to this screening."""
    different = [
        (old, item) for key, item in after.items() if (old := before.get(key)) is not None and is_different(old, item)
    ]
    concern = causes.of({item.unit for _, item in different})
    changes = []
    for old, item in different:
        releases = _releases(causes, concern.get(item.key, ()), old, item)
        changes.append(
            ItemChange(
                unit=item.unit,
                criterion=item.criterion,
                releases=releases,
                concerned=bool(releases) and bool(set(releases) & concern.get(item.key, set())),
                reopened=old.decision is not None and item.decision is None,
                before=shown(old),
                after=shown(item),
            )
        )
    transaction.changes.add(cycle, screening, changes, transaction.now)


class Causes:
    """The releases that a screening is the first to see. `compared`: it compares units, so each may change all."""

    def __init__(
        self, transaction: Transaction, cycle: str, framework: Framework, period: str, *, compared: bool
    ) -> None:
        self.unseen = tuple(transaction.changes.unseen(cycle))
        self.transaction, self.framework, self.period, self.compared = transaction, framework, period, compared

    def of(self, units: Collection[str]) -> dict[ItemKey, set[uuid.UUID]]:
        """Which of them concern which items of these units."""
        if not self.unseen or not units:
            return {}
        found: dict[ItemKey, set[uuid.UUID]] = {}
        rows = self.transaction.changes.rows(self.unseen, units)
        for release, key in concerned(self.framework, self.period, rows):
            found.setdefault(key, set()).add(release)
        return found


def _releases(
    causes: Causes, concerning: Collection[uuid.UUID], old: ReviewItem, item: ReviewItem
) -> tuple[uuid.UUID, ...]:
    """A figure that moved comes from the releases about it; with an unchanged claim a comparison may have moved it."""
    moved = _figure(old) != _figure(item)
    if concerning and (moved or old.submission == item.submission):
        return tuple(sorted(concerning))
    return causes.unseen if causes.compared and old.submission == item.submission else ()


def is_different(old: ReviewItem, item: ReviewItem) -> bool:
    """Whether something changed that a person should be told: not how unusual it is, nor by which row it is known."""
    names = ("claimed_value", "self_points", "codes", "state", "basis", "value", "points", "review", "left_out")
    return _figure(old) != _figure(item) or any(getattr(old, name) != getattr(item, name) for name in names)


def shown(item: ReviewItem) -> dict[str, Any]:
    """An item as a change shows it: plain JSON."""
    figure = item.observation
    return {
        "figure": None if figure is None else {name: figure[name] for name in (*FIGURE, "release")},
        "claimed_value": item.claimed_value,
        "self_points": item.self_points,
        "independent_points": item.independent_points,
        "codes": list(item.codes),
        "state": item.state,
        "basis": item.basis,
        "left_out": item.left_out,
        "value": item.value,
        "points": item.points,
        "review": item.review,
    }


def _figure(item: ReviewItem) -> tuple[Any, ...] | None:
    return None if item.observation is None else tuple(item.observation[name] for name in FIGURE)
