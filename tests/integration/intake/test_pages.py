"""The pages as a browser without script meets them."""

import re
from datetime import date

import pytest

from services.intake.administration.actions import create_cycle
from services.intake.assessments.actions import save_items
from services.intake.assessments.model import Draft
from services.intake.assessments.queries import read_draft
from services.intake.store import SqlStore
from shared.clock import FrozenClock
from tests.builders.intake import (
    CYCLE,
    PDF,
    a_directory,
    administrator,
    an_open_cycle,
    contributor,
    leader,
    new_cycle,
    officer,
    reviewer,
    said,
)
from tests.integration.intake.forms import forms_of, open_form, send
from tests.integration.intake.web import Web

PAGE = f"/cycles/{CYCLE}/units/HN"


def draft_of(intake: SqlStore, unit: str = "HN") -> Draft:
    return read_draft(intake, administrator(), CYCLE, unit).draft


def test_what_is_typed_is_saved_and_shown_again(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan = web.browser(officer())
    form = open_form(lan, PAGE)
    answer = send(
        lan, form, value__C1="5,1", self_points__C1="20.40", note__C1="Theo Cục Thống kê\r\ncông bố", value__C3="1"
    )
    assert answer.status_code == 303
    draft = draft_of(intake)
    assert (draft.claim("C1").value, draft.claim("C1").self_points) == (5.1, 20.4)
    assert draft.claim("C1").note == "Theo Cục Thống kê\ncông bố"
    assert draft.claim("C3").value == 1
    again = open_form(lan, PAGE)
    assert (again.fields["items.C1.value"], again.fields["items.C1.self_points"], again.fields["items.C3.value"]) == (
        "5,1",
        "20,4",
        "1",
    )
    page = lan.get(PAGE).get_data(as_text=True)
    assert "20,40 điểm" in page
    # Nothing touched, nothing changed: however often the page is sent.
    assert send(lan, again).status_code == 303
    assert draft_of(intake).version == draft.version


@pytest.mark.parametrize(("language", "shown"), [("vi", "0,125"), ("en", "0.125")])
def test_every_figure_survives_the_form(web: Web, intake: SqlStore, language: str, shown: str) -> None:
    an_open_cycle(intake)
    lan = web.browser(officer(), language)
    for value in (1234.5, 1.234, -2.5, 1e15, 1e-7, 1000, 12345.678, 0, 0.125):
        save_items(intake, officer(), CYCLE, "HN", [said("C1", value)], draft_of(intake).version)
        form = open_form(lan, PAGE)
        assert send(lan, form, note__C1=f"ghi chú {value}").status_code == 303
        assert draft_of(intake).claim("C1").value == value
    assert form.fields["items.C1.value"] == shown


def test_faults_are_shown_at_their_fields_and_nothing_typed_is_lost(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan = web.browser(officer())
    answer = send(
        lan,
        open_form(lan, PAGE),
        value__C1="1.234",
        self_points__C1="hai mươi",
        value__C2="5,7",
        note__C3="<b>giữ lại</b>",
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "có thể hiểu theo hai cách" in page
    assert page.count('aria-invalid="true"') == 2  # the third is only checked once the figures can be read
    [form] = forms_of(answer)
    assert (form.fields["items.C1.value"], form.fields["items.C1.self_points"]) == ("1.234", "hai mươi")
    assert form.fields["items.C3.note"] == "<b>giữ lại</b>"
    assert "<b>giữ lại</b>" not in page
    assert draft_of(intake).version == 0
    # Mended, but 5,7 models are not a whole number.
    second = send(lan, form, value__C1="1,2340", self_points__C1="20")
    assert second.status_code == 422
    assert "C2: cần một số nguyên." in second.get_data(as_text=True)
    assert draft_of(intake).version == 0
    third = send(lan, forms_of(second)[0], value__C2="5")
    assert third.status_code == 303
    draft = draft_of(intake)
    assert (draft.claim("C1").value, draft.claim("C2").value, draft.claim("C3").note) == (1.234, 5, "<b>giữ lại</b>")


def test_two_officers_with_the_form_open_keep_each_others_items(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan, minh = web.browser(officer(account="lan", name="Lan")), web.browser(officer(account="minh", name="Minh"))
    of_lan, of_minh = open_form(lan, PAGE), open_form(minh, PAGE)
    assert send(lan, of_lan, value__C1="5,1").status_code == 303
    assert send(minh, of_minh, value__C2="3").status_code == 303
    draft = draft_of(intake)
    assert (draft.claim("C1").value, draft.claim("C2").value) == (5.1, 3)


def test_two_officers_at_one_item_are_told_of_each_other(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan, minh = web.browser(officer(account="lan", name="Lan")), web.browser(officer(account="minh", name="Minh"))
    of_lan, of_minh = open_form(lan, PAGE), open_form(minh, PAGE)
    assert send(lan, of_lan, value__C1="5,1").status_code == 303
    clash = send(minh, of_minh, value__C1="6", value__C2="3")
    assert clash.status_code == 412
    page = clash.get_data(as_text=True)
    assert "Lan đã lưu giá trị 5,1" in page
    assert (draft_of(intake).claim("C1").value, draft_of(intake).claim("C2").value) == (5.1, None)
    [kept] = forms_of(clash)
    assert (kept.fields["items.C1.value"], kept.fields["items.C2.value"]) == ("6", "3")
    assert send(minh, kept).status_code == 303
    assert (draft_of(intake).claim("C1").value, draft_of(intake).claim("C2").value) == (6, 3)


def test_a_fault_does_not_hide_that_somebody_else_saved(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan, minh = web.browser(officer(account="lan", name="Lan")), web.browser(officer(account="minh", name="Minh"))
    of_minh = open_form(minh, PAGE)
    assert send(lan, open_form(lan, PAGE), value__C1="5,1").status_code == 303
    wrong = send(minh, of_minh, value__C1="6", value__C2="ba")
    assert wrong.status_code == 422
    clash = send(minh, forms_of(wrong)[0], value__C2="3")
    assert clash.status_code == 412
    assert draft_of(intake).claim("C1").value == 5.1


def test_a_form_from_elsewhere_is_refused(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan = web.browser(officer())
    form = open_form(lan, PAGE)
    assert send(lan, form, csrf_token="x", value__C1="1").status_code == 403
    assert draft_of(intake).version == 0


def test_a_document_is_attached_and_taken_away(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan = web.browser(officer())
    saved = send(lan, open_form(lan, PAGE), value__C1="5,1", evidence="C1")
    assert saved.location.endswith(f"{PAGE}/items/C1/evidence")
    form = open_form(lan, saved.location)
    fields = {**form.fields, "document_number": "12/BC-CTK", "issuer": "Cục Thống kê", "issued_on": "2026-11-01"}
    from io import BytesIO

    attached = lan.post(form.action, data={**fields, "file": (BytesIO(PDF), "Báo cáo <1>.pdf")})
    assert attached.status_code == 303
    page = lan.get(attached.location).get_data(as_text=True)
    assert "12/BC-CTK" in page
    assert "01/11/2026" in page
    path = re.search(r'href="([^"]*/evidence/[0-9a-f]{64})"', page)
    assert path is not None
    file = lan.get(path[1])
    assert (file.data, file.headers["Content-Disposition"].split(";")[0]) == (PDF, "attachment")
    file.close()
    wrong = lan.post(form.action, data={**fields, "file": (BytesIO(b"#!/bin/sh"), "a.pdf")})
    assert wrong.status_code == 422
    assert "không dùng làm minh chứng" in wrong.get_data(as_text=True)
    assert forms_of(wrong)[-1].fields["issuer"] == "Cục Thống kê"
    detach = open_form(lan, f"{PAGE}/items/C1/evidence", "/detach")
    assert send(lan, detach).status_code == 303
    assert draft_of(intake).claim("C1").evidence == ()


def test_the_leader_sends_and_keeps_a_receipt(web: Web, intake: SqlStore, clock: FrozenClock) -> None:
    an_open_cycle(intake, synthetic=True)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    ky = web.browser(leader())
    assert send(ky, open_form(ky, PAGE), send="1").location.endswith("/send")
    form = open_form(ky, f"{PAGE}/send")
    preview = ky.get(f"{PAGE}/send").get_data(as_text=True)
    assert "C2, C3, C4" in preview  # left blank
    first, second = send(ky, form), send(ky, form)
    assert (first.status_code, second.location) == (303, first.location)
    receipt = ky.get(first.location).get_data(as_text=True)
    sent = draft_of(intake)
    assert sent.submissions == 1
    assert "Dữ liệu giả định" in receipt
    assert re.search(r"<code>[0-9a-f]{64}</code>", receipt)
    listed = web.browser(reviewer()).get(f"{PAGE}/submissions").get_data(as_text=True)
    assert "Phiên bản 1" in listed


def test_the_leader_does_not_send_what_changed_under_the_eyes(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    ky = web.browser(leader())
    form = open_form(ky, f"{PAGE}/send")
    save_items(intake, officer(name="Lan"), CYCLE, "HN", [said("C1", 9.9, 40)], 1)
    answer = send(ky, form)
    assert answer.status_code == 412
    assert "Lan đã lưu giá trị 9,9" in answer.get_data(as_text=True)
    assert draft_of(intake).submissions == 0


def test_doors_are_closed_to_the_wrong_people(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    for path, actor, status in (
        (PAGE, officer("HP"), 403),
        (PAGE, reviewer(), 403),
        (f"{PAGE}/send", officer(), 403),
        (f"{PAGE}/send", leader("HP"), 403),
        ("/administration", officer(), 403),
        (f"{PAGE}/submissions", officer("HP"), 403),
        (f"{PAGE}/submissions/1", officer(), 404),
        (f"{PAGE}/items/C9/evidence", officer(), 404),
        (PAGE, administrator("ha-noi"), 404),
        ("/", officer(), 200),
        (f"/cycles/{CYCLE}", reviewer(), 200),
    ):
        assert web.browser(actor).get(path, headers={"Accept": "text/html"}).status_code == status, (path, actor)
    stranger = web.app.test_client().get(PAGE, headers={"Accept": "text/html"})
    assert (stranger.status_code, "/session/renew" in stranger.location) == (302, True)


def test_an_administrator_looks_but_does_not_touch(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    admin = web.browser(administrator())
    page = admin.get(PAGE)
    assert page.status_code == 200
    [form] = forms_of(page)
    assert not any(name.startswith(("value", "mark")) for name in form.fields)
    assert send(admin, form, value__C1="9", mark__C1="x").status_code == 303
    assert draft_of(intake).claim("C1").value == 5.1


def test_a_contributor_sees_the_criteria_of_the_grant(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    finance = web.browser(contributor("C3"))
    form = open_form(finance, PAGE)
    assert [name for name in form.fields if name.endswith(".value")] == ["items.C3.value"]
    assert send(finance, form, value__C3="1", value__C1="9", mark__C1="x").status_code == 303
    assert set(draft_of(intake).claims) == {"C3"}


def test_an_administrator_opens_and_closes_a_cycle(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle(deadline_on=date(2026, 12, 20)))
    admin = web.browser(administrator())
    assert "đang chuẩn bị" in admin.get("/administration").get_data(as_text=True)
    assert send(admin, open_form(admin, "/administration", "/open")).status_code == 303
    assert "23:59 ngày 20/12/2026" in admin.get("/").get_data(as_text=True)
    assert "Cụm K1" in admin.get(f"/cycles/{CYCLE}").get_data(as_text=True)
    assert send(admin, open_form(admin, "/administration", "/close-intake")).status_code == 303
    assert "đã khóa tiếp nhận" in admin.get("/administration").get_data(as_text=True)
    assert "items.C1.value" not in web.browser(officer()).get(PAGE).get_data(as_text=True)


def test_pages_speak_english_too(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    page = web.browser(officer(), "en").get(PAGE)
    assert (page.headers["Content-Language"], "Self-score" in page.get_data(as_text=True)) == ("en", True)
    assert "Điểm tự chấm" not in page.get_data(as_text=True)
