"""Which cluster is complete, and which screenings are due."""

from typing import Any

import pytest

from services.verify.claims.model import ClusterCount, CountedMember, CycleRecord
from services.verify.claims.rules.due import cohort_is_due, complete_clusters, due_alone, rests_on_something_else

CLUSTERS = [ClusterCount("ALL", 3, 3), ClusterCount("SOME", 3, 2), ClusterCount("NONE", 3, 0)]
CYCLE = CycleRecord("c", "council", "2026", "open", {}, "f1")
DATA: dict[str, Any] = {
    "council": "council",
    "period": "2026",
    "state": "open",
    "framework_sha256": "f1",
    "clusters": [{"cluster": "K", "members": [{"unit": "AA"}, {"unit": "BB"}]}],
}
MEMBERS = {"AA": "K", "BB": "K"}


@pytest.mark.parametrize(
    ("state", "complete"),
    [("draft", {"ALL"}), ("open", {"ALL"}), ("intake_closed", {"ALL", "SOME"}), ("frozen", {"ALL", "SOME"})],
)
def test_a_cluster_waits_for_its_members_until_intake_closes(state: str, complete: set[str]) -> None:
    assert complete_clusters(state, CLUSTERS) == complete


def test_units_are_screened_alone_while_their_cluster_waits() -> None:
    changed = [
        CountedMember("A1", "ALL", 4, sent=True),
        CountedMember("S1", "SOME", 2, sent=True),
        CountedMember("S2", "SOME", 7, sent=False),
    ]
    assert due_alone(changed, {"ALL"}) == {"S1": 2}
    assert due_alone(changed, ()) == {"A1": 4, "S1": 2}


def test_a_change_in_a_complete_cluster_makes_the_cohort_due() -> None:
    waiting, complete = CountedMember("S1", "SOME", 2, sent=True), CountedMember("A1", "ALL", 4, sent=True)
    assert not cohort_is_due([waiting], {"ALL"}, everybody=False)
    assert cohort_is_due([waiting, complete], {"ALL"}, everybody=False)
    # A change of the whole cycle concerns the cohort though the complete clusters' own members did not move.
    assert cohort_is_due([], {"ALL"}, everybody=True)
    assert not cohort_is_due([waiting], (), everybody=True)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({}, False),
        ({"council": "other"}, True),
        ({"period": "2027"}, True),
        ({"framework_sha256": "f2"}, True),
        ({"state": "draft"}, False),
        ({"state": "intake_closed"}, True),
        ({"clusters": [{"cluster": "K", "members": [{"unit": "AA"}]}]}, True),
        ({"clusters": [{"cluster": "L", "members": [{"unit": "AA"}, {"unit": "BB"}]}]}, True),
        ({"clusters": [*DATA["clusters"], {"cluster": "EMPTY", "members": []}]}, False),
    ],
)
def test_what_screenings_rest_on(moved: dict[str, Any], expected: bool) -> None:
    assert rests_on_something_else(CYCLE, MEMBERS, DATA | moved) is expected


def test_a_new_cycle_and_one_that_closes_are_screened() -> None:
    assert rests_on_something_else(None, {}, DATA)
    closed = CycleRecord("c", "council", "2026", "intake_closed", {}, "f1")
    assert not rests_on_something_else(closed, MEMBERS, DATA | {"state": "frozen"})
