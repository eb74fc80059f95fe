"""The steps of a review: in hand, asked and explained, signed by two, disputed; who may not; the trail."""

# ruff: noqa: F811, the fixtures are imported
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.verify import tables as t
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.reviews.actions.ask import watch_requests
from services.verify.reviews.actions.holding import release_lapsed
from services.verify.store import SqlStore
from shared.clock import FrozenClock
from shared.contracts.verify_v1 import ExplanationRequestRecorded
from shared.people import Actor, Grant, Role
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, LEAD, REVIEWER, SUPPORT, person
from tests.integration.verify.rounds import Round
from tests.integration.verify.steps import (  # noqa: F401
    ITEM,
    LEADER,
    OUTBOX,
    SCORES,
    SECOND,
    THIRD,
    act,
    clock,
    counted,
    decide,
    look,
    objects,
    problem,
    scores,
    sign,
)

# --- in hand --------------------------------------------------------------------------------------------------------


def test_who_takes_an_item_in_hand_is_seen_and_nobody_else_decides(review_round: Round) -> None:
    taken = act(review_round, "/claim")
    assert (taken.status_code, taken.json["review"], taken.json["held_by_name"]) == (200, "claimed", REVIEWER.name)
    listed = review_round.town.client(SUPPORT).get("/v1/cycles/ihr-2018/items?state=claimed").json["items"]
    assert [(item["unit"], item["held_by_name"]) for item in listed] == [("AA", REVIEWER.name)]
    assert problem(act(review_round, "/claim", SECOND)) == (409, "held")
    assert problem(decide(review_round, SECOND)) == (409, "held")
    assert look(review_round, actor=SECOND)["may"] == []
    assert problem(act(review_round, "/release", SECOND)) == (409, "held")
    assert act(review_round, "/release", LEAD).json["review"] == "open"
    assert decide(review_round, SECOND).status_code == 201


def test_what_is_held_for_too_long_is_free_again(review_round: Round, store: SqlStore, clock: FrozenClock) -> None:
    act(review_round, "/claim")
    assert release_lapsed(store) == 0
    clock.forward(days=3, seconds=1)
    assert act(review_round, "/claim", SECOND).json["held_by_name"] == SECOND.name
    clock.forward(days=4)
    assert release_lapsed(store) == 1
    item = look(review_round)
    assert (item["review"], item["held_by_name"]) == ("open", "")
    assert [step["action"] for step in item["trail"]] == ["claimed", "claimed", "claim_lapsed"]


def test_of_two_reviewers_at_once_one_decides(review_round: Round) -> None:
    version = look(review_round)["version"]
    answers: list[tuple[str, Any]] = []
    start = threading.Barrier(2)

    def attempt(endpoint: str, actor: Actor, **body: Any) -> None:
        client = review_round.town.client(actor)
        start.wait()
        answers.append(
            (actor.account, client.post(ITEM.format("AA", "C1") + endpoint, json=body | {"version": version}))
        )

    reject = {"verdict": "reject", "reason": "Theo nguồn."}
    people = [
        threading.Thread(target=attempt, args=("/decisions", actor), kwargs=reject) for actor in (REVIEWER, SECOND)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(answer.status_code for _, answer in answers) == [201, 412]
    (decision,) = review_round.rows(result_tables.decision)
    (winner,) = [account for account, answer in answers if answer.status_code == 201]
    assert decision["decided_by"] == winner


# --- who may not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grants", "home", "code"),
    [
        ([Grant(Role.REVIEWER, "central")], "AA", "own-unit"),
        ([Grant(Role.REVIEWER, "central"), Grant(Role.PROVINCE_OFFICER, "central", units=("AA",))], None, "own-unit"),
        ([Grant(Role.REVIEWER, "central"), Grant(Role.CLUSTER_HEAD, "central", units=("BB",))], None, "own-cluster"),
        ([Grant(Role.REVIEWER, "central"), Grant(Role.CLUSTER_DEPUTY, "central", units=("BB",))], None, "own-cluster"),
        ([Grant(Role.LEAD_REVIEWER, "central")], "BB", "own-cluster"),  # BB's people: BB heads the cluster
        ([Grant(Role.REVIEWER, "central"), Grant(Role.ADMINISTRATOR, "central")], None, "administrator"),
    ],
)
def test_nobody_judges_where_they_have_a_part(
    review_round: Round, grants: list[Grant], home: str | None, code: str
) -> None:
    cycle = says.cycle()
    cycle["clusters"][0]["head"] = "BB"
    review_round.intake.records(cycle)
    review_round.settle_down()
    homes = (("central", home),) if home else ()
    actor = Actor("account-part", "Ai đó", home_units=homes, grants=tuple(grants), session="s")
    assert problem(decide(review_round, actor)) == (403, code)
    assert problem(act(review_round, "/claim", actor)) == (403, code)
    assert problem(act(review_round, "/requests", actor, reason="Vì sao?")) == (403, code)
    assert decide(review_round).json["review"] == "awaiting_countersignature"
    assert problem(sign(review_round, actor)) == (403, code)
    if code != "own-unit":
        assert look(review_round, actor=actor)["may"] == []
    # In another cluster the head judges as others do.
    if code == "own-cluster":
        assert decide(review_round, actor, "CC", "C3", verdict="accept").status_code == 201


# --- two persons ----------------------------------------------------------------------------------------------------


def test_a_large_adjustment_counts_once_a_second_person_has_signed(review_round: Round) -> None:
    first = decide(review_round)
    assert (first.status_code, first.json["review"], first.json["value"]) == (201, "awaiting_countersignature", None)
    waiting = counted(review_round)
    assert (waiting["value"], waiting["basis"], waiting["blocks_freeze"], waiting["decision"]) == (
        *(None, "none", True),
        None,
    )
    assert problem(sign(review_round, REVIEWER)) == (403, "first-person")
    assert problem(decide(review_round, SECOND)) == (409, "wrong-state")
    assert sign(review_round, SUPPORT).status_code == 403
    second = sign(review_round)
    assert (second.status_code, second.json["review"], second.json["value"]) == (201, "countersigned", 40.0)
    assert (counted(review_round)["value"], counted(review_round)["blocks_freeze"]) == (40.0, False)
    detail = look(review_round)
    assert detail["decisions"][0]["countersignature"]["signed_by_name"] == SECOND.name
    assert problem(sign(review_round, THIRD)) == (409, "wrong-state")


def test_a_small_one_needs_nobody_else_and_the_council_says_what_is_small(review_round: Round) -> None:
    assert decide(review_round, unit="AA", criterion="C3", verdict="adjust", value=55.0).json["review"] == "decided"
    rules = {"countersign_share": 0.02, "countersign_first": False, "claim_days": 3, "explanation_days": 7}
    rules |= {"reminder_days": 2, "objection_days": 5, "reason": "Quyết định 12/QĐ-HĐ"}
    client = review_round.town.client(ADMINISTRATOR)
    assert client.put("/v1/cycles/ihr-2018/rules", json=rules).status_code == 200
    answer = decide(review_round, unit="BB", criterion="C3", verdict="adjust", value=55.0)
    assert answer.json["review"] == "awaiting_countersignature"
    assert client.put("/v1/cycles/ihr-2018/rules", json=rules | {"countersign_share": 1.5}).status_code == 422
    assert client.put("/v1/cycles/ihr-2018/rules", json=rules | {"reminder_days": 9}).status_code == 422
    assert review_round.town.client(LEAD).put("/v1/cycles/ihr-2018/rules", json=rules).status_code == 403
    assert client.get("/v1/cycles/ihr-2018/rules").json["objection_days"] == 5


def test_the_second_person_may_send_it_back_with_a_reason(review_round: Round) -> None:
    decide(review_round)
    assert problem(sign(review_round, verdict="send_back")) == (422, "reason-missing")
    back = sign(review_round, verdict="send_back", reason="Nguồn chưa là số chính thức.")
    assert (back.json["review"], back.json["basis"], back.json["blocks_freeze"]) == ("open", "none", True)
    assert look(review_round)["decisions"][0]["in_force"] is False
    assert decide(review_round, SECOND).json["review"] == "awaiting_countersignature"
    assert sign(review_round, REVIEWER).status_code == 201


def test_a_new_figure_takes_a_decision_back_that_nobody_has_signed(review_round: Round) -> None:
    decide(review_round)
    review_round.figures("unit,indicator,period,value\nAA,C1,2018,55\n", published_on="2026-02-04")
    assert sign(review_round).status_code == 412
    review_round.settle_down()
    item = look(review_round)
    assert (item["review"], item["basis"]) == ("open", "none")
    last = item["trail"][-1]
    assert (last["action"], last["data"]["cause"], last["data"]["before"]["review"]) == (
        *("reopened", "figures"),
        "awaiting_countersignature",
    )


# --- questions ------------------------------------------------------------------------------------------------------


def ask(world: Round, **body: Any) -> Any:
    given = {"reason": "Vì sao chênh lệch 50 điểm?", "office": "Sở Y tế"} | body
    return act(world, "/requests", **given)


def requests_told(world: Round) -> list[dict[str, Any]]:
    told = world.rows(OUTBOX, OUTBOX.c.type == "explanation_request_recorded")
    for event in told:
        ExplanationRequestRecorded().load(event["data"])
        assert event["subject"] == "request:ihr-2018/AA/C1/1"
    assert [event["subject_version"] for event in told] == list(range(1, len(told) + 1))
    return [event["data"] for event in told]


def explain(world: Round, intake: Intake, value: float, given_at: datetime, number: int = 2) -> None:
    (request,) = world.rows(review_tables.explanation_request)
    intake.receives(says.submission("AA", {"C1": value, "C2": 50.0, "C3": 60.0}, number=number))
    intake.says(
        "explanation_given",
        f"explanation:{request['id']}",
        1,
        {
            "request": str(request["id"]),
            "cycle": "ihr-2018",
            "unit": "AA",
            "criterion": "C1",
            "number": number,
            "explanation": "Nhầm kỳ báo cáo.",
            "given_at": given_at.isoformat(),
        },
    )
    world.settle_down()


def test_a_question_goes_out_and_its_answer_comes_back(
    review_round: Round, intake: Intake, clock: FrozenClock, wake_ups: Any
) -> None:
    asked = ask(review_round)
    assert (asked.status_code, asked.json["review"]) == (201, "explanation_requested")
    (told,) = requests_told(review_round)
    assert (told["state"], told["office"], told["submission_number"]) == ("requested", "Sở Y tế", 1)
    assert "requested_by" not in told
    assert ("intake.drain_feeds", "intake") in wake_ups.sent
    assert problem(decide(review_round)) == (409, "wrong-state")
    explain(review_round, intake, 80.0, clock.now())
    item = look(review_round)
    assert (item["review"], item["claimed_value"], item["requests"][0]["answer"]) == (
        *("explained", 80.0),
        "Nhầm kỳ báo cáo.",
    )
    assert [(version["number"], version["value"]) for version in item["versions"]] == [(2, 80.0), (1, 90.0)]
    assert requests_told(review_round)[-1]["state"] == "answered"
    assert decide(review_round).json["review"] == "awaiting_countersignature"
    page = review_round.town.browser(REVIEWER, "en").get("/cycles/ihr-2018/units/AA/items/C1").text
    assert "Nhầm kỳ báo cáo." in page
    assert "What the versions say" in page


def test_an_answer_that_leaves_nothing_to_ask_ends_it(review_round: Round, intake: Intake, clock: FrozenClock) -> None:
    ask(review_round)
    explain(review_round, intake, 45.0, clock.now())
    item = look(review_round)
    assert item["review"] == "withdrawn", item["explanation"]
    assert requests_told(review_round)[-1]["state"] == "answered"
    assert scores(review_round)["C1"]["value"] == 40.0


def test_nobody_answers_in_time_and_the_reviewer_decides_without(
    review_round: Round, store: SqlStore, clock: FrozenClock, intake: Intake
) -> None:
    due_on = (clock.now() + timedelta(days=5)).date().isoformat()
    assert ask(review_round, due_on=(clock.now() - timedelta(days=1)).date().isoformat()).status_code == 422
    ask(review_round, due_on=due_on)
    assert watch_requests(store) == {"reminded": 0, "expired": 0}
    clock.forward(days=4)
    assert watch_requests(store) == {"reminded": 1, "expired": 0}
    assert watch_requests(store) == {"reminded": 0, "expired": 0}
    assert requests_told(review_round)[-1]["reminders"] == 1
    clock.forward(days=2)
    assert watch_requests(store) == {"reminded": 0, "expired": 1}
    assert requests_told(review_round)[-1]["state"] == "expired"
    item = look(review_round)
    assert (item["review"], [step["action"] for step in item["trail"]]) == (
        "expired",
        ["explanation_requested", "reminded", "expired"],
    )
    # An answer that was sent in time and arrives late is an answer.
    explain(review_round, intake, 85.0, clock.now() - timedelta(days=3))
    assert look(review_round)["review"] == "explained"


def test_a_question_is_taken_back(review_round: Round) -> None:
    ask(review_round)
    assert problem(act(review_round, "/requests/2/withdrawal", reason="Nhầm.")) == (404, "item-not-found")
    assert problem(act(review_round, "/requests/1/withdrawal", SECOND, reason="Nhầm.")) == (409, "held")
    answer = act(review_round, "/requests/1/withdrawal", reason="Đã có tài liệu.")
    assert answer.json["review"] == "claimed"
    assert requests_told(review_round)[-1]["ended_reason"] == "Đã có tài liệu."
    assert problem(act(review_round, "/requests/1/withdrawal", reason="Nhầm.")) == (409, "request-over")


def test_an_answer_to_a_question_that_a_restore_has_lost_is_passed_over(review_round: Round, intake: Intake) -> None:
    intake.says(
        "explanation_given",
        "explanation:lost",
        1,
        {
            "request": "00000000-0000-0000-0000-000000000001",
            "cycle": "ihr-2018",
            "unit": "AA",
            "criterion": "C1",
            "number": 1,
            "explanation": "…",
            "given_at": "2026-03-01T00:00:00+00:00",
        },
    )
    review_round.settle_down()
    assert look(review_round)["review"] == "open"
    assert not review_round.rows(t.metadata.tables["feed_waiting"])


# --- objections -----------------------------------------------------------------------------------------------------


def test_the_unit_sees_what_is_final_and_by_which_role(review_round: Round) -> None:
    assert set(scores(review_round)) == set()  # what is only asked is not shown
    decide(review_round)
    assert "C1" not in scores(review_round)
    sign(review_round)
    score = scores(review_round, LEADER)["C1"]
    assert (score["value"], score["points"], score["decided_as"], score["signed_as"]) == (
        *(40.0, 40.0),
        *("reviewer", "reviewer"),
    )
    assert score["reason"] == "Theo số liệu của nguồn."
    assert score["figure"]["value"] == 40.0
    assert REVIEWER.name not in str(score)
    assert SECOND.name not in str(score)
    bb = person(Role.PROVINCE_OFFICER, units=("BB",))
    assert scores(review_round, bb, "BB")["C1"]["basis"] == "source"
    assert review_round.town.client(bb).get(SCORES.format("AA")).status_code == 404
    assert review_round.town.client(REVIEWER).get(SCORES.format("AA")).status_code == 403
    narrow = person(Role.PROVINCE_OFFICER, units=("AA",), criteria=("C3",))
    assert review_round.town.client(narrow).get(SCORES.format("AA")).status_code == 404


def test_an_objection_is_answered_by_somebody_else_and_holds_the_freeze(review_round: Round) -> None:
    assert problem(objects(review_round)) == (409, "not-final")
    decide(review_round)
    sign(review_round)
    assert objects(review_round, document_number=" ").status_code == 422
    assert objects(review_round, actor=person(Role.PROVINCE_OFFICER, units=("BB",))).status_code == 404
    answer = objects(review_round)
    assert answer.status_code == 201, answer.json
    waiting = counted(review_round)
    assert (waiting["value"], waiting["blocks_freeze"]) == (40.0, True)
    for actor in (REVIEWER, SECOND):
        assert problem(decide(review_round, actor, verdict="stands")) == (403, "had-a-part")
        assert look(review_round, actor=actor)["may"] == []
    stands = decide(review_round, THIRD, verdict="stands", reason="Nguồn đúng kỳ.", document_number="")
    assert (stands.status_code, stands.json["review"], stands.json["value"]) == (201, "decided", 40.0)
    assert not counted(review_round)["blocks_freeze"]
    score = scores(review_round)["C1"]
    assert (score["objection"]["stands"], score["reason"], score["may_object"]) == (True, "Nguồn đúng kỳ.", False)
    assert problem(objects(review_round)) == (409, "objected-before")


def test_an_objection_that_moves_much_needs_two_persons_again(review_round: Round) -> None:
    decide(review_round)
    sign(review_round)
    objects(review_round)
    anew = decide(review_round, THIRD, verdict="adjust", value=80.0)
    assert anew.json["review"] == "awaiting_countersignature"
    assert problem(sign(review_round, SECOND)) == (403, "had-a-part")
    back = sign(review_round, LEAD, "send_back", reason="Thiếu căn cứ.")
    assert (back.json["review"], back.json["value"]) == ("challenged", 40.0)
    decide(review_round, THIRD, verdict="adjust", value=70.0)
    assert sign(review_round, LEAD).json["review"] == "countersigned"
    score = scores(review_round)["C1"]
    assert (score["value"], score["objection"]["stands"]) == (70.0, False)


def test_the_window_closes(review_round: Round, clock: FrozenClock) -> None:
    decide(review_round)
    sign(review_round)
    clock.forward(days=7, seconds=1)
    assert problem(objects(review_round)) == (409, "window-over")
    assert scores(review_round)["C1"]["may_object"] is False
    assert not counted(review_round)["blocks_freeze"]
    # New facts, a new result: the unit may object to that.
    review_round.figures("unit,indicator,period,value\nAA,C1,2018,55\n", published_on="2026-02-04")
    review_round.settle_down()
    assert "C1" not in scores(review_round)
    decide(review_round)
    sign(review_round)
    assert objects(review_round).status_code == 201


def test_a_figure_that_counted_without_a_decision_is_open_to_objection_as_well(review_round: Round) -> None:
    officer = person(Role.PROVINCE_OFFICER, units=("BB",))
    body = {"reason": "Số liệu đã được đính chính.", "document_number": "9/CTK"}
    body |= {"version": look(review_round, "BB", "C1")["version"]}
    answer = review_round.town.client(officer).post(f"{SCORES.format('BB')}/C1/objection", json=body)
    assert answer.status_code == 201, answer.json
    assert look(review_round, "BB", "C1")["review"] == "challenged"
    review_round.town.client(LEAD).post("/v1/cycles/ihr-2018/screenings")
    review_round.settle_down()
    assert look(review_round, "BB", "C1")["review"] == "challenged"
    assert decide(review_round, unit="BB", verdict="stands").json["value"] == 45.0
    assert look(review_round, "BB", "C1")["objections"][0]["stands"] is True
