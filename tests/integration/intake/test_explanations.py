"""Questions read from verify's feed, answered through API and pages."""

import json
import uuid
from datetime import datetime
from typing import Any

from services.intake.questions.actions import GivenAnswer, save_answer
from services.intake.questions.queries import read_request, read_requests
from services.intake.store import SqlStore
from services.intake.submissions.actions import submit
from services.intake.tasks import drain_feeds
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.plumbing.database import Database
from tests.behaviours.intake_explanations import ASKED_AT, ONE, closed_and_asked, recorded
from tests.builders.intake import CYCLE, PDF, an_open_cycle, leader, officer, said
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web, multipart

API = f"/v1/cycles/{CYCLE}/units/HN/requests"
PAGE = f"/cycles/{CYCLE}/units/HN/requests"


def plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Verify:
    """A feed in memory; `away` does not answer."""

    def __init__(self) -> None:
        self.feed, self.away = uuid.uuid4(), False
        self.events: list[dict[str, Any]] = []

    def says(self, version: int, **changed: Any) -> None:
        data = json.loads(
            json.dumps(recorded(**changed), default=lambda v: v.isoformat() if hasattr(v, "hour") else str(v))
        )
        subject = f"request:{data['cycle']}/{data['unit']}/{data['criterion']}/{data['number']}"
        self.events.append(
            {
                "id": str(uuid.uuid4()),
                "position": len(self.events) + 1,
                "version": 1,
                "data": data,
                "type": "explanation_request_recorded",
                "subject": subject,
                "subject_version": version,
                "occurred_at": ASKED_AT.isoformat(),
            }
        )

    def get_json(self, path: str, **params: Any) -> Any:
        if self.away:
            raise Refusal("away", Kind.UNAVAILABLE, sentence("The database does not answer."))
        events = [event for event in self.events if event["position"] > params["after"]][: params["limit"]]
        return {"feed": str(self.feed), "events": events, "next": events[-1]["position"] if events else params["after"]}


def states(intake: SqlStore) -> list[str]:
    return [one.state for one in read_requests(intake, officer(), CYCLE, "HN").requests]


def test_questions_arrive_by_the_feed_and_survive_its_restore(intake: SqlStore, database: Database) -> None:
    verify = Verify()
    verify.says(1)
    assert drain_feeds(database, verify) == 0  # of a cycle that is not here yet: it waits
    an_open_cycle(intake)
    submit(intake, leader(), CYCLE, "HN", seen=None, given=[said("C1", 5, 20)])
    assert drain_feeds(database, verify) == 1
    assert states(intake) == ["requested"]
    save_answer(intake, officer(), CYCLE, "HN", ONE.hex, GivenAnswer(4, 16, "Nhầm"), 0)
    verify.says(2, state="withdrawn", ended_reason="Nhầm đơn vị")
    assert drain_feeds(database, verify) == 1
    assert states(intake) == ["withdrawn"]
    # Verify is restored to before it was withdrawn: the feed is another one, and what the unit prepared is kept.
    verify.feed, verify.events = uuid.uuid4(), verify.events[:1]
    assert drain_feeds(database, verify) == 1
    assert states(intake) == ["requested"]
    assert read_request(intake, officer(), CYCLE, "HN", ONE.hex).claim.explanation == "Nhầm"
    verify.away = True
    assert drain_feeds(database, verify) == 0


def test_programs_answer_a_question(web: Web, intake: SqlStore) -> None:
    request = closed_and_asked(intake)
    lan, boss = web.api(officer()), web.api(leader())
    (listed,) = lan.get(API).get_json()["requests"]
    assert (listed["request"], listed["office"], listed["answered_number"]) == (request, "Sở Tài chính", None)
    one = lan.get(f"{API}/{request}")
    assert (one.headers["ETag"], one.get_json()["sent"]["value"], one.get_json()["may_send"]) == ('"0"', 5.0, False)
    given = {"value": 4.5, "self_points": 18, "explanation": "Nhầm kỳ báo cáo."}
    assert lan.put(f"{API}/{request}", json=given).status_code == 422  # which version was seen?
    saved = lan.put(f"{API}/{request}", json=given, headers={"If-Match": '"0"'})
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    late = lan.put(f"{API}/{request}", json=given | {"value": 9}, headers={"If-Match": '"0"'})
    assert late.status_code == 412
    file = multipart(("bc.pdf", PDF), document_number="9/CTK", issuer="Cục Thống kê")
    attached = lan.post(f"{API}/{request}/evidence", **file)
    assert (attached.status_code, attached.headers["ETag"]) == (201, '"2"')
    assert lan.post(f"{API}/{request}/answer", headers={"If-Match": '"2"'}).status_code == 403
    assert boss.post(f"{API}/{request}/answer", headers={"If-Match": '"1"'}).status_code == 412
    sent = boss.post(f"{API}/{request}/answer", headers={"If-Match": '"2"'})
    assert (sent.status_code, sent.get_json()["number"]) == (201, 2)
    changes = lan.get(f"/v1/cycles/{CYCLE}/units/HN/submissions/2/changes").get_json()["changes"]
    assert [change["criterion"] for change in changes] == ["C1"]
    over = lan.put(f"{API}/{request}", json=given, headers={"If-Match": '"2"'})
    assert (over.status_code, over.get_json()["type"]) == (409, "urn:cong-tam:request-over")


def test_people_answer_a_question(web: Web, intake: SqlStore) -> None:
    request = closed_and_asked(intake)
    lan, boss = web.browser(officer()), web.browser(leader())
    assert "Yêu cầu giải trình" in lan.get("/").get_data(as_text=True)
    assert "Sở Tài chính" in lan.get(PAGE).get_data(as_text=True)
    form = open_form(lan, f"{PAGE}/{request}", f"/requests/{request}")
    unclear = send(lan, form, value="1.234", explanation="Nhầm kỳ")
    assert (unclear.status_code, 'value="1.234"' in unclear.get_data(as_text=True)) == (422, True)
    assert send(lan, form, value="4,5", self_points="18", explanation="Nhầm kỳ").status_code == 303
    second = send(lan, form, value="9", explanation="Ý khác")
    assert (second.status_code, "Ý khác" in second.get_data(as_text=True)) == (412, True)
    form = open_form(boss, f"{PAGE}/{request}", f"/requests/{request}")
    assert (form.fields["value"], ("send", "1") in form.buttons) == ("4,5", True)
    empty = send(boss, form, explanation=" ", send="1")
    assert (empty.status_code, "Hãy viết nội dung giải trình" in empty.get_data(as_text=True)) == (422, True)
    form = open_form(boss, f"{PAGE}/{request}", f"/requests/{request}")
    done = send(boss, form, explanation="Nhầm kỳ báo cáo", send="1")
    assert (done.status_code, done.location.endswith("/submissions/2")) == (303, True)
    assert "phiên bản 2" in lan.get(f"{PAGE}/{request}").get_data(as_text=True)
