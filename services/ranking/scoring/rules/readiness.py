"""What still stands in the way of freezing a cluster."""

from collections.abc import Sequence

from services.ranking.scoring.model import CLOSED_STATES, Blocker, Cluster, Cycle, Member, Readiness
from shared.contracts.sentences import sentence


def readiness(cycle: Cycle, cluster: Cluster, known_items: Sequence[str]) -> Readiness:
    """What has not arrived or still blocks. `known_items` are the codes of the framework's items."""
    closed = cycle.state in CLOSED_STATES
    blockers: list[Blocker] = []
    if not closed:
        blockers.append(Blocker("intake_open", sentence("Self-assessments are still being taken in.")))
    if not cluster.members:
        blockers.append(Blocker("no_members", sentence("The cluster has no members.")))
    absent = tuple(m.unit for m in cluster.members if m.submission is None and m.verification is None)
    for member in cluster.members:
        if member.unit not in absent:
            blockers += _of_unit(cycle, member, frozenset(known_items))
        elif not closed:
            blockers.append(Blocker("nothing_sent", sentence("No self-assessment has arrived yet."), member.unit))
    blockers += _left_out_unevenly(cluster)
    troubled = {blocker.unit for blocker in blockers}
    verified = sum(1 for m in cluster.members if m.unit not in absent and m.unit not in troubled)
    return Readiness(cluster.cluster, tuple(blockers), absent, verified, len(cluster.members))


def _of_unit(cycle: Cycle, member: Member, known_items: frozenset[str]) -> list[Blocker]:
    """What is missing or undecided about one unit that sent something."""
    verification, submission = member.verification, member.submission
    unit = member.unit
    if verification is None:
        return [Blocker("not_verified", sentence("The verified scores have not arrived."), unit)]
    blockers = []
    if submission is None or submission.content_sha256 != verification.submission_sha256:
        message = sentence(
            "The verified scores belong to version %(verified)s of the self-assessment; the newest known is %(sent)s.",
            verified=verification.submission_number,
            sent="–" if submission is None else submission.number,
        )
        blockers.append(Blocker("other_submission", message, unit))
    if verification.framework_sha256 != cycle.framework_sha256:
        message = sentence("The verified scores were made under another version of the criteria framework.")
        blockers.append(Blocker("other_framework", message, unit))
    if not verification.cohort_screened:
        message = sentence("The unit has not yet been screened together with its whole cluster.")
        blockers.append(Blocker("not_screened", message, unit))
    undecided = [item.criterion for item in verification.items if item.blocks_freeze]
    if undecided:
        message = sentence("To be decided or settled first: %(criteria)s.", criteria=", ".join(undecided))
        blockers.append(Blocker("undecided", message, unit))
    unknown = [item.criterion for item in verification.items if item.criterion not in known_items]
    if unknown:
        message = sentence("The framework does not know: %(criteria)s.", criteria=", ".join(unknown))
        blockers.append(Blocker("unknown_criteria", message, unit))
    return blockers


def _left_out_unevenly(cluster: Cluster) -> list[Blocker]:
    """A criterion counts for all members that sent something, or for none of them."""
    out: dict[str, int] = {}
    verified = [member.verification for member in cluster.members if member.verification is not None]
    for verification in verified:
        for item in verification.items:
            if item.left_out:
                out[item.criterion] = out.get(item.criterion, 0) + 1
    uneven = [criterion for criterion, times in out.items() if times != len(verified)]
    if not uneven:
        return []
    message = sentence("Left out for some units but not for all: %(criteria)s.", criteria=", ".join(sorted(uneven)))
    return [Blocker("left_out_unevenly", message)]
