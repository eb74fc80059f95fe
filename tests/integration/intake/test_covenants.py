"""Covenants through pages and API."""

from services.intake.covenants.actions import revise_target, save_lines, sign_covenant
from services.intake.covenants.model import Line
from services.intake.covenants.queries import read_covenant
from services.intake.store import SqlStore
from tests.behaviours.intake_covenants import FRAMEWORK, REVISION, TARGETS
from tests.builders.intake import CYCLE, administrator, an_open_cycle, leader, officer, reviewer
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web

PAGE = f"/cycles/{CYCLE}/units/HN/covenant"
API = f"/v1/cycles/{CYCLE}/units/HN/covenant"


def test_from_the_targets_to_a_recognised_revision(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    lan, ky, admin = web.browser(officer()), web.browser(leader()), web.browser(administrator())
    form, other = open_form(lan, PAGE, "/covenant"), open_form(ky, PAGE, "/covenant")
    wrong = send(lan, form, value__T1="1.234")
    assert (wrong.status_code, "hai cách" in wrong.get_data(as_text=True)) == (422, True)
    assert send(lan, form, value__T1="100,5", baseline__T1="120").status_code == 303
    # Somebody with the old page open changes another line only.
    assert send(ky, other, value__T2="3").status_code == 303
    assert send(ky, other, value__T1="1").status_code == 412
    assert send(admin, open_form(admin, PAGE, "/covenant"), assigned__T2="2,5").status_code == 303
    sign = open_form(ky, f"{PAGE}/signature", "/signature")
    page = ky.get(f"{PAGE}/signature").get_data(as_text=True)
    assert ("kết quả năm trước 120" in page, "chỉ tiêu được giao 2,5" in page) == (True, True)
    assert send(ky, sign, document_number="20/GƯ").status_code == 303
    revise = open_form(lan, PAGE, "/revisions")
    assert send(lan, revise, criterion="T1", revised_value="80", reason="Bão").status_code == 422
    given = {"criterion": "T1", "revised_value": "80", "reason": "Bão", "issued_on": "2026-11-05"}
    assert send(lan, revise, **given, document_number="15/QĐ-TTg").status_code == 303
    recognise = open_form(admin, PAGE, "/recognition")
    act = {"ground": "force_majeure", "document_number": "7/QĐ", "issued_on": "2026-11-20", "reason": "Thiên tai"}
    assert send(admin, recognise, **act).status_code == 303
    seen = web.browser(officer("HP")).get(PAGE).get_data(as_text=True)
    assert ("bất khả kháng" in seen, "/revisions" in seen) == (True, False)
    overview = web.browser(reviewer()).get(f"/cycles/{CYCLE}/covenants").get_data(as_text=True)
    assert (overview.count("đã ký và khóa"), overview.count("chưa ký")) == (1, 2)
    send(lan, open_form(lan, f"/cycles/{CYCLE}/units/HN"), value__T1="80")
    form_page = lan.get(f"/cycles/{CYCLE}/units/HN").get_data(as_text=True)
    # Both scores: at the registered target, which counts, and at the recognised one.
    assert ("47,76 điểm" in form_page, "60,00 điểm" in form_page) == (True, True)
    assert ("Chỉ tiêu đăng ký: 100,5" in form_page, 'name="items.T1.target"' in form_page) == (True, False)


def test_a_program_registers_signs_and_revises(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    lan, ky, admin = web.api(officer()), web.api(leader()), web.api(administrator())
    first = lan.get(API)
    assert (first.headers["ETag"], first.get_json()["signature"]) == ('"0"', None)
    lines = [{"criterion": "T1", "value": 100.0, "baseline": 120.0}, {"criterion": "T2", "value": 3.0}]
    saved = lan.put(f"{API}/lines", json={"lines": lines}, headers={"If-Match": '"0"'})
    assert (saved.headers["ETag"], saved.get_json()["cautions"][0]["criterion"]) == ('"1"', "T1")
    assert lan.post(f"{API}/signature", json={}, headers={"If-Match": '"1"'}).status_code == 403
    assert ky.post(f"{API}/signature", json={}, headers={"If-Match": '"0"'}).status_code == 412
    assert ky.post(f"{API}/signature", json={}, headers={"If-Match": '"1"'}).status_code == 201
    assert lan.put(f"{API}/lines", json={"lines": lines}, headers={"If-Match": '"1"'}).status_code == 409
    given = {"criterion": "T1", "value": 80, "document_number": "15/QĐ", "issued_on": "2026-11-05", "reason": "Bão"}
    assert lan.post(f"{API}/revisions", json=given).status_code == 201
    act = {"ground": "reassigned", "document_number": "7/QĐ", "issued_on": "2026-11-20", "reason": "Giao lại"}
    assert lan.post(f"{API}/revisions/1/recognition", json=act).status_code == 403
    done = admin.post(f"{API}/revisions/1/recognition", json=act)
    assert done.get_json()["revisions"][0]["recognition"]["ground"] == "reassigned"
    listed = lan.get(f"/v1/cycles/{CYCLE}/covenants").get_json()["covenants"]
    assert [(one["unit"], one["signed_at"] is not None, one["revisions"]) for one in listed] == [
        ("HN", True, 1),
        ("HP", False, 0),
        ("QN", False, 0),
    ]


def test_two_at_one_covenant_do_not_overwrite_each_other(intake: SqlStore) -> None:
    from tests.integration.intake.test_at_once import together

    an_open_cycle(intake, framework=FRAMEWORK)
    together(
        lambda: save_lines(intake, officer(account="a"), CYCLE, "HN", [Line("T1", value=5)], 0),
        lambda: save_lines(intake, officer(account="b"), CYCLE, "HN", [Line("T2", value=6)], 0),
    )
    read = read_covenant(intake, officer(), CYCLE, "HN").covenant
    assert (read.version, read.line("T1").value, read.line("T2").value) == (2, 5, 6)
    save_lines(intake, officer(), CYCLE, "HN", TARGETS, 2)
    sign_covenant(intake, leader(), CYCLE, "HN", 3)
    together(*[lambda: revise_target(intake, officer(), CYCLE, "HN", REVISION)] * 4)
    assert len(read_covenant(intake, officer(), CYCLE, "HN").covenant.revisions) == 1
