"""The steps of a review through the forms: what is wrong stands at its field, and nothing typed is lost."""

import re
from typing import Any

from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from tests.integration.verify.people import ADMINISTRATOR, LEAD, REVIEWER
from tests.integration.verify.rounds import Round
from tests.integration.verify.steps import OFFICER, SECOND, THIRD, look
from tests.integration.verify.test_pages import ITEM, get, post

STEPS = f"{ITEM}/steps"
SCORE = "/cycles/ihr-2018/units/AA/scores/C1"


def step(world: Round, name: str, actor: Any = REVIEWER, **fields: str) -> Any:
    """Press a button of the item's page, as a browser does."""
    client = world.town.browser(actor)
    (token, *_) = re.findall(r'name="csrf_token" value="([^"]*)"', client.get(ITEM).text)
    given = {"csrf_token": token, "step": name, "version": str(look(world)["version"])}
    return client.post(STEPS, data=given | fields)


def test_an_item_is_taken_asked_about_and_the_question_taken_back(review_round: Round) -> None:
    assert step(review_round, "claim").status_code == 303
    assert REVIEWER.name in get(review_round, "/cycles/ihr-2018/queue?state=claimed", SECOND)
    refused = step(review_round, "ask", question=" ", due_on="31/02/2027", office="Sở Y tế")
    assert refused.status_code == 422
    assert "31/02/2027" in refused.text
    assert "Sở Y tế" in refused.text
    refused = step(review_round, "ask", question=" ", due_on="", office="Sở Y tế")
    assert (refused.status_code, 'id="error-question"' in refused.text) == (422, True)
    assert step(review_round, "ask", question="Vì sao?", assignee_role="contributor").status_code == 303
    assert "Vì sao?" in get(review_round, ITEM)
    assert step(review_round, "take_back", number="1", taking_back_reason="").status_code == 422
    assert step(review_round, "take_back", number="1", taking_back_reason="Đã rõ.").status_code == 303
    (request,) = review_round.rows(review_tables.explanation_request)
    assert (request["state"], request["ended_reason"]) == ("withdrawn", "Đã rõ.")
    assert step(review_round, "release").status_code == 303
    assert step(review_round, "praise").status_code == 404


def test_a_second_person_signs_the_unit_objects_and_a_third_answers(review_round: Round) -> None:
    done = post(review_round, ITEM, verdict="reject", reason="Theo nguồn.", document_number="")
    assert done.status_code == 303
    assert "chờ người thứ hai ký" in get(review_round, ITEM, SECOND)
    refused = step(review_round, "send_back", SECOND, signing_reason="")
    assert (refused.status_code, 'id="error-signing_reason"' in refused.text) == (422, True)
    assert step(review_round, "sign", SECOND).status_code == 303
    assert "Theo nguồn." in get(review_round, "/cycles/ihr-2018/units/AA/scores", OFFICER)
    assert 'href="/cycles/ihr-2018/units/AA/scores"' in get(review_round, "/", OFFICER)
    typed = {"reason": "Số liệu cũ.", "version": str(look(review_round)["version"])}
    refused = post(review_round, SCORE, OFFICER, document_number="", **typed)
    assert (refused.status_code, "Số liệu cũ." in refused.text) == (422, True)
    assert post(review_round, SCORE, OFFICER, document_number="7/UBND", **typed).status_code == 303
    assert "Cho đến lúc đó điểm của cụm chưa được chốt" in get(review_round, SCORE, OFFICER)
    answered = post(review_round, ITEM, THIRD, verdict="stands", reason="Đúng kỳ.", document_number="")
    assert answered.status_code == 303
    assert [row["stands"] for row in review_round.rows(review_tables.objection_answer)] == [True]
    assert len(review_round.rows(result_tables.decision)) == 2


def test_an_administrator_declares_the_rules(review_round: Round) -> None:
    path = "/cycles/ihr-2018/rules"
    assert "Công bố quy tắc khác" not in get(review_round, path, LEAD)
    given = {"countersign_percent": "12,5", "claim_days": "2", "explanation_days": "10", "reminder_days": "3"}
    wrong = post(review_round, path, ADMINISTRATOR, **given, objection_days="mười", reason="QĐ 1")
    assert (wrong.status_code, 'id="error-objection_days"' in wrong.text) == (422, True)
    done = post(review_round, path, ADMINISTRATOR, **given, objection_days="5", reason="QĐ 1", countersign_first="1")
    assert done.status_code == 303
    assert "12,5 %" in get(review_round, path, LEAD)
    (rules,) = review_round.rows(review_tables.review_rule)
    assert (rules["countersign_share"], rules["cycle"], rules["countersign_first"]) == (0.125, "ihr-2018", True)
