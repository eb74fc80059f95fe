"""From the feeds to a frozen sheet: what is refused and why, what is kept, and that nothing kept ever changes."""

import hashlib
import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.ranking.people.store import Revocations
from services.ranking.scoring import tables
from services.ranking.scoring.store import SqlScoringRecords
from shared.contracts.ranking_v1 import ClusterFrozen
from shared.contracts.refusals import Refusal
from shared.plumbing.outbox import read_after
from tests.integration.ranking.conftest import (
    ADMINISTRATOR,
    CLUSTERS,
    COUNCIL_MEMBER,
    CYCLE,
    LEAD,
    NOBODY,
    NOW,
    TELLER,
    World,
    leader,
    sha,
)


def refusal(call: Any, *arguments: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        call(*arguments, **named)
    return refused.value


def places(refused: Refusal) -> dict[str, str]:
    return {fault.path or "": str(fault.said) for fault in refused.faults}


def test_a_ready_cluster_freezes_with_every_part(ready: World) -> None:
    sheet = ready.scoring.freeze_cluster(LEAD, CYCLE, "BAC")
    with ready.database.reader() as connection:
        document = connection.execute(sa.select(tables.score_sheet.c.document)).scalar_one()
        scores = connection.execute(sa.select(tables.frozen_score).where(tables.frozen_score.c.unit == "HP")).all()
    assert hashlib.sha256(bytes(document)).hexdigest() == sheet.sheet_sha256
    written = json.loads(bytes(document))
    assert [unit["unit"] for unit in written["units"]] == sorted(CLUSTERS["BAC"])
    assert NOW.isoformat() not in bytes(document).decode()
    assert {score.criterion: (score.points, score.status) for score in scores} == {
        "E01": (48.0, "verified"),
        "S01": (22.5, "documented"),
        "S02": (10.0, "verified"),
    }


def test_standings_follow_from_the_sheet(frozen: World) -> None:
    shown = frozen.scoring.standings(LEAD, CYCLE, "BAC")
    rows = [
        (shown.units[row].unit, int(shown.standings.rank[row]), float(shown.standings.total[row]))
        for row in shown.order
    ]
    assert rows[:2] == [("HN", 1, 88.0), ("HP", 2, 80.5)]
    assert [unit for unit, _, _ in rows] == list(CLUSTERS["BAC"])
    assert shown.standings.share_verified is not None
    assert [round(float(share), 2) for share in shown.standings.share_verified] == [1.0, 0.7, 1.0, 1.0, 1.0]


def test_a_freeze_is_told_in_the_feed(frozen: World) -> None:
    with frozen.database.reader() as connection:
        page = read_after(connection, 0, 100, "scoring")
    assert [event["subject"] for event in page["events"]] == [f"cluster:{CYCLE}/BAC", f"cluster:{CYCLE}/NAM"]
    for event in page["events"]:
        assert event["type"] == "cluster_frozen"
        ClusterFrozen().load(event["data"])


@pytest.mark.parametrize(
    ("change", "unit", "expected"),
    [
        ({"submission_sha256": sha("another")}, "HP", "version 1 of the self-assessment"),
        ({"framework_sha256": sha("another")}, "HP", "another version of the criteria framework"),
        ({"cohort_screened": False}, "HP", "not yet been screened"),
    ],
)
def test_what_does_not_fit_is_listed(ready: World, change: dict[str, Any], unit: str, expected: str) -> None:
    ready.verified(unit, "BAC", {"E01": 8, "S01": 5, "S02": 1}, **change)
    ready.drain()
    refused = refusal(ready.scoring.freeze_cluster, LEAD, CYCLE, "BAC")
    assert refused.code == "cluster_not_ready"
    assert list(places(refused)) == [unit]
    assert expected in places(refused)[unit]
    ready.scoring.freeze_cluster(LEAD, CYCLE, "NAM")


def test_undecided_items_are_listed_by_their_criteria(ready: World) -> None:
    blocked = {"value": 3.0, "state": "contested", "basis": "none", "blocks_freeze": True}
    ready.verified("BN", "BAC", {"E01": blocked, "S01": blocked, "S02": 1})
    ready.drain()
    assert "E01, S01" in places(refusal(ready.scoring.freeze_cluster, LEAD, CYCLE, "BAC"))["BN"]


def test_a_newer_submission_waits_for_its_verification(ready: World) -> None:
    ready.send("HP", "BAC", number=2)
    ready.drain()
    refused = refusal(ready.scoring.freeze_cluster, LEAD, CYCLE, "BAC")
    assert "version 1" in places(refused)["HP"]
    assert "newest known is 2" in places(refused)["HP"]
    ready.verified("HP", "BAC", {"E01": 8, "S01": 5, "S02": 1}, number=2)
    ready.drain()
    ready.scoring.freeze_cluster(LEAD, CYCLE, "BAC")


def test_an_item_left_out_counts_for_nobody_in_the_cluster(ready: World) -> None:
    out = {"value": None, "state": "unverifiable", "basis": "none", "left_out": True}
    ready.verified("HN", "BAC", {"E01": 9, "S01": out, "S02": 1})
    ready.drain()
    refused = refusal(ready.scoring.freeze_cluster, LEAD, CYCLE, "BAC")
    assert places(refused) == {"BAC": "Left out for some units but not for all: S01."}
    for place, unit in enumerate(CLUSTERS["BAC"]):
        ready.verified(unit, "BAC", {"E01": 9 - place, "S01": out, "S02": 1})
    ready.drain()
    ready.scoring.freeze_cluster(LEAD, CYCLE, "BAC")
    shown = ready.scoring.standings(LEAD, CYCLE, "BAC")
    assert [float(shown.standings.total[row]) for row in shown.order] == [64.0, 58.0, 52.0, 46.0, 40.0]
    assert {score.status for unit in shown.units for score in unit.scores if score.criterion == "S01"} == {"left_out"}


def test_nothing_is_frozen_while_intake_is_open(world: World) -> None:
    world.state = "open"
    world.everything_arrives()
    refused = refusal(world.scoring.freeze_cluster, LEAD, CYCLE, "BAC")
    assert places(refused) == {"BAC": "Self-assessments are still being taken in."}


def test_units_that_sent_nothing_must_be_named_and_stay_unranked(world: World) -> None:
    world.record_cycle()
    for place, unit in enumerate(CLUSTERS["NAM"][:3]):
        world.send(unit, "NAM")
        world.verified(unit, "NAM", {"E01": 9 - place, "S01": 4, "S02": 1})
    world.drain()
    assert list(places(refusal(world.scoring.freeze_cluster, LEAD, CYCLE, "NAM"))) == ["VL"]
    assert list(places(refusal(world.scoring.freeze_cluster, LEAD, CYCLE, "NAM", ["VL", "CT"]))) == ["CT"]
    world.scoring.freeze_cluster(LEAD, CYCLE, "NAM", absent=["VL"])
    shown = world.scoring.standings(LEAD, CYCLE, "NAM")
    assert [(shown.units[row].unit, int(shown.standings.rank[row])) for row in shown.order][-1] == ("VL", 0)


def test_a_criterion_without_a_value_takes_the_points_that_were_given(ready: World) -> None:
    ready.verified("HP", "BAC", {"E01": {"points": 33.25, "basis": "decision"}, "S01": 5, "S02": 1})
    ready.drain()
    ready.scoring.freeze_cluster(LEAD, CYCLE, "BAC")
    shown = ready.scoring.standings(LEAD, CYCLE, "BAC")
    assert next(s.points for u in shown.units if u.unit == "HP" for s in u.scores if s.criterion == "E01") == 33.25


def test_a_frozen_sheet_is_never_altered_but_gets_a_successor_with_a_reason(frozen: World) -> None:
    before = frozen.scoring.standings(LEAD, CYCLE, "BAC")
    assert refusal(frozen.scoring.freeze_cluster, LEAD, CYCLE, "BAC").code == "nothing_changed"
    frozen.verified("HP", "BAC", {"E01": 9.9, "S01": 4, "S02": 1})
    frozen.drain()
    assert frozen.scoring.overview(LEAD, CYCLE).clusters[0].changed
    assert refusal(frozen.scoring.freeze_cluster, LEAD, CYCLE, "BAC").code == "reason_needed"
    after = frozen.scoring.freeze_cluster(LEAD, CYCLE, "BAC", reason="The statistics office revised its figure.")
    assert (after.version, after.reason) == (2, "The statistics office revised its figure.")
    with frozen.database.reader() as connection:
        records = SqlScoringRecords(connection)
        first = records.sheet(CYCLE, "BAC", 1)
        assert first == before.sheet
        assert records.frozen_units(first) == before.units
    assert not frozen.scoring.overview(LEAD, CYCLE).clusters[0].changed
    shown = frozen.scoring.standings(LEAD, CYCLE, "BAC")
    assert shown.units[shown.order[0]].unit == "HP"


def test_replaying_every_feed_changes_nothing(frozen: World) -> None:
    with frozen.database.reader() as connection:
        before = {
            t.name: connection.execute(sa.select(t)).all()
            for t in (tables.verification, tables.member, tables.score_sheet)
        }
    frozen.intake.feed, frozen.verify.feed = uuid.uuid4(), uuid.uuid4()
    assert frozen.drain() > 0
    with frozen.database.reader() as connection:
        after = {
            t.name: connection.execute(sa.select(t)).all()
            for t in (tables.verification, tables.member, tables.score_sheet)
        }
    for name in before:
        assert sorted(map(repr, before[name])) == sorted(map(repr, after[name]))


def test_a_framework_that_is_not_what_its_hash_says_is_not_taken(world: World) -> None:
    world.record_cycle(framework_sha256=sha("another"))
    assert world.drain() == 0
    assert world.scoring.cycles(ADMINISTRATOR) == []


@pytest.mark.parametrize("actor", [COUNCIL_MEMBER, TELLER, leader("HN")])
def test_only_the_board_freezes(ready: World, actor: Any) -> None:
    assert refusal(ready.scoring.freeze_cluster, actor, CYCLE, "BAC").code == "not_allowed_here"


def test_strangers_learn_nothing(frozen: World) -> None:
    assert frozen.scoring.cycles(NOBODY) == []
    assert refusal(frozen.scoring.overview, NOBODY, CYCLE).code == "cycle_unknown"
    assert refusal(frozen.scoring.freeze_cluster, NOBODY, CYCLE, "BAC").code == "cycle_unknown"
    assert refusal(frozen.scoring.standings, leader("CT"), CYCLE, "BAC").code == "cluster_unknown"
    assert [c.cluster.cluster for c in frozen.scoring.overview(leader("CT"), CYCLE).clusters] == ["NAM"]
    assert frozen.scoring.standings(leader("HP"), CYCLE, "BAC").order


def test_ended_sign_ins_are_known_to_both_rooms(world: World) -> None:
    world.intake.publish("sessions_revoked", "account:lead", {"account": LEAD.account, "before": NOW.isoformat()})
    world.drain()
    for database in (world.database, world.ballots):
        revocations = Revocations(database)
        assert revocations.is_revoked(replace(LEAD, issued_at=NOW - timedelta(seconds=1)))
        assert not revocations.is_revoked(replace(LEAD, issued_at=NOW + timedelta(seconds=1)))
        assert not revocations.is_revoked(replace(TELLER, issued_at=NOW - timedelta(seconds=1)))
