"""The workbook of a self-assessment through pages and API."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from services.intake.assessments.actions import save_items
from services.intake.assessments.model import Draft
from services.intake.assessments.queries import read_draft
from services.intake.store import SqlStore
from tests.builders.intake import CYCLE, administrator, an_open_cycle, leader, officer, said
from tests.integration.intake.forms import forms_of, open_form, send
from tests.integration.intake.web import Web, multipart

PAGE = f"/cycles/{CYCLE}/units/HN"


def draft_of(intake: SqlStore) -> Draft:
    return read_draft(intake, administrator(), CYCLE, "HN").draft


def test_a_workbook_is_looked_at_before_it_is_taken(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    lan = web.browser(officer())
    file = lan.get(f"{PAGE}/workbook/file")
    assert file.headers["Content-Disposition"].startswith("attachment")
    book = load_workbook(BytesIO(file.data))
    file.close()
    row = next(row for row in range(1, 30) if book.worksheets[0].cell(row, 1).value == "C1")

    def brought(value: object) -> Any:
        book.worksheets[0].cell(row, 5).value = value
        out = BytesIO()
        book.save(out)
        form = open_form(lan, f"{PAGE}/workbook", "/workbook")
        return lan.post(form.action, data={**form.fields, "file": (BytesIO(out.getvalue()), "biểu.xlsx")})

    wrong = brought("1.234")
    assert wrong.status_code == 422
    assert f"E{row}</strong>" in wrong.get_data(as_text=True)
    preview = brought("6,25")
    assert draft_of(intake).claim("C1").value == 5.1
    assert ("5,1" in preview.get_data(as_text=True), "6,25" in preview.get_data(as_text=True)) == (True, True)
    [form] = [form for form in forms_of(preview) if form.action.endswith("/take")]
    save_items(intake, officer(name="Minh", account="b"), CYCLE, "HN", [said("C1", 9, 1)], 1)
    late = send(lan, form)
    assert (late.status_code, "Minh đã lưu" in late.get_data(as_text=True)) == (412, True)
    [form] = [form for form in forms_of(late) if form.action.endswith("/take")]
    assert send(lan, form).status_code == 303
    assert draft_of(intake).claim("C1").value == 6.25
    assert send(lan, form, proposal="{]").status_code == 422


def test_a_program_looks_at_a_workbook_and_takes_it(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    api, path = web.api(officer()), f"/v1/cycles/{CYCLE}/units/HN/draft/workbook"
    book = load_workbook(BytesIO(api.get(path, query_string={"language": "en"}).data))
    row = next(row for row in range(1, 30) if book.worksheets[0].cell(row, 1).value == "C1")
    book.worksheets[0].cell(row, 5).value = 6.25
    out = BytesIO()
    book.save(out)
    seen = api.post(path, **multipart(("a.xlsx", out.getvalue())))
    assert seen.get_json()["changes"] == [
        {"criterion": "C1", "part": "value", "before": None, "after": 6.25, "clash": False}
    ]
    assert draft_of(intake).version == 0
    taken = api.post(path, **multipart(("a.xlsx", out.getvalue()), take="true"))
    assert (taken.get_json()["taken"], taken.get_json()["version"]) == (True, 1)
    bad = api.post(path, **multipart(("a.xlsx", b"PK no")))
    assert (bad.status_code, bad.mimetype) == (400, "application/problem+json")
    assert web.api(leader("HP")).get(path).status_code == 403


def test_the_same_by_csv(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    lan = web.browser(officer())
    file = lan.get(f"{PAGE}/workbook/csv")
    assert (file.mimetype, file.headers["Content-Disposition"]) == ("text/csv", f"attachment; filename={CYCLE}-HN.csv")
    text = file.data.decode("utf-8-sig")
    file.close()
    changed = text.replace(";5,1;", ";6,25;").encode()
    form = open_form(lan, f"{PAGE}/workbook", "/workbook")
    wrong = text.replace(";5,1;", ";năm;").encode()
    answer = lan.post(form.action, data={**form.fields, "file": (BytesIO(wrong), "biểu.csv")})
    assert (answer.status_code, "CSV!E6" in answer.get_data(as_text=True)) == (422, True)
    preview = lan.post(form.action, data={**form.fields, "file": (BytesIO(changed), "biểu.csv")})
    assert draft_of(intake).claim("C1").value == 5.1
    [form] = [form for form in forms_of(preview) if form.action.endswith("/take")]
    assert send(lan, form).status_code == 303
    assert draft_of(intake).claim("C1").value == 6.25
    api, path = web.api(officer()), f"/v1/cycles/{CYCLE}/units/HN/draft"
    again = api.get(f"{path}/csv", query_string={"language": "en"})
    taken = api.post(f"{path}/workbook", **multipart(("a.csv", again.data.replace(b";6.25;", b";7;")), take="true"))
    assert (taken.status_code, draft_of(intake).claim("C1").value) == (200, 7)
