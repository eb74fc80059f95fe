"""The agreement on criteria through pages and API."""

from io import BytesIO

import yaml

from services.intake.administration.actions import create_cycle
from services.intake.cycles.queries import read_cycle
from services.intake.store import SqlStore
from tests.behaviours.intake_adoption import head, with_overlay
from tests.builders.intake import CYCLE, FRAMEWORK, a_directory, administrator, new_cycle, officer, reviewer
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web

PAGE = f"/cycles/{CYCLE}/criteria"
API = f"/v1/cycles/{CYCLE}/proposals"


def test_the_head_proposes_members_speak_the_board_confirms(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle())
    chief, hp, admin = web.browser(head()), web.browser(officer("HP")), web.browser(administrator())
    form = open_form(chief, PAGE, "/proposals")
    wrong = send(chief, form, changes="C1: -10\nC3: nhiều", cluster="K1", legal_reference="Quy chế", reason="Vùng")
    assert (wrong.status_code, "không phải là số" in wrong.get_data(as_text=True)) == (422, True)
    odd = send(chief, form, changes="C1: -10", cluster="K1", legal_reference="Quy chế", reason="Vùng")
    assert odd.status_code == 422  # it does not add up to nothing
    good = send(chief, form, changes="C1: -10\nC3: +10", cluster="K1", legal_reference="Quy chế", reason="Vùng")
    assert good.status_code == 303
    assert send(hp, open_form(hp, PAGE, "/position"), kind="dissent").status_code == 422
    assert send(hp, open_form(hp, PAGE, "/position"), kind="dissent", text="Có lợi cho cụm trưởng").status_code == 303
    page = web.browser(reviewer()).get(PAGE).get_data(as_text=True)
    assert ("Có lợi cho cụm trưởng" in page, "/position" in page, "/confirmation" in page) == (True, False, False)
    assert send(admin, open_form(admin, PAGE, "/confirmation"), document_number="3/QĐ").status_code == 303
    assert send(admin, open_form(admin, "/administration", "/open")).status_code == 303
    assert read_cycle(intake, officer(), CYCLE).framework.maximum("C3", "K1") == 30


def test_a_whole_framework_comes_as_a_file(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle())
    admin = web.browser(administrator())
    form = open_form(admin, PAGE, "/proposals")
    for content, status in ((b"framework: [", 422), (yaml.safe_dump({**FRAMEWORK, "version": 2}).encode(), 303)):
        file = (BytesIO(content), "khung.yaml")
        answer = admin.post(form.action, data={**form.fields, "reason": "Bản mới", "file": file})
        assert answer.status_code == status, answer.get_data(as_text=True)
    assert "Bản mới" in admin.get(PAGE).get_data(as_text=True)


def test_programs_agree_too(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle())
    chief, hp, admin = web.api(head()), web.api(officer("HP")), web.api(administrator())
    bad = chief.post(API, json={"framework": with_overlay(C1=-10), "reason": "Vùng"})
    assert (bad.status_code, bad.mimetype) == (422, "application/problem+json")
    made = chief.post(API, json={"framework": with_overlay(C1=-10, C3=10), "reason": "Vùng"})
    assert (made.status_code, made.get_json()["tally"]) == (201, {"approvals": 0, "dissents": 0, "silent": 3})
    said = {"unit": "HP", "kind": "approve"}
    assert hp.post(f"{API}/1/positions", json=said).get_json()["tally"]["approvals"] == 1
    assert hp.post(f"{API}/1/positions", json={**said, "unit": "HN"}).status_code == 403
    assert hp.post(f"{API}/1/confirmation", json={"document_number": "1"}).status_code == 403
    assert admin.post(f"/v1/cycles/{CYCLE}/open").status_code == 409
    done = admin.post(f"{API}/1/confirmation", json={"document_number": "3/QĐ"})
    assert done.get_json()["proposals"][0]["confirmation"]["document_number"] == "3/QĐ"
    assert admin.post(f"/v1/cycles/{CYCLE}/open").status_code == 200
