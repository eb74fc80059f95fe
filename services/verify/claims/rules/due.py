"""Which cluster is complete, and which screenings are due.

A unit is screened alone as it arrives (rules only) until its cluster is complete or intake has closed. All complete
clusters of a cycle make one cohort, so that small clusters have peers too; every change to one of them asks for a
new screening of the cohort.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.verify.claims.model import OPEN_STATES, ClusterCount, CountedMember, CycleRecord


def complete_clusters(state: str, clusters: Iterable[ClusterCount]) -> frozenset[str]:
    """The clusters that have something to screen and wait for nobody: all have sent, or intake is closed."""
    waits = state in OPEN_STATES
    return frozenset(one.cluster for one in clusters if one.sent and not (waits and one.sent < one.members))


def due_alone(changed: Iterable[CountedMember], complete: Collection[str]) -> dict[str, int]:
    """Unit → count of the members that are to be screened alone, since their cluster still waits for somebody."""
    return {one.unit: one.changes for one in changed if one.cluster not in complete and one.sent}


def cohort_is_due(changed: Iterable[CountedMember], complete: Collection[str], *, everybody: bool) -> bool:
    """Whether what the cohort's screening rests on has changed; `everybody`: a change of the whole cycle."""
    return bool(complete) and (everybody or any(one.cluster in complete for one in changed))


def rests_on_something_else(
    before: CycleRecord | None, members_before: Mapping[str, str], data: Mapping[str, Any]
) -> bool:
    """Whether screenings rest on something else once a cycle is what intake says now, or no longer wait for anybody.

    `members_before`: unit → cluster; `data`: of a `cycle_recorded`.
    """
    if before is None:
        return True
    members = {member["unit"]: cluster["cluster"] for cluster in data["clusters"] for member in cluster["members"]}
    return (
        any(getattr(before, name) != data[name] for name in ("council", "period", "framework_sha256"))
        or members != members_before
        or (not before.intake_closed and data["state"] not in OPEN_STATES)
    )
