"""Asks for screenings that are due, and says whether a result is still wanted.

What a screening rests on is counted: `changes` of the unit (self-assessment, framework, cluster, releases about it),
`changes` of the cycle for the cohort. The count is part of the screening's name, so that nothing is asked for twice
and an outdated result is recognised.
"""

from collections.abc import Collection, Sequence

from services.verify.claims.model import ARCHIVED, KIND, QUEUE, TASK, Screening
from services.verify.claims.rules.due import cohort_is_due, complete_clusters, due_alone
from services.verify.ports import UnitOfWork


def request_screenings(uow: UnitOfWork, cycle: str, units: Collection[str] | None) -> int:
    """Note that what these units' screenings rest on has changed (None: all units'), and ask for what that makes due.

    The caller holds the cycle's lock. Returns how many screenings are new work.
    """
    changed = uow.cycles.count_changes(cycle, units)
    among = None if units is None else {one.cluster for one in changed}
    complete = _complete(uow, cycle, among)
    if complete is None:
        return 0
    due = [Screening(cycle, unit, changes) for unit, changes in due_alone(changed, complete).items()]
    if cohort_is_due(changed, complete, everybody=units is None):
        due.append(Screening(cycle, None, uow.cycles.count_cohort_change(cycle)))
    asked = sum(uow.screenings.request(KIND, screening.key, screening.payload()) for screening in due)
    if asked:
        uow.wake_up(TASK, QUEUE)
    return asked


def still_wanted(uow: UnitOfWork, screening: Screening) -> bool:
    """Whether the screening saw the newest inputs. The caller holds the cycle's lock."""
    if screening.unit is None:
        return bool(_complete(uow, screening.cycle)) and uow.cycles.changes(screening.cycle) == screening.changes
    member = uow.cycles.counted_member(screening.cycle, screening.unit)
    complete = None if member is None else _complete(uow, screening.cycle, [member.cluster])
    # Once a cluster is complete, a screening of the cohort has been asked for and says more.
    return member is not None and complete is not None and not complete and member.changes == screening.changes


def cohort_units(uow: UnitOfWork, cycle: str) -> Sequence[str]:
    """The units of the complete clusters that have sent a self-assessment."""
    return uow.cycles.units_sent(cycle, _complete(uow, cycle) or ())


def _complete(uow: UnitOfWork, cycle: str, among: Collection[str] | None = None) -> frozenset[str] | None:
    """The complete clusters; None in an archived or unknown cycle."""
    state = uow.cycles.state(cycle)
    return None if state in (None, ARCHIVED) else complete_clusters(str(state), uow.cycles.cluster_counts(cycle, among))
