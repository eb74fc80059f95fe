"""Last year's cycle as a proposal for the next one: what it holds."""

from dataclasses import dataclass
from datetime import date

from services.intake.cycles.model import Cycle, CycleCluster
from services.intake.directory.model import Membership
from shared.contracts.sentences import Sentence
from shared.criteria.model import Title

MOST_CODE = 63


@dataclass(frozen=True)
class Change:
    """What differs in the directory from what the earlier cycle froze: of which unit or cluster, in words."""

    code: str
    said: Sentence


@dataclass(frozen=True)
class Heads:
    """A cluster's head and its deputies in order."""

    cluster: str
    head: str | None
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Copy:
    """The next cycle as proposed. `moved_on`: the deadline a year later, before it was fitted to a working day."""

    source: Cycle
    code: str
    title: Title
    period: str
    deadline_on: date
    moved_on: date
    late_days: int
    clusters: tuple[CycleCluster, ...]  # as a cycle opened today would freeze them
    then: tuple[CycleCluster, ...]  # as the earlier cycle froze them; none if it never opened
    heads: tuple[Heads, ...]
    changes: tuple[Change, ...]
    renewable: tuple[Membership, ...]  # memberships that ended although unit and cluster go on
