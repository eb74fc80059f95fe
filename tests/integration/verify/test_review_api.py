"""The queue, items, progress and the feed through the API."""

from typing import Any

import pytest

from services.verify.access import ACCESS
from shared.contracts.events import FeedPageSchema
from shared.contracts.verify_v1 import UnitVerified
from shared.people import Role
from tests.integration.verify.people import LEAD, REVIEWER, STRANGER, SUPPORT, person
from tests.integration.verify.rounds import Round

QUEUE = "/v1/cycles/ihr-2018/items"


def page(world: Round, query: str = "", actor: Any = SUPPORT) -> Any:
    answer = world.town.client(actor).get(QUEUE + query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_queue_is_in_order_of_priority_and_pages_without_gaps(shown_round: Round) -> None:
    whole = page(shown_round)["items"]
    assert len(whole) == 9
    assert [item["priority"] for item in whole] == sorted((item["priority"] for item in whole), reverse=True)
    assert (whole[0]["unit"], whole[0]["criterion"], whole[0]["flagged"]) == ("AA", "C1", True)
    collected, after = [], ""
    while True:
        part = page(shown_round, f"?limit=2{after}")
        collected += part["items"]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
    assert [(item["unit"], item["criterion"]) for item in collected] == [
        (item["unit"], item["criterion"]) for item in whole
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?cluster=SOUTH", {("CC", "C1"), ("CC", "C2"), ("CC", "C3")}),
        ("?unit=BB&criterion=C1", {("BB", "C1")}),
        ("?flagged=true", {("AA", "C1")}),
        ("?state=contested", {("AA", "C1")}),
        ("?state=verified", {("BB", "C1")}),
        ("?state=closed", {("BB", "C1")}),
        ("?state=settled", set()),
    ],
)
def test_the_queue_is_filtered(shown_round: Round, query: str, expected: set[tuple[str, str]]) -> None:
    assert {(item["unit"], item["criterion"]) for item in page(shown_round, query)["items"]} == expected


@pytest.mark.parametrize(
    "query",
    ["?after=xyz", "?after=WyJhIl0", "?after=W05hTiwiYSIsImIiXQ", "?limit=0", "?limit=501", "?limit=2.5", "?state=fine",
     "?flagged=perhaps", "?unit=%00", "?after=%00"],
)  # fmt: skip
def test_a_query_that_says_something_else_is_refused(shown_round: Round, query: str) -> None:
    assert shown_round.town.client(SUPPORT).get(QUEUE + query).status_code == 422


def test_an_item_shows_everything_on_one_screen(shown_round: Round) -> None:
    item = shown_round.town.client(REVIEWER).get("/v1/cycles/ihr-2018/units/AA/items/C1").json
    assert item["criterion_title"] == {"vi": "Phòng xét nghiệm", "en": "Laboratory"}
    assert (item["claimed_value"], item["maximum"], item["gap"]) == (90.0, 100.0, 50.0)
    assert [(f["period"], f["value"], f["row"]) for f in item["figures"]] == [("2018", 40.0, 2), ("2017", 35.0, 4)]
    assert item["figures"][0]["publisher"]["vi"] == "Tổ chức Y tế Thế giới"
    conflict = next(finding for finding in item["findings"] if finding["code"] == "SOURCE_CONFLICT")
    assert conflict["numbers"]
    assert conflict["said"]["vi"] != conflict["said"]["en"]
    assert [(peer["unit"], peer["gap"]) for peer in item["peers"]] == [("AA", 50.0), ("BB", 5.0)]
    assert item["evidence"][0]["document_number"] == "12/BC-UBND"
    assert item["may_decide"] is True
    assert shown_round.town.client(SUPPORT).get("/v1/cycles/ihr-2018/units/AA/items/C1").json["may_decide"] is False


def test_progress_says_what_is_open_and_what_did_not_run(shown_round: Round) -> None:
    progress = shown_round.town.client(SUPPORT).get("/v1/cycles/ihr-2018?gaps=2").json
    totals = progress["totals"]
    assert (totals["expected"], totals["received"], totals["screened"], totals["compared"]) == (3, 3, 3, 3)
    assert (totals["items"], totals["flagged"]) == (9, 1)
    assert totals["blocking"] == totals["open"]
    assert [cluster["cluster"] for cluster in progress["clusters"]] == ["NORTH", "SOUTH"]
    assert [(gap["unit"], gap["gap"]) for gap in progress["gaps"]] == [("AA", 50.0), ("BB", 5.0)]
    assert progress["screenings"] == {"waiting": 0, "running": 0, "failed": 0}
    assert all(note["said"]["vi"] for note in progress["notes"])
    assert "HISTORY_OUTLIER" in {note["code"] for note in progress["notes"] if note["not_run"]}


def test_cycles_are_listed_for_those_who_look_after_them(shown_round: Round) -> None:
    listed = shown_round.town.client(LEAD).get("/v1/cycles").json["cycles"]
    assert [cycle["cycle"] for cycle in listed] == ["ihr-2018"]
    assert shown_round.town.client(STRANGER).get("/v1/cycles").json == {"cycles": []}
    assert shown_round.town.client(STRANGER).get("/v1/cycles/ihr-2018").status_code == 404
    assert shown_round.town.client(STRANGER).get(QUEUE).status_code == 404


def test_the_feed_is_for_services_and_for_the_council(shown_round: Round) -> None:
    whole = shown_round.town.client(service="ranking").get("/v1/events").json
    FeedPageSchema().load(whole)
    assert {event["type"] for event in whole["events"]} == {"unit_verified"}
    for event in whole["events"]:
        UnitVerified().load(event["data"])
    council = shown_round.town.client(person(Role.COUNCIL_MEMBER)).get("/v1/events").json
    assert council["events"] == whole["events"]
    other = shown_round.town.client(person(Role.COUNCIL_MEMBER, council="elsewhere")).get("/v1/events").json
    assert (other["events"], other["next"]) == ([], whole["next"])
    assert shown_round.town.client(REVIEWER).get("/v1/events").status_code == 403
    assert shown_round.town.client(service="verify").get("/v1/events").status_code == 403


def test_nobody_comes_in_unknown(shown_round: Round) -> None:
    client = shown_round.town.client()
    for path in ("/v1/cycles", QUEUE, "/v1/sources", "/v1/events"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert client.get("/health/live").status_code == 200
    assert client.get("/.well-known/jwks.json").json["keys"]


def test_a_revoked_token_opens_nothing(review_round: Round) -> None:
    client = review_round.town.client(SUPPORT)
    assert client.get("/v1/cycles").status_code == 200
    review_round.intake.says(
        "sessions_revoked", f"account:{SUPPORT.account}", 1,
        {"account": SUPPORT.account, "before": "2999-01-01T00:00:00+00:00"},
    )  # fmt: skip
    review_round.drain()
    answer = client.get("/v1/cycles")
    assert (answer.status_code, answer.json["type"]) == (401, "urn:cong-tam:token-revoked")


def test_every_endpoint_is_in_the_table(shown_round: Round) -> None:
    endpoints = {rule.endpoint for rule in shown_round.town.app.url_map.iter_rules()}
    assert {key.split()[0] for key in ACCESS} <= endpoints
    assert shown_round.town.client().get("/health/ready").json["ok"] is True
