"""Dossier, reception, versions side by side and the search for units, as a browser without script meets them."""

from io import BytesIO

from services.intake.assessments.actions import save_items
from services.intake.store import SqlStore
from tests.builders.intake import CYCLE, PDF, administrator, an_open_cycle, leader, officer, reviewer, said
from tests.integration.intake.forms import forms_of, open_form, send
from tests.integration.intake.web import Web

PAGE = f"/cycles/{CYCLE}/units/HN"


def test_the_dossier_is_filled_in_and_printed_on_the_receipt(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 19)], 0)
    ky = web.browser(leader())
    page = ky.get(f"{PAGE}/send").get_data(as_text=True)
    assert "Còn thiếu" in page
    assert "Chênh lệch cần giải trình" in page
    form = open_form(ky, f"{PAGE}/dossier", "/dossier")
    fields = {**form.fields, "document_number": "125/BC-UBND", "issued_on": "2026-11-20", "signer": "Lê Văn Ký"}
    wrong = ky.post(form.action, data={**fields, "issued_on": "31/2/2026"})
    assert (wrong.status_code, "không phải là ngày" in wrong.get_data(as_text=True)) == (422, True)
    no_pdf = ky.post(form.action, data={**fields, "file": (BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 30), "a.png")})
    assert (no_pdf.status_code, forms_of(no_pdf)[-1].fields["signer"]) == (422, "Lê Văn Ký")
    good = {**fields, "position": "Chủ tịch", "file": (BytesIO(PDF), "Bản ký.pdf")}
    assert ky.post(form.action, data=good).location.endswith("/send")
    old = ky.post(form.action, data={**fields, "signer": "Người khác"})
    assert (old.status_code, "đã lưu hồ sơ pháp lý" in old.get_data(as_text=True)) == (412, True)
    assert "Còn thiếu" not in ky.get(f"{PAGE}/send").get_data(as_text=True)
    receipt = ky.get(send(ky, open_form(ky, f"{PAGE}/send", "/send")).location).get_data(as_text=True)
    assert "125/BC-UBND" in receipt
    assert "Chủ tịch" in receipt


def test_staff_return_a_version_and_the_unit_sees_what_changed_next(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    lan, ky, staff = web.browser(officer()), web.browser(leader()), web.browser(reviewer())
    send(lan, open_form(lan, PAGE), value__C1="5", self_points__C1="20")
    send(ky, open_form(ky, f"{PAGE}/send", "/send"))
    form = open_form(staff, f"{PAGE}/submissions/1", "/reception")
    bare = send(staff, form, state="returned")
    assert (bare.status_code, "nêu lý do trả lại" in bare.get_data(as_text=True)) == (422, True)
    assert send(staff, form, state="returned", reason="Thiếu phụ lục").status_code == 303
    assert "Thiếu phụ lục" in lan.get(f"{PAGE}/submissions/1").get_data(as_text=True)
    assert "/reception" not in lan.get(f"{PAGE}/submissions/1").get_data(as_text=True)
    assert lan.post(f"{PAGE}/submissions/1/reception", data={"state": "accepted"}).status_code in (400, 403)
    send(lan, open_form(lan, PAGE), self_points__C1="19", explanation__C1="Làm tròn")
    send(ky, open_form(ky, f"{PAGE}/send", "/send"))
    changes = lan.get(f"{PAGE}/submissions/2/changes").get_data(as_text=True)
    assert "Làm tròn" in changes
    assert ("<td" in changes, "20" in changes, "19" in changes) == (True, True, True)


def test_units_are_looked_for_without_diacritics(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    page = web.browser(administrator()).get(f"/cycles/{CYCLE}?search=tinh+qn").get_data(as_text=True)
    assert ("Tỉnh QN" in page, "Tỉnh HP" in page) == (True, False)
    assert "Không có đơn vị nào" in web.browser(reviewer()).get(f"/cycles/{CYCLE}?search=zz").get_data(as_text=True)


def test_an_administrator_gives_more_time(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    admin, path = web.browser(administrator()), f"/cycles/{CYCLE}/calendar"
    form = open_form(admin, path, "/extensions")
    wrong = send(admin, form, deadline_on="2026-12-01", reason="")
    assert (wrong.status_code, forms_of(wrong)[-1].fields["deadline_on"]) == (422, "2026-12-01")
    assert send(admin, form, deadline_on="2026-12-31", reason="Bão số 9", late_days="x").status_code == 422
    assert send(admin, form, deadline_on="2026-12-31", reason="Bão số 9", unit="HP").status_code == 303
    page = admin.get(path).get_data(as_text=True)
    assert ("Bão số 9" in page, "Ngày Văn hóa Việt Nam" in page) == (True, True)
    assert "23:59 ngày 31/12/2026" in web.browser(officer("HP")).get("/").get_data(as_text=True)
    others = web.browser(officer()).get(path).get_data(as_text=True)
    assert ("Bão số 9" in others, "/extensions" in others) == (False, False)
