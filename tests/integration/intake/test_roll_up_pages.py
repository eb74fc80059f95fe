"""A year that rolls up its quarters, and last year's result as baseline, as people without script meet them."""

from io import BytesIO

from openpyxl import load_workbook

from services.intake.administration.actions import create_cycle, open_cycle
from services.intake.assessments.queries import read_draft
from services.intake.covenants.queries import read_covenant
from services.intake.store import SqlStore
from tests.behaviours.intake_covenants import FRAMEWORK
from tests.behaviours.intake_periods import QUARTERS, open_quarters, sent
from tests.builders.intake import CYCLE, a_directory, administrator, new_cycle, officer, said
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web

PAGE = f"/cycles/{CYCLE}/roll-up"


def test_the_years_form_begins_with_its_quarters(web: Web, intake: SqlStore) -> None:
    open_quarters(intake)
    create_cycle(intake, administrator(), new_cycle())
    admin, lan = web.browser(administrator()), web.browser(officer())
    form = open_form(admin, PAGE, "/roll-up")
    wrong = admin.post(PAGE, data={**form.fields, "rule": "product", "part": QUARTERS[0]})
    assert (wrong.status_code, "trong danh sách" in wrong.get_data(as_text=True)) == (422, True)
    good = admin.post(PAGE, data={**form.fields, "part": list(QUARTERS), "rule": "sum", "rule-C1": "mean"})
    assert good.status_code == 303
    assert "bình quân các kỳ" in lan.get(PAGE).get_data(as_text=True)
    open_cycle(intake, administrator(), CYCLE)
    for code in QUARTERS:
        sent(intake, code, said("C1", 5.0, 20), said("C2", 2.0, 10))
    fill = open_form(lan, f"/cycles/{CYCLE}/units/HN")
    assert (fill.fields["items.C1.value"], fill.fields["items.C2.value"], fill.fields["items.C3.value"]) == (
        "5",
        "8",
        "",
    )
    page = lan.get(f"/cycles/{CYCLE}/units/HN").get_data(as_text=True)
    assert ("Từ các kỳ ngắn" in page, "2026-q3: 2" in page) == (True, True)
    book = load_workbook(BytesIO(lan.get(f"/cycles/{CYCLE}/units/HN/workbook/file").data))
    values = {row[0].value: row[4].value for row in book.worksheets[0].iter_rows() if row[0].value in ("C1", "C2")}
    assert values == {"C1": 5, "C2": 8}
    assert send(lan, fill).status_code == 303  # what was shown is what is saved
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert {code: claim.value for code, claim in draft.claims.items()} == {"C1": 5.0, "C2": 8.0}
    assert send(lan, open_form(lan, f"/cycles/{CYCLE}/units/HN"), value__C2="9").status_code == 303
    page = lan.get(f"/cycles/{CYCLE}/units/HN").get_data(as_text=True)
    assert "vui lòng giải trình chênh lệch" in page
    shown = web.api(officer()).get(f"/v1/cycles/{CYCLE}/units/HN/draft").get_json()["rolled_up"]
    assert [(one["criterion"], one["value"], len(one["parts"])) for one in shown] == [("C1", 5.0, 4), ("C2", 8.0, 4)]
    body = {"parts": [QUARTERS[0]], "rule": "last", "rules": {}}
    assert web.api(administrator()).put(f"/v1/cycles/{CYCLE}/roll-up", json=body).get_json() == body
    assert web.api(officer()).get(f"/v1/cycles/{CYCLE}/roll-up").get_json() == body


def test_last_years_result_stands_in_the_covenants_form(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    for code, period in (("year-2025", "2025"), (CYCLE, "2026")):
        command = new_cycle(code=code, period=period, framework=FRAMEWORK)
        create_cycle(intake, administrator(), command)
        open_cycle(intake, administrator(), code)
    sent(intake, "year-2025", said("T1", 95.5, 10))
    lan = web.browser(officer())
    form = open_form(lan, f"/cycles/{CYCLE}/units/HN/covenant", "/covenant")
    assert form.fields["baseline-T1"] == "95,5"
    assert "đơn vị đã gửi trong" in lan.get(f"/cycles/{CYCLE}/units/HN/covenant").get_data(as_text=True)
    assert send(lan, form, value__T1="90").status_code == 303
    view = read_covenant(intake, officer(), CYCLE, "HN")
    assert (view.covenant.line("T1").value, view.covenant.line("T1").baseline) == (90.0, 95.5)
    assert any("95,5" in one.said.in_language("vi") or "95.5" in one.said.in_language("vi") for one in view.cautions)
