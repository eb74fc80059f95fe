"""A nomination vote on a real database: one paper per unit, secret, counted once, and no score ever moves."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from services.ranking.voting import tables
from services.ranking.voting.model import QUORUM, THRESHOLD, Box, Method, Opening, Paper, State
from services.ranking.voting.ports import KeyMissing
from services.ranking.voting.rules.methods import Approval, OnePerPlace
from services.ranking.voting.store.box_keys import BoxKeyFiles
from shared.contracts.refusals import Refusal
from shared.people import Role
from tests.integration.ranking.conftest import (
    ADMINISTRATOR,
    CLUSTERS,
    COUNCIL,
    COUNCIL_MEMBER,
    CYCLE,
    LEAD,
    NOBODY,
    NOW,
    TELLER,
    World,
    leader,
    person,
)

UNITS = CLUSTERS["BAC"]
PAPERS: dict[str, Paper] = {
    "HN": ("HN", "HP", "BN"),
    "HP": ("HP", "HN", "BN"),
    "BN": ("HN", "HP", "BN"),
    "TN": ("HN", "HP", "LC"),
    "LC": (None, None, None),
}


def opening(method: Method | None = None, cycle: str = CYCLE, cluster: str = "BAC", hours: float = 2) -> Opening:
    return Opening(cycle, cluster, method or OnePerPlace(3), None, NOW + timedelta(hours=hours), QUORUM, THRESHOLD)


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call(*arguments)
    return refused.value.code


def everybody_votes(world: World, box: Box, papers: dict[str, Paper] = PAPERS) -> dict[str, str]:
    return {unit: world.voting.cast(leader(unit), box.id, unit, paper) for unit, paper in papers.items()}


def test_from_open_to_announced(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    assert box.snapshot.units == UNITS
    assert box.snapshot.sheet_sha256 == frozen.scoring.standings(LEAD, CYCLE, "BAC").sheet.sheet_sha256
    receipts = everybody_votes(frozen, box)
    assert refusal(frozen.voting.tally, TELLER, box.id) == "not_counted_yet"
    announced = frozen.voting.close_box(TELLER, box.id)
    tally = announced.document
    assert [(outcome["standing"], outcome["units"]) for outcome in tally["outcomes"]] == [
        ("named", ["HN"]),
        ("named", ["HP"]),
        ("named", ["BN"]),
    ]
    assert (tally["sent"], tally["returned"], tally["valid"], tally["blank"], tally["unreadable"]) == (
        5,
        5,
        4,
        1,
        0,
    )
    assert (tally["quorum"]["needed"], tally["threshold"]["needed"]) == (4, 3)
    assert tally["quorum"]["source"]
    assert tally["quorum"]["status"] == "assumption"
    assert frozen.voting.tally(leader("TN"), box.id) == announced
    for unit, receipt in receipts.items():
        assert frozen.voting.receipt_included(leader(unit), box.id, receipt).state is State.CLOSED
    assert refusal(frozen.voting.receipt_included, TELLER, box.id, "0" * 64) == "receipt_unknown"
    assert refusal(frozen.voting.close_box, TELLER, box.id) == "box_already_closed"
    assert refusal(frozen.voting.cast, leader("HN"), box.id, "HN", PAPERS["HN"]) == "box_closed"


def test_what_stays_behind_joins_no_unit_to_a_paper(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    key = frozen.box_keys / f"{box.id}.key"
    assert key.stat().st_mode & 0o077 == 0
    everybody_votes(frozen, box)
    with frozen.ballots.reader() as connection:
        sealed = connection.execute(sa.select(tables.sealed_ballot.c.sealed)).scalars().all()
    assert len({len(paper) for paper in sealed}) == 1
    assert not any(unit.encode() in bytes(paper) for paper in sealed for unit in UNITS if len(unit) > 2)
    frozen.voting.close_box(TELLER, box.id)
    assert not key.exists()
    with frozen.ballots.reader() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.sealed_ballot)).scalar_one() == 0
        ballots = connection.execute(
            sa.text("SELECT ballot_sha256, xmin::text AS writer FROM voting.ballot ORDER BY ctid")
        ).all()
        marks = connection.execute(sa.text("SELECT xmin::text FROM voting.roll")).scalars().all()
    assert [ballot.ballot_sha256 for ballot in ballots] == sorted(ballot.ballot_sha256 for ballot in ballots)
    assert len({ballot.writer for ballot in ballots}) == 1
    assert not {ballot.writer for ballot in ballots} & set(marks)
    for table in (tables.roll, tables.sealed_ballot, tables.ballot, tables.receipt):
        assert not [column for column in table.columns if isinstance(column.type, sa.DateTime | sa.Date)]
    for opened in sealed:
        with pytest.raises(KeyMissing):
            frozen.keys.open(box.id, [bytes(opened)])


def test_casting_leaves_no_event_and_no_other_row(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    before, events = voting_rows(frozen), frozen.fingerprint()
    frozen.voting.cast(leader("HN"), box.id, "HN", PAPERS["HN"])
    after = voting_rows(frozen)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"sealed_ballot": 1}
    assert frozen.fingerprint() == events


def voting_rows(world: World) -> dict[str, int]:
    with world.ballots.reader() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }


def test_one_paper_per_unit_even_at_the_same_moment(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def cast() -> None:
        start.wait()
        try:
            frozen.voting.cast(leader("HN"), box.id, "HN", PAPERS["HN"])
            outcomes.append("in")
        except Refusal as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=cast) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_voted"] * 5 + ["in"]
    assert voting_rows(frozen)["sealed_ballot"] == 1


def test_no_paper_is_lost_or_late_while_the_box_closes(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    for unit in UNITS[:4]:
        frozen.voting.cast(leader(unit), box.id, unit, PAPERS[unit])
    with frozen.voting.store.unit_of_work() as uow:
        # A paper on its way: its transaction holds the box, so the count must wait for it.
        records = uow.voting
        records.lock_for_casting(box.id)
        records.mark(box.id, "LC")
        records.put_in(box.id, frozen.keys.seal(box.public_key, box.id, b"not a paper"), "f" * 64)
        frozen.clock.forward(hours=3)
        result: list[Any] = []
        closing = threading.Thread(target=lambda: result.append(frozen.voting.close_box(TELLER, box.id)))
        closing.start()
        closing.join(0.3)
        assert closing.is_alive()
        uow.commit()
    closing.join(20)
    assert (result[0].document["returned"], result[0].document["unreadable"]) == (5, 1)


def test_a_vote_opens_only_on_a_frozen_voting_cluster(ready: World) -> None:
    assert refusal(ready.voting.open_box, TELLER, opening()) == "not_frozen"
    ready.freeze_everything()
    assert refusal(ready.voting.open_box, TELLER, opening(cluster="NAM")) == "cluster_does_not_vote"
    for actor in (leader("HN"), LEAD, COUNCIL_MEMBER, NOBODY):
        assert refusal(ready.voting.open_box, actor, opening()) == "not_a_teller"
    assert [snapshot.cluster for snapshot in ready.voting.openable(TELLER)] == ["BAC"]
    ready.voting.open_box(ADMINISTRATOR, opening())
    assert refusal(ready.voting.open_box, TELLER, opening()) == "box_already_open"


def test_only_who_holds_a_units_vote_casts_it(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    officer = person(Role.PROVINCE_OFFICER, units=("HN",))
    elsewhere = person(Role.SIGNING_LEADER, council="another", units=("HN",))
    for actor in (leader("HP"), officer, TELLER, ADMINISTRATOR):
        assert refusal(frozen.voting.cast, actor, box.id, "HN", PAPERS["HN"]) == "vote_not_held"
    assert refusal(frozen.voting.cast, leader("CT"), box.id, "HN", PAPERS["HN"]) == "box_unknown"
    assert refusal(frozen.voting.cast, elsewhere, box.id, "HN", PAPERS["HN"]) == "box_unknown"
    assert refusal(frozen.voting.cast, leader("HN"), uuid.uuid4(), "HN", PAPERS["HN"]) == "box_unknown"
    assert voting_rows(frozen)["sealed_ballot"] == 0


def test_who_voted_is_shown_to_tellers_only(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    frozen.voting.cast(leader("HN"), box.id, "HN", PAPERS["HN"])
    own = frozen.voting.view(leader("HN"), box.id)
    assert [(entry.unit, entry.voted) for entry in own.own] == [("HN", True)]
    assert own.roll is None
    seen = frozen.voting.view(TELLER, box.id)
    assert seen.roll is not None
    assert [entry.unit for entry in seen.roll if entry.voted] == ["HN"]
    assert (seen.tally, seen.box.cast) == (None, 1)


def test_without_a_quorum_nothing_is_opened_and_a_second_round_may_follow(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    for unit in UNITS[:3]:
        frozen.voting.cast(leader(unit), box.id, unit, PAPERS[unit])
    assert refusal(frozen.voting.close_box, TELLER, box.id) == "voting_goes_on"
    frozen.clock.forward(hours=3)
    announced = frozen.voting.close_box(TELLER, box.id)
    assert (announced.document["withheld"], announced.document["lines"]) == ("no_quorum", [])
    assert voting_rows(frozen)["ballot"] == 0
    second = frozen.voting.open_box(TELLER, opening(hours=10))
    assert second.round == 2
    everybody_votes(frozen, second)
    assert frozen.voting.close_box(TELLER, second.id).document["decided"]
    assert refusal(frozen.voting.open_box, TELLER, opening(hours=12)) == "vote_already_decided"


def test_a_box_keeps_the_snapshot_it_opened_on(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening(Approval(2)))
    frozen.verified("HP", "BAC", {"E01": 9.9, "S01": 4, "S02": 1})
    frozen.drain()
    newer = frozen.scoring.freeze_cluster(LEAD, CYCLE, "BAC", reason="A late source.")
    again = frozen.voting.view(TELLER, box.id).box
    assert again.snapshot == box.snapshot
    assert again.snapshot.sheet_sha256 != newer.sheet_sha256


def test_a_box_without_its_key_stays_closed_to_everybody(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    everybody_votes(frozen, box)
    key = frozen.box_keys / f"{box.id}.key"
    kept = key.read_bytes()
    key.unlink()
    assert refusal(frozen.voting.close_box, TELLER, box.id) == "box_key_missing"
    assert voting_rows(frozen)["sealed_ballot"] == 5
    key.write_bytes(kept)
    assert frozen.voting.close_box(TELLER, box.id).document["valid"] == 4


def test_a_key_left_by_a_crash_is_destroyed_at_the_next_try(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    key = frozen.box_keys / f"{box.id}.key"
    kept = key.read_bytes()
    everybody_votes(frozen, box)
    frozen.voting.close_box(TELLER, box.id)
    key.write_bytes(kept)
    assert refusal(frozen.voting.close_box, TELLER, box.id) == "box_already_closed"
    assert not key.exists()


def test_papers_open_in_their_own_box_only(frozen: World, tmp_path: Any) -> None:
    keys = BoxKeyFiles(tmp_path / "keys")
    one, other = uuid.uuid4(), uuid.uuid4()
    public, _ = keys.create(one), keys.create(other)
    sealed = keys.seal(public, one, b"paper")
    assert keys.open(one, [sealed, sealed[:-1] + b"x", b""]) == [b"paper", None, None]
    assert keys.open(other, [sealed]) == [None]
    assert keys.seal(public, one, b"paper") != sealed
    with pytest.raises(FileExistsError):
        keys.create(one)


def test_a_superuser_can_stuff_no_paper_without_the_roll_noticing(frozen: World, make_database: Any) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    everybody_votes(frozen, box)
    sealed = frozen.keys.seal(box.public_key, box.id, b"x")
    with psycopg.connect(frozen.urls["ranking_owner"]) as owner:
        owner.execute(
            "INSERT INTO voting.sealed_ballot VALUES (gen_random_uuid(), %s, %s, %s)", [box.id, "e" * 64, sealed]
        )
    assert refusal(frozen.voting.close_box, TELLER, box.id) == "box_does_not_balance"


def test_an_administrator_of_another_council_sees_nothing(frozen: World) -> None:
    box = frozen.voting.open_box(TELLER, opening())
    assert frozen.voting.boxes(NOBODY) == []
    for call in (frozen.voting.view, frozen.voting.tally, frozen.voting.close_box):
        assert refusal(call, NOBODY, box.id) == "box_unknown"
    assert frozen.voting.boxes(replace(leader("HN"), account="other"))[0].id == box.id
    assert box.snapshot.council == COUNCIL
