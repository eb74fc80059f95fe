"""Editions on a real database: bytes that check themselves, a chain that cannot fork, and the Council's act."""

import hashlib
import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.ranking.editions import tables
from services.ranking.editions.rules.checking import check_edition
from services.ranking.editions.rules.edition import signed_bytes
from shared.contracts.ranking_v1 import EditionIssued
from shared.contracts.refusals import Refusal
from shared.people import ANONYMOUS
from shared.plumbing.outbox import read_after
from tests.integration.ranking.conftest import (
    ADMINISTRATOR,
    CLUSTERS,
    COUNCIL_MEMBER,
    CYCLE,
    FRAMEWORK,
    LEAD,
    NOBODY,
    NOW,
    TELLER,
    World,
    leader,
)


def refusal(call: Any, *arguments: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        call(*arguments, **named)
    return refused.value


def change(world: World) -> None:
    world.verified("HP", "BAC", {"E01": 9.9, "S01": 4, "S02": 1})
    world.drain()
    world.scoring.freeze_cluster(LEAD, CYCLE, "BAC", reason="The statistics office revised its figure.")


def test_an_edition_checks_itself_offline(frozen: World) -> None:
    issued = frozen.editions.issue_edition(LEAD, CYCLE, "public")
    _, content = frozen.editions.edition(LEAD, CYCLE, "public", 1)
    document = json.loads(content)
    report = check_edition(document, keys=[frozen.edition_key.public])
    assert report.holds, [str(message) for message in report.messages]
    assert report.sha256 == issued.edition_sha256 == hashlib.sha256(signed_bytes(document)).hexdigest()
    head = document["edition"]
    assert (head["number"], head["previous_sha256"], head["supersedes"]) == (1, None, None)
    assert head["synthetic"] is True
    assert head["notice"]["en"] == "Invented figures for trials."
    sheets = {code: frozen.scoring.standings(LEAD, CYCLE, code).sheet.sheet_sha256 for code in CLUSTERS}
    assert head["sheets"] == sheets
    north = next(c for c in document["ranking"]["clusters"] if c["cluster"] == "BAC")["standings"]
    assert [(s["unit"], s["rank"], s["total"]) for s in north][:2] == [("HN", 1, "88.00"), ("HP", 2, "80.50")]
    assert north[1]["share_verified"] == 0.7
    tampered = json.loads(content)
    tampered["ranking"]["clusters"][0]["standings"][0]["total"] = "99.00"
    assert not check_edition(tampered, keys=[frozen.edition_key.public]).holds


def test_equal_scores_give_equal_inputs_for_every_audience(frozen: World) -> None:
    hashes = {frozen.editions.issue_edition(LEAD, CYCLE, a).inputs_sha256 for a in ("board", "council", "public")}
    assert len(hashes) == 1


def test_a_later_edition_supersedes_with_a_reason_and_says_what_changed(frozen: World) -> None:
    first = frozen.editions.issue_edition(LEAD, CYCLE, "council")
    _, before = frozen.editions.edition(LEAD, CYCLE, "council", 1)
    assert refusal(frozen.editions.issue_edition, LEAD, CYCLE, "council").code == "edition_unchanged"
    change(frozen)
    assert refusal(frozen.editions.issue_edition, LEAD, CYCLE, "council").code == "reason_needed"
    second = frozen.editions.issue_edition(LEAD, CYCLE, "council", reason="Revised growth of HP.")
    assert (second.number, second.previous_sha256) == (2, first.edition_sha256)
    assert list(second.changes) == [
        {"cluster": "BAC", "unit": "HN", "rank": [1, 2], "total": ["88.00", "88.00"]},
        {"cluster": "BAC", "unit": "HP", "rank": [2, 1], "total": ["80.50", "93.40"]},
    ]
    head = json.loads(frozen.editions.edition(LEAD, CYCLE, "council", 2)[1])["edition"]
    assert (head["supersedes"], head["reason"]) == (1, "Revised growth of HP.")
    assert frozen.editions.edition(LEAD, CYCLE, "council", 1)[1] == before


def test_editions_issued_at_the_same_moment_make_one_chain(frozen: World) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def issue() -> None:
        start.wait()
        try:
            outcomes.append(str(frozen.editions.issue_edition(LEAD, CYCLE, "public").number))
        except Refusal as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["1", "edition_unchanged", "edition_unchanged", "edition_unchanged"]


def test_the_database_itself_refuses_a_fork(frozen: World) -> None:
    frozen.editions.issue_edition(LEAD, CYCLE, "public")
    with frozen.database.engine.connect() as connection:
        row = dict(connection.execute(sa.select(tables.edition)).mappings().one())
        row |= {"number": 2, "edition_sha256": "a" * 64, "previous_sha256": "b" * 64}
        connection.execute(sa.insert(tables.edition).values(row))
        with pytest.raises(sa.exc.IntegrityError, match="uq_edition_cycle_audience_previous_sha256"):
            connection.execute(sa.insert(tables.edition).values(row | {"number": 3, "edition_sha256": "c" * 64}))


def test_an_edition_needs_every_cluster(ready: World) -> None:
    ready.scoring.freeze_cluster(LEAD, CYCLE, "BAC")
    refused = refusal(ready.editions.issue_edition, LEAD, CYCLE, "board")
    assert refused.code == "clusters_not_frozen"
    assert [fault.path for fault in refused.faults] == ["NAM"]


def test_an_edition_is_told_in_the_feed(frozen: World) -> None:
    issued = frozen.editions.issue_edition(LEAD, CYCLE, "public")
    with frozen.database.reader() as connection:
        event = read_after(connection, 0, 100, "scoring")["events"][-1]
    assert (event["type"], event["subject"]) == ("edition_issued", f"edition:{CYCLE}/public/1")
    assert EditionIssued().load(event["data"])["edition_sha256"] == issued.edition_sha256


def test_only_the_councils_act_makes_an_edition_public(frozen: World) -> None:
    frozen.editions.issue_edition(LEAD, CYCLE, "public")
    publish = frozen.editions.publish_edition
    assert refusal(frozen.editions.edition, ANONYMOUS, CYCLE, "public", 1).code == "edition_unknown"
    assert refusal(frozen.editions.editions, ANONYMOUS, CYCLE).code == "cycle_unknown"
    assert frozen.editions.published() == ()
    assert refusal(publish, LEAD, CYCLE, 1, "public", "12/QĐ-HĐ", date(2026, 3, 2)).code == "not_allowed_here"
    late = refusal(publish, COUNCIL_MEMBER, CYCLE, 1, "public", "12/QĐ-HĐ", date(2026, 3, 3))
    assert late.code == "bad_record_date"
    published = publish(COUNCIL_MEMBER, CYCLE, 1, "public", "12/QĐ-HĐ", date(2026, 3, 2))
    assert published.publication is not None
    assert (published.publication.record_number, published.publication.recorded_at) == ("12/QĐ-HĐ", NOW)
    assert frozen.editions.edition(ANONYMOUS, CYCLE, "public", 1)[0] == published
    assert [one.cycle.cycle for one in frozen.editions.published()] == [CYCLE]
    assert refusal(publish, ADMINISTRATOR, CYCLE, 1, "public", "13", date(2026, 3, 2)).code == "already_published"
    frozen.editions.issue_edition(LEAD, CYCLE, "council")
    other = refusal(publish, ADMINISTRATOR, CYCLE, 1, "council", "13", date(2026, 3, 2))
    assert other.code == "not_for_the_public"


@pytest.mark.parametrize(
    ("audience", "readers_", "others"),
    [
        ("board", (LEAD, ADMINISTRATOR), (COUNCIL_MEMBER, leader("HN"), TELLER, NOBODY, ANONYMOUS)),
        ("council", (LEAD, COUNCIL_MEMBER), (leader("HN"), TELLER, NOBODY, ANONYMOUS)),
        ("cluster", (LEAD, COUNCIL_MEMBER, leader("HN")), (TELLER, NOBODY, ANONYMOUS)),
        ("public", (LEAD, COUNCIL_MEMBER), (leader("HN"), TELLER, NOBODY, ANONYMOUS)),
    ],
)
def test_editions_are_for_their_audience(frozen: World, audience: str, readers_: tuple[Any, ...], others: Any) -> None:
    frozen.editions.issue_edition(LEAD, CYCLE, audience)
    for actor in readers_:
        assert frozen.editions.edition(actor, CYCLE, audience, 1)[0].number == 1
        assert len(frozen.editions.editions(actor, CYCLE)) == 1
    for actor in others:
        assert refusal(frozen.editions.edition, actor, CYCLE, audience, 1).code == "edition_unknown"


@pytest.mark.parametrize("actor", [COUNCIL_MEMBER, TELLER, leader("HN")])
def test_only_the_board_issues(frozen: World, actor: Any) -> None:
    assert refusal(frozen.editions.issue_edition, actor, CYCLE, "public").code == "not_allowed_here"


def test_criteria_that_are_not_public_stay_inside(world: World) -> None:
    framework = json.loads(json.dumps(FRAMEWORK))
    framework["groups"][1]["criteria"][0]["disclosure"] = "council"
    world.framework = framework
    world.everything_arrives()
    world.freeze_everything()
    refused = refusal(world.editions.issue_edition, LEAD, CYCLE, "public")
    assert (refused.code, refused.said.params["criteria"]) == ("criteria_not_public", "S01")
    assert world.editions.issue_edition(LEAD, CYCLE, "council").number == 1


def test_the_same_cycle_gives_the_same_inputs_whatever_the_order_of_events(frozen: World, make_database: Any) -> None:
    other = World(make_database("ranking").urls, frozen.box_keys.parent / "other-keys")
    other.record_cycle()
    for cluster in reversed(list(CLUSTERS)):
        for place, unit in reversed(list(enumerate(CLUSTERS[cluster]))):
            status = {"state": "documented"} if unit == "HP" else {}
            values = {"S02": 1, "S01": {"value": 4 + place, **status}, "E01": 9.0 - place}
            other.verified(unit, cluster, values)
            other.send(unit, cluster)
    other.drain()
    other.clock.forward(days=3)
    other.freeze_everything()
    one = frozen.editions.issue_edition(LEAD, CYCLE, "public")
    two = other.editions.issue_edition(LEAD, CYCLE, "public")
    other.close()
    assert one.inputs_sha256 == two.inputs_sha256
    assert [s["sheet_sha256"] for s in one.sheets] == [s["sheet_sha256"] for s in two.sheets]
    assert two.issued_at - one.issued_at == timedelta(days=3)
