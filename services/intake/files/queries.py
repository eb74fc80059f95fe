"""What became of files, and how long a cycle's files are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.cycles.model import Cycle
from services.intake.cycles.queries import find_cycle
from services.intake.files.model import ExpiredFile, FileState, RetentionRule
from services.intake.files.rules import is_over, kept_until
from services.intake.people.rules import administers
from services.intake.ports import Store, View
from shared.clock import VIETNAM
from shared.people import Actor

MOST_LISTED = 2000


@dataclass(frozen=True)
class RetentionView:
    """A cycle's retention period, and what would be deleted today: how many files, their bytes, and the first ones."""

    cycle: Cycle
    rule: RetentionRule | None
    until: date | None
    is_over: bool
    count: int
    size: int
    files: Sequence[ExpiredFile]
    sets: bool


def read_file_states(store: Store, actor: Actor, cycle_code: str, sha256s: Sequence[str]) -> Mapping[str, FileState]:
    """What became of files that a page names anyway; a file that nobody has looked at stands there as such."""
    with store.view() as view:
        find_cycle(view, actor, cycle_code)
        known = view.retention.of(sha256s)
    return {sha256: known.get(sha256, FileState()) for sha256 in sha256s}


def read_retention(store: Store, actor: Actor, cycle_code: str) -> RetentionView:
    """The period for everybody in the council; for administrators also what would be deleted today."""
    with store.view() as view:
        cycle = find_cycle(view, actor, cycle_code)
        rule = view.retention.rules().get(cycle_code)
        board = administers(actor, cycle.council)
        over = cycles_that_are_over(view)
        candidates = view.retention.only_in(over, MOST_LISTED) if board and cycle_code in over else []
        mine = [one for one in candidates if one.cycle == cycle_code]
        return RetentionView(
            cycle=cycle,
            rule=rule,
            until=kept_until(cycle, rule) if rule else None,
            is_over=cycle_code in over,
            count=len(mine),
            size=sum(one.size for one in mine),
            files=mine,
            sets=board,
        )


def cycles_that_are_over(view: View) -> list[str]:
    """The cycles whose retention period is over."""
    today = view.now.astimezone(VIETNAM).date()
    rules = view.retention.rules()
    return [cycle.code for cycle in view.cycles.all() if is_over(cycle, rules.get(cycle.code), today)]
