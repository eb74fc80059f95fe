"""Decisions and settlements: who may, on what they rest, what they move, and that nothing is overwritten."""

import threading
from typing import Any

import pytest

from services.verify import tables as t
from services.verify import tables as verify_tables
from services.verify.results import tables as result_tables
from shared.contracts.verify_v1 import UnitVerified
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import LEAD, REVIEWER, STRANGER, SUPPORT, Town, person
from tests.integration.verify.rounds import Round

OUTBOX = t.metadata.tables["outbox_event"]
ITEM = "/v1/cycles/ihr-2018/units/{}/items/{}"


def look(world: Round, unit: str, criterion: str, actor: Any = REVIEWER) -> Any:
    return world.town.client(actor).get(ITEM.format(unit, criterion))


def decide(world: Round, unit: str, criterion: str, actor: Any = REVIEWER, **proposal: Any) -> Any:
    if "version" not in proposal:
        proposal["version"] = look(world, unit, criterion, SUPPORT).json["version"]
    body = {"verdict": "accept", "reason": "Kiểm tra hồ sơ.", "document_number": "12/BC-UBND"} | proposal
    return world.town.client(actor).post(ITEM.format(unit, criterion) + "/decisions", json=body)


def sign(world: Round, unit: str, criterion: str, actor: Any = LEAD, verdict: str = "sign", **more: Any) -> Any:
    body = {"verdict": verdict, "version": look(world, unit, criterion, SUPPORT).json["version"]} | more
    return world.town.client(actor).post(ITEM.format(unit, criterion) + "/countersignature", json=body)


def conclude(world: Round, unit: str, criterion: str, **proposal: Any) -> Any:
    """A decision that moves much, and the second person's signature."""
    decided = decide(world, unit, criterion, **proposal)
    assert (decided.status_code, decided.json["review"]) == (201, "awaiting_countersignature"), decided.json
    return sign(world, unit, criterion)


def settle(world: Round, cluster: str = "NORTH", actor: Any = LEAD, **body: Any) -> Any:
    body = {"reason": "Theo số liệu của nguồn."} | body
    return world.town.client(actor).post(f"/v1/cycles/ihr-2018/clusters/{cluster}/settlement", json=body)


def last_event(world: Round, unit: str) -> dict[str, Any]:
    event = world.rows(OUTBOX, OUTBOX.c.subject == f"verification:ihr-2018/{unit}")[-1]
    UnitVerified().load(event["data"])
    return event


def counted(world: Round, unit: str, criterion: str) -> dict[str, Any]:
    return next(entry for entry in last_event(world, unit)["data"]["items"] if entry["criterion"] == criterion)


def test_a_rejected_claim_counts_at_the_sources_figure(review_round: Round) -> None:
    assert counted(review_round, "AA", "C1")["blocks_freeze"]
    before = last_event(review_round, "AA")["subject_version"]
    answer = conclude(review_round, "AA", "C1", verdict="reject")
    assert answer.status_code == 201, answer.json
    assert (answer.json["review"], answer.json["value"], answer.json["basis"]) == ("countersigned", 40.0, "decision")
    entry = counted(review_round, "AA", "C1")
    assert (entry["value"], entry["state"], entry["basis"], entry["blocks_freeze"]) == (
        40.0,
        "verified",
        "decision",
        False,
    )
    assert entry["decision"]["verdict"] == "reject"
    # Told once: while the second signature was waited for, what counted and blocked was as before.
    assert last_event(review_round, "AA")["subject_version"] == before + 1
    detail = look(review_round, "AA", "C1").json
    assert [(d["verdict"], d["decided_by_name"], d["in_force"]) for d in detail["decisions"]] == [
        ("reject", REVIEWER.name, True)
    ]


def test_an_accepted_claim_without_a_source_is_documented(review_round: Round) -> None:
    assert decide(review_round, "AA", "C3").status_code == 201
    entry = counted(review_round, "AA", "C3")
    assert (entry["value"], entry["state"], entry["basis"]) == (60.0, "documented", "decision")
    assert entry["decision"]["document_number"] == "12/BC-UBND"


def test_an_adjustment_rests_on_the_source_or_on_a_document(review_round: Round) -> None:
    without = decide(review_round, "AA", "C1", verdict="adjust", value=70.0, document_number="")
    assert (without.status_code, without.json["type"]) == (422, "urn:cong-tam:document-missing")
    nothing = decide(review_round, "AA", "C1", verdict="adjust")
    assert nothing.status_code == 422
    too_much = decide(review_round, "AA", "C3", verdict="adjust", points=1e6)
    assert too_much.status_code == 422
    assert conclude(review_round, "AA", "C1", verdict="adjust", value=70.0).status_code == 201
    assert counted(review_round, "AA", "C1")["value"] == 70.0


def test_nobody_decides_on_their_own_unit(review_round: Round) -> None:
    for actor in (
        person(Role.REVIEWER, home="AA"),
        person(Role.LEAD_REVIEWER, home="AA"),
    ):
        assert look(review_round, "AA", "C1", actor).status_code == 403
        refused = decide(review_round, "AA", "C1", actor, verdict="reject")
        assert (refused.status_code, refused.json["type"]) == (403, "urn:cong-tam:own-unit")
        listed = review_round.town.client(actor).get("/v1/cycles/ihr-2018/items").json["items"]
        assert listed
        assert "AA" not in {item["unit"] for item in listed}
        progress = review_round.town.client(actor).get("/v1/cycles/ihr-2018?gaps=10").json
        assert progress["own_unit_items"] == 3
        assert "AA" not in {item["unit"] for item in progress["gaps"]}
    at_home = settle(review_round, actor=person(Role.LEAD_REVIEWER, home="AA"))
    assert (at_home.status_code, at_home.json["type"]) == (403, "urn:cong-tam:own-unit")
    assert review_round.rows(result_tables.decision) == review_round.rows(result_tables.settlement) == []


def test_only_reviewers_of_this_item_decide(review_round: Round) -> None:
    assert decide(review_round, "AA", "C1", SUPPORT).status_code == 403
    assert decide(review_round, "AA", "C1", STRANGER).status_code == 404
    narrow = person(Role.REVIEWER, criteria=("C3",))
    assert look(review_round, "AA", "C1", narrow).status_code == 404
    assert decide(review_round, "AA", "C1", narrow).status_code == 403
    assert decide(review_round, "AA", "C3", narrow).status_code == 201
    elsewhere = person(Role.REVIEWER, clusters=("SOUTH",))
    listed = review_round.town.client(elsewhere).get("/v1/cycles/ihr-2018/items").json["items"]
    assert {item["unit"] for item in listed} == {"CC"}
    assert settle(review_round, actor=REVIEWER).status_code == 403
    assert settle(review_round, actor=person(Role.LEAD_REVIEWER, clusters=("SOUTH",))).status_code == 403


def test_who_comes_second_is_told_so(review_round: Round) -> None:
    version = look(review_round, "AA", "C1").json["version"]
    assert decide(review_round, "AA", "C1", verdict="reject", version=version).status_code == 201
    second = decide(review_round, "AA", "C1", verdict="accept", version=version)
    assert (second.status_code, second.json["type"]) == (412, "urn:cong-tam:stale")
    again = decide(review_round, "AA", "C1", verdict="accept")
    assert (again.status_code, again.json["type"]) == (409, "urn:cong-tam:wrong-state")
    assert len(review_round.rows(result_tables.decision)) == 1


def test_of_two_at_once_one_decides(review_round: Round) -> None:
    version = look(review_round, "AA", "C1").json["version"]
    statuses: list[int] = []
    people = [
        threading.Thread(
            target=lambda: statuses.append(
                decide(review_round, "AA", "C1", verdict="reject", version=version).status_code
            )
        )
        for _ in range(4)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(statuses) == [201, 412, 412, 412]
    assert len(review_round.rows(result_tables.decision)) == 1


def test_a_decision_stands_while_the_facts_stand(review_round: Round) -> None:
    conclude(review_round, "AA", "C1", verdict="reject")
    decide(review_round, "BB", "C3")
    # Another unit's new version, and the same figure in another file: nothing about this item.
    review_round.sends("BB", {"C1": 50.0, "C2": 55.0, "C3": 60.0}, number=2)
    review_round.figures("unit,indicator,period,value,status\nAA,C1,2018,40.0,final\n", published_on="2026-02-03")
    review_round.settle_down()
    assert look(review_round, "AA", "C1").json["review"] == "countersigned"
    assert look(review_round, "BB", "C3").json["review"] == "decided"
    # A new figure is another matter: the item opens, the decision stays in its history.
    review_round.figures("unit,indicator,period,value\nAA,C1,2018,55\n", published_on="2026-02-04")
    review_round.settle_down()
    detail = look(review_round, "AA", "C1").json
    assert (detail["review"], detail["basis"], detail["blocks_freeze"]) == ("open", "none", True)
    assert [(d["verdict"], d["in_force"]) for d in detail["decisions"]] == [("reject", False)]
    assert counted(review_round, "AA", "C1")["decision"] is None


def test_nobody_decides_on_what_has_just_changed(review_round: Round) -> None:
    version = look(review_round, "AA", "C1").json["version"]
    review_round.figures("unit,indicator,period,value\nAA,C1,2018,60\n", published_on="2026-02-04")
    answer = decide(review_round, "AA", "C1", verdict="reject", version=version)
    assert (answer.status_code, answer.json["type"]) == (412, "urn:cong-tam:stale")
    assert settle(review_round).status_code == 412
    review_round.settle_down()
    assert conclude(review_round, "AA", "C1", verdict="reject").status_code == 201
    assert counted(review_round, "AA", "C1")["value"] == 60.0


def test_a_cluster_is_settled_in_one_recorded_decision(review_round: Round) -> None:
    assert settle(review_round, items=7).status_code == 412
    answer = settle(review_round, items=1)
    assert (answer.status_code, answer.json["items"]) == (201, 1), answer.json
    entry = counted(review_round, "AA", "C1")
    assert (entry["value"], entry["basis"], entry["state"], entry["blocks_freeze"]) == (
        40.0,
        "settled",
        "verified",
        False,
    )
    assert entry["decision"]["verdict"] == "settle"
    assert look(review_round, "AA", "C1").json["review"] == "settled"
    (decision,) = review_round.rows(result_tables.decision)
    assert str(decision["settlement"]) == answer.json["id"]
    again = settle(review_round)
    assert (again.status_code, again.json["type"]) == (409, "urn:cong-tam:nothing-to-settle")
    assert settle(review_round, cluster="NOWHERE").status_code == 404
    assert settle(review_round, cluster="SOUTH").status_code == 409


def test_an_archived_cycle_takes_no_decisions(review_round: Round) -> None:
    review_round.intake.records(says.cycle(state="archived"))
    review_round.settle_down()
    answer = decide(review_round, "AA", "C1", verdict="reject")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:cong-tam:cycle-archived")
    home = review_round.town.browser(REVIEWER).get("/").text
    assert 'href="/cycles/ihr-2018"' in home
    assert "Chu kỳ đã lưu trữ" in home


def test_history_names_actor_time_and_reason(review_round: Round) -> None:
    decide(review_round, "AA", "C3", reason="Đã đối chiếu bản gốc.")
    settle(review_round)
    lines = [
        (line["action"], line["actor"], line["reason"])
        for line in review_round.rows(verify_tables.history)
        if line["action"] in ("item_decided", "cluster_settled")
    ]
    assert lines == [
        ("item_decided", REVIEWER.account, "Đã đối chiếu bản gốc."),
        ("cluster_settled", LEAD.account, "Theo số liệu của nguồn."),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verdict": "praise", "reason": "x", "version": 1},
        {"verdict": "settle", "reason": "x", "version": 1},
        {"verdict": "accept", "reason": "", "version": 1},
        {"verdict": "accept", "reason": "x\x00", "version": 1},
        {"verdict": "accept", "reason": "x", "version": 1.5},
        {"verdict": "adjust", "reason": "x", "version": 1, "value": "7"},
        {"verdict": "accept", "reason": "x", "version": 1, "colour": "red"},
    ],
)
def test_a_body_that_says_something_else_is_refused(shown_round: Round, body: dict[str, Any]) -> None:
    answer = shown_round.town.client(REVIEWER).post(ITEM.format("AA", "C1") + "/decisions", json=body)
    assert answer.status_code == 422
    assert answer.json["type"].startswith("urn:cong-tam:")


@pytest.fixture
def questioned_round(database: Database, intake: Intake, drain: Any, town: Town) -> Round:
    """AA (45 by its source) and BB (40) lie within the tolerance; both gave themselves more than the rule gives."""
    made = Round(database, intake, drain, town)
    cycle = says.cycle(framework=says.framework(criteria=says.framework()["criteria"][:1]))
    intake.records(cycle)
    drain()
    made.figures("unit,indicator,period,value\nAA,C1,2018,45\nBB,C1,2018,40\nCC,C1,2018,50\n")
    for unit, cluster, value, points in (
        ("AA", "NORTH", 50.0, 80.0),
        ("BB", "NORTH", 40.0, 70.0),
        ("CC", "SOUTH", 50.0, 50.0),
    ):
        intake.receives(says.submission(unit, {"C1": value}, cycle=cycle, cluster=cluster, points={"C1": points}))
    made.settle_down()
    return made


def test_questions_about_whoever_could_come_first_are_settled_before_the_freeze(questioned_round: Round) -> None:
    first, second = look(questioned_round, "AA", "C1").json, look(questioned_round, "BB", "C1").json
    assert (first["review"], second["review"]) == ("open", "open")
    assert (first["value"], first["basis"], first["blocks_freeze"]) == (45.0, "source", True)
    assert (second["value"], second["basis"], second["blocks_freeze"]) == (40.0, "source", False)
    assert counted(questioned_round, "AA", "C1")["blocks_freeze"]
    page = questioned_round.town.browser(LEAD).get("/cycles/ihr-2018/clusters/NORTH/settlement").text
    assert "trong ngưỡng cho phép; đơn vị còn khả năng dẫn đầu cụm" in page
    assert (page.count("/units/AA/items/C1"), page.count("/units/BB/items/C1")) == (1, 0)
    answer = settle(questioned_round, items=1)
    assert (answer.status_code, answer.json["items"]) == (201, 1), answer.json
    entry = counted(questioned_round, "AA", "C1")
    assert (entry["value"], entry["basis"], entry["state"], entry["blocks_freeze"]) == (
        45.0,
        "settled",
        "verified",
        False,
    )
    assert not counted(questioned_round, "BB", "C1")["blocks_freeze"]
    assert settle(questioned_round).json["type"] == "urn:cong-tam:nothing-to-settle"
    assert settle(questioned_round, cluster="SOUTH").json["type"] == "urn:cong-tam:nothing-to-settle"


def test_who_moves_up_is_asked_as_well(questioned_round: Round) -> None:
    assert conclude(questioned_round, "AA", "C1", verdict="adjust", value=30.0).status_code == 201
    assert not counted(questioned_round, "AA", "C1")["blocks_freeze"]
    assert counted(questioned_round, "BB", "C1")["blocks_freeze"]
    # A screening of everything finds the same.
    questioned_round.town.client(LEAD).post("/v1/cycles/ihr-2018/screenings")
    questioned_round.settle_down()
    assert look(questioned_round, "BB", "C1").json["blocks_freeze"]
    assert decide(questioned_round, "BB", "C1").status_code == 201
    assert not counted(questioned_round, "BB", "C1")["blocks_freeze"]
