"""The framework of a cycle on pages: prepared by Excel, looked at critically, taken away again."""

import json
from typing import Any

import pytest

from services.intake.cycles.queries import read_cycles
from services.intake.store import SqlStore
from shared.criteria.excel.writing import framework_workbook
from shared.criteria.files import load_text
from shared.criteria.loader import load_document
from tests.builders.intake import COUNCIL, CYCLE, a_directory, administrator, an_open_cycle, officer
from tests.integration.intake.forms import forms_of, open_form
from tests.integration.intake.web import Web, multipart

PAGE = f"/administration/{COUNCIL}/new-cycle"
FRAMEWORK: dict[str, Any] = {
    "framework": "tw-2027",
    "title": {"vi": "Khung thử"},
    "criteria": [
        {
            "code": f"C{number}",
            "title": {"vi": f"Tiêu chí {number}"},
            "max_points": 20,
            "rule": {"name": "goalposts", "low": 0, "high": 100},
        }
        for number in range(1, 9)
    ],
    "overlays": [{"clusters": ["C1"], "changes": {"C1": 10, "C2": -10}, "legal_reference": "12/QĐ", "reason": "vì"}],
}
TYPED = {
    "title_vi": "Thi đua năm 2027", "cycle": "tw-2027", "period_kind": "year", "period": "2027",
    "deadline_on": "31/12/2027", "late_days": "5",
}  # fmt: skip


def workbook(document: dict[str, Any] | None = None) -> bytes:
    return framework_workbook(load_document(document or FRAMEWORK))


def fields(client: Any, path: str, ending: str = "") -> dict[str, str]:
    return {"csrf_token": open_form(client, path, ending).fields["csrf_token"]}


def test_a_cycle_is_prepared_from_a_workbook_after_one_more_look(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    token = fields(admin, PAGE, "new-cycle")
    looked = admin.post(PAGE, **multipart(("khung.xlsx", workbook()), **TYPED, **token))
    assert looked.status_code == 200
    text = looked.get_data(as_text=True)
    assert "“C1” chưa có nguồn độc lập" in text
    assert "0: không điểm; 100: điểm tối đa" in text
    assert read_cycles(intake, administrator()) == []
    carried = next(form for form in forms_of(looked) if form.action.endswith("new-cycle"))
    made = admin.post(PAGE, data={**carried.fields, "confirmed": "1"})
    assert made.status_code == 303
    [cycle] = read_cycles(intake, administrator())
    assert (cycle.code, cycle.title.vi, cycle.period, cycle.state) == ("tw-2027", "Thi đua năm 2027", "2027", "draft")
    assert cycle.framework_sha256 == load_document(FRAMEWORK).sha256
    assert (cycle.closes_at - cycle.deadline_at).days == 5


def test_last_years_framework_is_taken_over(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    admin = web.browser(administrator())
    token = fields(admin, PAGE, "new-cycle")
    looked = admin.post(PAGE, data={**TYPED, **token, "copy": CYCLE})
    carried = next(form for form in forms_of(looked) if form.action.endswith("new-cycle"))
    assert admin.post(PAGE, data={**carried.fields, "confirmed": "1"}).status_code == 303
    newest, old = read_cycles(intake, administrator())
    assert newest.framework_sha256 == old.framework_sha256


def test_who_changes_something_finds_everything_as_typed(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    looked = admin.post(PAGE, **multipart(("k.xlsx", workbook()), **TYPED, **fields(admin, PAGE, "new-cycle")))
    carried = next(form for form in forms_of(looked) if form.action.endswith("new-cycle"))
    again = admin.post(PAGE, data={**carried.fields, "again": "1"})
    form = next(form for form in forms_of(again) if form.action.endswith("new-cycle"))
    assert {name: form.fields[name] for name in ("title_vi", "cycle", "period")} == {
        "title_vi": "Thi đua năm 2027", "cycle": "tw-2027", "period": "2027",
    }  # fmt: skip
    assert json.loads(form.fields["framework"])["framework"] == "tw-2027"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cycle": "Năm 2027"}, "Mã chu kỳ gồm chữ thường"),
        ({"title_vi": ""}, "Hãy nhập tên bằng tiếng Việt hoặc tiếng Anh"),
        ({"period": "2027-Q1"}, "2025"),
        ({"deadline_on": "31/02/2027"}, "Hãy ghi thời hạn là một ngày"),
        ({"late_days": "5.7"}, "số ngày nguyên"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    web: Web, intake: SqlStore, changed: dict[str, str], said: str
) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    token = fields(admin, PAGE, "new-cycle")
    answer = admin.post(PAGE, **multipart(("k.xlsx", workbook()), **{**TYPED, **changed, **token, "confirmed": "1"}))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert read_cycles(intake, administrator()) == []


def test_faults_of_the_workbook_are_listed_with_sheet_and_cell(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    wrong = workbook({**FRAMEWORK, "overlays": []})
    broken = load_and_break(wrong)
    answer = admin.post(PAGE, **multipart(("khung.xlsx", broken), **TYPED, **fields(admin, PAGE, "new-cycle")))
    assert answer.status_code == 422
    assert "khung.xlsx:Tiêu chí!I3: “nhiều” không phải là số." in answer.get_data(as_text=True)


def load_and_break(raw: bytes) -> bytes:
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(raw))
    book["Tiêu chí"]["I3"] = "nhiều"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_framework_page_shows_and_gives_it(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake, framework=FRAMEWORK)
    lan = web.browser(officer())
    page = lan.get(f"/cycles/{CYCLE}/framework")
    assert page.status_code == 200
    assert "Những điểm cần xem lại" not in page.get_data(as_text=True)
    taken = lan.get(f"/cycles/{CYCLE}/framework.xlsx")
    assert load_text(taken.data, "k.xlsx").sha256 == load_document(FRAMEWORK).sha256
    assert load_text(lan.get(f"/cycles/{CYCLE}/framework.yaml").data).sha256 == load_document(FRAMEWORK).sha256
    assert lan.post(f"/cycles/{CYCLE}/framework", data={}).status_code in (400, 403)


def test_last_years_figures_show_whether_the_overlay_favours_the_head(web: Web, intake: SqlStore) -> None:
    an_open_cycle(
        intake, framework={**FRAMEWORK, "overlays": [{**FRAMEWORK["overlays"][0], "clusters": [cluster_code(intake)]}]}
    )
    admin = web.browser(administrator())
    path = f"/cycles/{CYCLE}/framework"
    token = fields(admin, path, "framework#look")
    lines = ["unit,cluster,criterion,value"]
    for unit in ("HN", "HP", "QN"):
        for number in range(1, 9):
            value = {1: 90, 2: 10}.get(number, 50) if unit == "HN" else {1: 10, 2: 90}.get(number, 50)
            lines.append(f"{unit},{cluster_code(intake)},C{number},{value}")
    shown = admin.post(path, **multipart(("2026.csv", "\n".join(lines).encode()), **token))
    text = shown.get_data(as_text=True)
    assert shown.status_code == 200, text
    assert "Cụm trưởng (HN) được thêm 16 điểm" in text
    wrong = admin.post(path, **multipart(("2026.csv", b"unit,criterion,value\nHN,C9,1\n"), **token))
    assert wrong.status_code == 422
    assert "2026.csv:2:criterion: “C9” không phải là tiêu chí" in wrong.get_data(as_text=True)


def cluster_code(intake: SqlStore) -> str:
    from tests.builders.intake import cluster

    return cluster().code


def test_only_administrators_prepare_cycles(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    assert web.browser(officer()).get(PAGE).status_code == 403
    assert web.browser(administrator("other")).get(PAGE).status_code == 403
