"""What a release concerns, and the screenings that it makes due."""

import uuid
from collections.abc import Iterable, Sequence

from services.verify.claims.actions.screenings import request_screenings
from services.verify.claims.rules.frameworks import framework_of
from services.verify.ports import UnitOfWork
from services.verify.sources.model import ReleasedRow
from services.verify.sources.rules.own_reports import is_own_report
from shared.criteria.model import Framework
from shared.criteria.periods import period_order


def touch(uow: UnitOfWork, council: str, rows: Sequence[ReleasedRow]) -> None:
    """Ask for screenings of exactly the units that these rows concern, in every living cycle of the council.

    How many units and items of a cycle each release concerns is noted; a cycle whose framework asks for none of the
    rows, or whose period is over before theirs, is left alone.
    """
    touched = uow.cycles.touched(council, {row.unit for row in rows})
    uow.cycles.take_turns()
    uow.cycles.lock(touched)
    for name, members in touched.items():
        cycle = uow.cycles.find(name)
        assert cycle is not None  # it has members
        framework = framework_of(cycle.framework, cycle.framework_sha256)
        among = set(members)
        keys = concerned(framework, cycle.period, [row for row in rows if row.unit in among])
        for release in sorted({release for release, _ in keys}):
            items = {key for of_release, key in keys if of_release == release}
            units = {unit for unit, _ in items}
            uow.touches.touch(release, name, len(units), len(items), uow.now)
        if keys:
            request_screenings(uow, name, {unit for _, (unit, _) in keys})


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
