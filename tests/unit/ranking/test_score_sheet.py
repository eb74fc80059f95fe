"""The score sheet: its bytes follow from what counts, in whatever order it came."""

import hashlib
import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ranking.scoring.model import Cluster, CountedItem, Cycle, Member, Submission, Verification
from services.ranking.scoring.rules.readiness import readiness
from services.ranking.scoring.rules.sheets import build_sheet, changes, same_content
from shared.criteria.loader import load_document

HASH = "a" * 64


def framework(missing: str = "error", **rule: Any) -> Any:
    return load_document(
        {
            "framework": "trial",
            "version": 1,
            "title": {"en": "Trial"},
            "total": 100,
            "rounding": 2,
            "missing": missing,
            "groups": [
                {
                    "code": "G",
                    "title": {"en": "Group"},
                    "criteria": [
                        {"code": code, "title": {"en": code}, "kind": "quantitative", "max_points": 50,
                         "rule": rule or {"name": "goalposts", "low": 0, "high": 10}}
                        for code in ("A", "B")
                    ],
                }
            ],
        }
    )  # fmt: skip


CYCLE = Cycle(
    "c", {"en": "C"}, "y", {"en": "Y"}, "2025", datetime(2026, 1, 1, tzinfo=UTC), "intake_closed", True, None, HASH
)


def item(criterion: str, value: float | None, **changed: Any) -> CountedItem:
    plain = CountedItem(criterion, "verified", "source", False, False, value, None, None, value, None, {"row": 1}, None)
    return replace(plain, **changed)


def member(unit: str, *items: CountedItem, **changed: Any) -> Member:
    verification = Verification(HASH, 1, HASH, True, items)
    return replace(Member(unit, {"en": unit}, Submission(1, HASH), verification), **changed)


def cluster(*members: Member) -> Cluster:
    return Cluster("K", {"en": "K"}, "score_only", members)


values = st.floats(-5, 15, allow_nan=False)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=6), st.randoms())
def test_bytes_do_not_depend_on_the_order_of_units_or_items(figures: list[Any], chance: random.Random) -> None:
    members = [member(f"U{n}", item("A", a), item("B", b)) for n, (a, b) in enumerate(figures)]
    one = build_sheet(CYCLE, framework(), cluster(*members), [cluster(*members)], 1)
    mixed = [
        replace(m, verification=replace(m.verification, items=tuple(chance.sample(m.verification.items, 2))))
        for m in chance.sample(members, len(members))
        if m.verification is not None
    ]
    other = build_sheet(CYCLE, framework(), cluster(*mixed), [cluster(*mixed)], 1)
    assert one.document == other.document
    assert one.sha256 == hashlib.sha256(one.document).hexdigest()
    assert one.sha256 != build_sheet(CYCLE, framework(), cluster(*members), [cluster(*members)], 2).sha256


def proportional() -> Any:
    document = dict(framework().document)
    for criterion in document["groups"][0]["criteria"]:
        criterion.update({"rule": {"name": "proportional"}, "target": "registered", "direction": "higher"})
    return load_document(document)


def test_a_recognised_target_shows_a_second_score_and_counts_for_nothing() -> None:
    act = {"target": 5.0, "document_number": "15/QĐ-TTg"}
    plain = member("U1", item("A", 4, target=8.0), item("B", 4, target=8.0))
    changed = member("U1", item("A", 4, target=8.0, recognised=act), item("B", 4, target=8.0))
    other = member("U2", item("A", 4, target=8.0), item("B", 8, target=8.0))
    before = build_sheet(CYCLE, proportional(), cluster(plain, other), [cluster(plain, other)], 1)
    after = build_sheet(CYCLE, proportional(), cluster(changed, other), [cluster(changed, other)], 1)
    assert [[score.points for score in unit.scores] for unit in after.units] == [[25.0, 25.0], [25.0, 50.0]]
    assert [score.recognised for unit in after.units for score in unit.scores] == [
        {**act, "points": 40.0},
        None,
        None,
        None,
    ]
    # Without a recognised target the bytes know nothing of such things; with one they say it where it is.
    assert b"recognised" not in before.document
    scores = json.loads(after.document)["units"][0]["scores"]
    assert [score.get("recognised") for score in scores] == [{**act, "points": 40}, None]
    assert not same_content(after, before.units)
    assert changes(before.units, after.units) == ()


def test_a_rule_that_looks_at_all_units_sees_the_other_clusters() -> None:
    scoped = framework(name="minmax", scope="all")
    here = cluster(member("U1", item("A", 2), item("B", 2)), member("U2", item("A", 4), item("B", 4)))
    there = replace(cluster(member("U3", item("A", 10), item("B", 0))), cluster="L")
    sheet = build_sheet(CYCLE, scoped, here, [here, there], 1)
    points = {unit.unit: [score.points for score in unit.scores] for unit in sheet.units}
    assert points == {"U1": [0.0, 25.0], "U2": [12.5, 50.0]}


def test_points_count_where_the_rule_cannot_score() -> None:
    one = cluster(member("U1", item("A", None, points=7.25), item("B", 4, points=99.0)))
    sheet = build_sheet(CYCLE, framework(), one, [one], 1)
    assert [score.points for score in sheet.units[0].scores] == [7.25, 20.0]


@pytest.mark.parametrize(("missing", "points"), [("error", 0.0), ("exclude", None)])
def test_what_is_left_out_is_marked_and_becomes_no_number_of_its_own(missing: str, points: float | None) -> None:
    one = cluster(member("U1", item("A", 4), item("B", None, left_out=True, points=30.0)))
    score = build_sheet(CYCLE, framework(missing), one, [one], 1).units[0].scores[1]
    assert (score.points, score.status, score.left_out) == (points, "left_out", True)


def test_missing_stays_missing() -> None:
    one = cluster(member("U1", item("A", None), item("B", 1)))
    sheet = build_sheet(CYCLE, framework("exclude"), one, [one], 1)
    assert json.loads(sheet.document)["units"][0]["scores"][0]["points"] is None


def test_changes_name_the_parts_that_differ() -> None:
    before = cluster(member("U1", item("A", 4), item("B", 1)), member("U2", item("A", 1), item("B", 1)))
    after = cluster(member("U1", item("A", 4), item("B", 2)), member("U2", item("A", 1), item("B", None)))
    old, new = (build_sheet(CYCLE, framework("exclude"), one, [one], 1) for one in (before, after))
    assert [(c.unit, c.criterion, c.before, c.after) for c in changes(old.units, new.units)] == [
        ("U1", "B", 5.0, 10.0),
        ("U2", "B", 5.0, None),
    ]
    assert same_content(old, old.units)
    assert not same_content(new, old.units)


def test_readiness_of_one_unit_with_everything_wrong() -> None:
    wrong = replace(
        member("U1", item("A", 1, blocks_freeze=True), item("Z", 1)),
        submission=Submission(3, "b" * 64),
        verification=Verification("c" * 64, 2, HASH, False, (item("A", 1, blocks_freeze=True), item("Z", 1))),
    )
    found = readiness(CYCLE, cluster(wrong, Member("U2", {})), ("A", "B"))
    assert [blocker.code for blocker in found.blockers] == [
        *("other_submission", "other_framework", "not_screened", "undecided", "unknown_criteria"),
    ]
    assert {blocker.unit for blocker in found.blockers} == {"U1"}
    assert found.absent == ("U2",)
    assert (found.ready, found.verified_units, found.members) == (False, 0, 2)


def test_a_cluster_without_members_or_with_intake_open_is_not_ready() -> None:
    assert [b.code for b in readiness(CYCLE, cluster(), ("A",)).blockers] == ["no_members"]
    open_ = replace(CYCLE, state="open")
    codes = [b.code for b in readiness(open_, cluster(Member("U1", {})), ("A",)).blockers]
    assert codes == ["intake_open", "nothing_sent"]
