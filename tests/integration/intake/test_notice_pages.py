"""The inbox, mail settings and the list of what is owed, through pages and API; who sees the caught mail."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from services.intake.assessments.actions import save_items
from services.intake.contributions.actions import assign
from services.intake.contributions.model import Assignment
from services.intake.inbox.model import path_of
from services.intake.inbox.queries import read_inbox
from services.intake.notices.model import KINDS
from services.intake.store import SqlStore
from services.intake.submissions.actions import submit, take_step
from shared.clock import FrozenClock
from shared.people import Actor
from tests.builders.intake import CYCLE, administrator, an_open_cycle, leader, officer, reviewer, said
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web

Employ = Callable[..., Actor]
OWED = f"/cycles/{CYCLE}/owed"


def returned(web: Web, intake: SqlStore) -> Actor:
    """The unit's officer, whose unit's submission came back."""
    own = web.with_account(officer())
    an_open_cycle(intake)
    save_items(intake, own, CYCLE, "HN", [said("C1", 5, 20)], 0)
    submit(intake, leader(), CYCLE, "HN", seen=1)
    take_step(intake, reviewer(), CYCLE, "HN", 1, "returned", "Thiếu <b>biểu 2</b>")
    return own


def test_every_kind_leads_to_a_page_that_there_is(web: Web) -> None:
    for kind in KINDS.values():
        if kind.app == "intake":
            adapter = web.app.url_map.bind("localhost")
            endpoint, _ = adapter.match("/" + path_of(kind, CYCLE, "HN"), method="GET")
            assert endpoint, kind.code


def test_the_inbox_counts_opens_and_marks(web: Web, intake: SqlStore) -> None:
    own = returned(web, intake)
    lan = web.browser_of(own)
    page = lan.get("/notices").get_data(as_text=True)
    assert "Bản tự chấm điểm của đơn vị được trả lại" in page
    assert "Thiếu &lt;b&gt;biểu 2&lt;/b&gt;" in page
    assert "chờ ông/bà" in page
    home = lan.get("/").get_data(as_text=True)
    assert 'href="/notices">Thông báo <span class="badge badge-attention">3<' in home
    number = read_inbox(intake, own).entries[0].number
    opened = lan.get(f"/notices/{number}")
    assert (opened.status_code, opened.location) == (303, f"/cycles/{CYCLE}/units/HN/submissions")
    assert web.browser(officer("HP", account="hp")).get(f"/notices/{number}").status_code == 404
    assert 'badge-attention">2<' in lan.get("/").get_data(as_text=True)
    assert send(lan, open_form(lan, "/notices", "/read")).status_code == 303
    assert read_inbox(intake, own).unread == 0
    english = web.browser_of(own, "en").get("/notices").get_data(as_text=True)
    assert "Your unit's self-assessment was returned" in english


def test_programs_read_the_inbox_in_both_languages(web: Web, intake: SqlStore) -> None:
    own = returned(web, intake)
    lan = web.api_of(own)
    first = lan.get("/v1/notices?limit=1").get_json()
    assert (first["unread"], first["notices"][0]["kind"]) == (3, "submission_returned")
    assert first["notices"][0]["title"]["en"] == "Your unit's self-assessment was returned"
    assert first["notices"][0]["detail"] == {"vi": "Thiếu <b>biểu 2</b>", "en": "Thiếu <b>biểu 2</b>"}
    rest = lan.get(f"/v1/notices?before={first['next_before']}").get_json()
    assert [one["kind"] for one in rest["notices"]] == ["submission_sent", "cycle_opened"]
    assert lan.post("/v1/notices/read", json={"numbers": [first["notices"][0]["number"]]}).get_json() == {"read": 1}
    assert lan.post("/v1/notices/read", json={}).get_json() == {"read": 2}
    assert lan.get("/v1/notices?limit=0").status_code == 422
    said_mail = lan.put("/v1/notices/mail", json={"address": "lan@tinh.gov.vn", "mode": "daily"})
    assert (said_mail.status_code, lan.get("/v1/notices/mail").get_json()["mode"]) == (200, "daily")
    wrong = lan.put("/v1/notices/mail", json={"address": "lan@tinh.gov.vn\nBcc: a@b.vn", "mode": "daily"})
    assert wrong.status_code == 422


def test_where_mail_goes_is_set_on_a_page(web: Web, intake: SqlStore) -> None:
    lan = web.browser(officer())
    form = open_form(lan, "/notices/mail")
    wrong = send(lan, form, address="lan", mode="daily")
    assert (wrong.status_code, "Đây không phải địa chỉ thư điện tử" in wrong.get_data(as_text=True)) == (422, True)
    assert send(lan, form, address="lan@tinh.gov.vn", mode="daily").status_code == 303
    page = lan.get("/notices/mail").get_data(as_text=True)
    assert 'value="lan@tinh.gov.vn"' in page
    assert "Hệ thống này chưa gửi thư điện tử" in page


def test_what_is_owed_is_listed_reminded_of_and_dated(
    web: Web, intake: SqlStore, employ: Employ, clock: FrozenClock
) -> None:
    own = web.with_account(officer())
    an_open_cycle(intake, late_days=20)
    finance = employ("Sở Tài chính")
    assign(intake, own, CYCLE, "HN", [Assignment("C2", finance.account, due_on=date(2026, 12, 1))], 0)
    clock.moment = datetime(2026, 12, 22, 3, tzinfo=UTC)
    admin = web.browser(administrator())
    page = admin.get(OWED).get_data(as_text=True)
    assert "Sở Tài chính: C2" in page
    assert ">21<" in page
    assert send(admin, open_form(admin, OWED, "/remind")).status_code == 303
    assert read_inbox(intake, finance).entries[0].kind.code == "reminder_contribution"
    form = open_form(admin, OWED, "/reminders")
    wrong = send(admin, form, days="mười")
    assert (wrong.status_code, "Cần các số nguyên" in wrong.get_data(as_text=True)) == (422, True)
    assert send(admin, form, days="5; 2", covenant_due_on="30/12/2026").status_code == 303
    asked = web.api(reviewer()).get(f"/v1{OWED}").get_json()
    assert asked["reminders"] == {"days": [5, 2], "covenant_due_on": "2026-12-30", "comments_due_on": None}
    assert asked["owed"][0]["criteria"] == ["C2"]
    staff = web.api(reviewer())
    assert staff.post(f"/v1{OWED}/reminders", json={"keys": []}).get_json() == {"notices": 0}
    assert staff.post(f"/v1{OWED}/reminders", json={}).get_json() == {"notices": 0}  # they know since today
    assert staff.put(f"/v1{OWED}/reminders", json={"days": [1]}).status_code == 403
    assert web.api(administrator()).put(f"/v1{OWED}/reminders", json={"days": [61]}).status_code == 422
    assert web.browser_of(own).get(OWED).status_code == 403


def test_the_state_of_the_mail_is_the_administrators(web: Web, intake: SqlStore) -> None:
    admin = web.browser(administrator())
    page = admin.get("/administration/mail").get_data(as_text=True)
    assert "SMTP_HOST" in page
    assert "/administration/mail" in admin.get("/administration").get_data(as_text=True)
    assert web.browser(officer()).get("/administration/mail").status_code == 403
    ready = web.app.test_client().get("/health/ready").get_json()
    assert ready["checks"]["mail"] == {"ok": True, "attention": True, "configured": False, "waiting": 0, "failed": 0}


def test_a_frame_without_a_count_still_stands(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that says the database is away has the frame of every page."""
    app: Flask = web.app
    lan = web.browser(officer())

    def away(account: str) -> int:
        raise OSError(account)

    monkeypatch.setitem(app.extensions, "cong_tam_unread", away)
    assert lan.get("/session/sign-out").status_code == 200
