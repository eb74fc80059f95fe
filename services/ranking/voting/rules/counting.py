"""Opening a closed box: how many were sent, returned, valid; what they say; and what of it may be announced."""

from collections.abc import Sequence

from services.ranking.voting.model import Base, Paper, Plan, Rule, Tally, Withheld

# With fewer papers the counts would show how each unit voted, for the roll says who voted.
SMALLEST_COUNT = 3


def may_be_opened(plan: Plan, members: int, returned: int) -> Withheld | None:
    """Why a closed box stays unopened, or None: without a quorum, or with too few papers, nobody reads them."""
    if not plan.quorum.share.reached(returned, _base(plan.quorum, members, returned, returned)):
        return Withheld.NO_QUORUM
    if returned < SMALLEST_COUNT:
        return Withheld.TOO_FEW
    return None


def unopened(plan: Plan, members: int, returned: int, why: Withheld) -> Tally:
    """The result of a box that stays unopened."""
    needed = plan.quorum.share.needed(_base(plan.quorum, members, returned, returned))
    return Tally(
        sent=members,
        returned=returned,
        valid=None,
        blank=None,
        unreadable=None,
        quorum_needed=needed,
        quorum_reached=returned >= needed,
        threshold_needed=None,
        withheld=why,
        lines=(),
        outcomes=(),
    )


def counted(plan: Plan, units: Sequence[str], papers: Sequence[Paper], unreadable: int = 0) -> Tally:
    """The result of an opened box: a paper naming nobody is blank, one against the method's rules unreadable."""
    blank = [paper for paper in papers if not any(paper)]
    valid = [paper for paper in papers if any(paper) and not plan.method.faults(paper, units)]
    returned = len(papers) + unreadable
    quorum_needed = plan.quorum.share.needed(_base(plan.quorum, len(units), returned, len(valid)))
    threshold_needed = plan.threshold.share.needed(_base(plan.threshold, len(units), returned, len(valid)))
    lines = plan.method.count(valid, units)
    return Tally(
        sent=len(units),
        returned=returned,
        valid=len(valid),
        blank=len(blank),
        unreadable=returned - len(valid) - len(blank),
        quorum_needed=quorum_needed,
        quorum_reached=returned >= quorum_needed,
        threshold_needed=threshold_needed,
        withheld=None,
        lines=lines,
        outcomes=plan.method.outcomes(lines, threshold_needed),
    )


def _base(rule: Rule, members: int, cast: int, valid: int) -> int:
    return {Base.ROLL: members, Base.CAST: cast, Base.VALID: valid}[rule.base]
