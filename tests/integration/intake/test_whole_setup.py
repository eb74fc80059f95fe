"""From an empty council to an accepted submission: once by pages without script, in Vietnamese, once by API."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from openpyxl import load_workbook

from services.intake.store import SqlStore
from services.intake.submissions.queries import read_submission
from shared.criteria.excel.writing import framework_workbook
from shared.criteria.loader import load_document
from tests.builders.intake import COUNCIL, PDF, administrator
from tests.builders.intake_workbooks import CODES, framework
from tests.integration.intake.forms import form_token_of, forms_of, open_form, send
from tests.integration.intake.web import Web, multipart

CYCLE = "tw-2026"
ADMIN = f"/administration/{COUNCIL}"
UNIT = f"/cycles/{CYCLE}/units/HN"
TARGETED = [one["code"] for group in framework()["groups"] for one in group["criteria"] if one.get("target")]
FINE = (200, 201)
CHOSEN = "mưa xuân bay nhẹ"
# One sign-in name a role: who acts in this story.
CAST = (
    ("can.bo", "Nguyễn Thị Lan", "province_officer", "HN", None),
    ("lanh.dao", "Lê Văn Ký", "signing_leader", "HN", None),
    ("so.tai.chinh", "Sở Tài chính", "contributor", "HN", None),
    ("cum.truong", "Phạm Cụm Trưởng", "cluster_head", "HP", "K1"),
    ("thanh.vien", "Vũ Thành Viên", "province_officer", "QN", None),
    ("tham.dinh", "Đỗ Thẩm Định", "reviewer", None, None),
)


def filled(client: FlaskClient, file: str, page: str, change: Any) -> Any:
    """The page after the workbook at `file` was changed and brought to it."""
    book = load_workbook(BytesIO(client.get(file).data))
    change(book)
    out = BytesIO()
    book.save(out)
    return client.post(page, **multipart(("tệp.xlsx", out.getvalue()), csrf_token=form_token_of(client)))


def confirm(client: FlaskClient, page: Any, ending: str, **changed: str) -> Any:
    assert page.status_code == 200, page.get_data(as_text=True)
    form = next(form for form in forms_of(page) if form.action.endswith(ending))
    done = send(client, form, **changed)
    assert done.status_code in (200, 303), done.get_data(as_text=True)
    return done


def passed(answer: Any, *statuses: int) -> Any:
    """The answer, which for a page leads on to another one."""
    assert answer.status_code in (statuses or (303,)), answer.get_data(as_text=True)
    return answer


def signed_in(web: Web, login: str, password: str) -> FlaskClient:
    """A browser of somebody who chose a password of their own with the one that was handed over."""
    client = web.app.test_client()
    client.set_cookie("cong_tam_language", "vi")
    form = open_form(client, "/session/sign-in")
    passed(send(client, form, login=login, password=password, new_password=CHOSEN, repeated_password=CHOSEN))
    return client


def content_of(intake: SqlStore, number: int) -> Mapping[str, Any]:
    """What was accepted."""
    [found] = read_submission(intake, administrator(), CYCLE, "HN", number).submissions
    return found.content


def a_registered_council(web: Web) -> FlaskClient:
    """The council, as its first administrator registers it; what follows needs no API."""
    chief = administrator()
    title = {"vi": "Hội đồng Thi đua – Khen thưởng Trung ương", "en": "Central Council"}
    passed(web.api(chief).post("/v1/councils", json={"council": COUNCIL, "title": title}), *FINE)
    return web.browser(chief)


def test_the_whole_way_by_pages_without_script(web: Web, intake: SqlStore) -> None:
    admin = a_registered_council(web)
    _directory_by_excel(admin)
    people = _accounts_by_excel(web, admin)
    _cycle_by_excel(admin)
    _agree_on_the_criteria(admin, people)
    passed(send(admin, open_form(admin, "/administration", "/open")))
    _sign_the_covenant(people)
    _share_the_work(people)
    _fill_in_by_excel(people["can.bo"])
    number = _send_with_the_dossier(people)
    staff = people["tham.dinh"]
    for state in ("received", "accepted"):
        passed(send(staff, open_form(staff, f"{UNIT}/submissions/{number}", "/reception"), state=state))
    assert "đã chấp nhận" in people["can.bo"].get(f"{UNIT}/submissions/{number}").get_data(as_text=True).lower()
    # Nothing that was typed on the way is missing in what was accepted.
    content = content_of(intake, number)
    values = {item["criterion"]: item["value"] for item in content["items"]}
    assert set(values) >= set(CODES)
    assert (values[CODES[0]], values[CODES[1]]) == (7.5, 6.0)
    assert content["dossier"]["document_number"] == "125/BC-UBND"


def _directory_by_excel(admin: FlaskClient) -> None:
    def fill(book: Any) -> None:
        units, clusters, members, heads, _links = book.worksheets
        for code, title in (("HN", "Hà Nội"), ("HP", "Hải Phòng"), ("QN", "Quảng Ninh")):
            units.append([code, title, "", "01/01/2020"])
            members.append([code, "K1", "01/01/2020"])
        clusters.append(["K1", "Cụm thi đua số 1", "", "", "01/01/2020"])
        heads.append(["K1", "HP", "cụm trưởng", None, "01/01/2020"])
        heads.append(["K1", "QN", "Cụm phó", 1, "01/01/2020"])

    page = filled(admin, f"{ADMIN}/directory/workbook/file", f"{ADMIN}/directory/workbook", fill)
    confirm(admin, page, "/take")


def _accounts_by_excel(web: Web, admin: FlaskClient) -> dict[str, FlaskClient]:
    def fill(book: Any) -> None:
        for login, name, role, units, clusters in CAST:
            book.worksheets[0].append([login, name, role, units, clusters, None])

    page = filled(admin, f"{ADMIN}/accounts/workbook", f"{ADMIN}/accounts", fill)
    made = confirm(admin, page, "/create").get_data(as_text=True)
    passwords = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", made)
    assert len(passwords) == len(CAST)
    return {row[0]: signed_in(web, row[0], password) for row, password in zip(CAST, passwords, strict=True)}


def _cycle_by_excel(admin: FlaskClient) -> None:
    typed = {
        "title_vi": "Thi đua năm 2026",
        "cycle": CYCLE,
        "period_kind": "year",
        "period": "2026",
        "deadline_on": "31/12/2026",
        "late_days": "3",
        "csrf_token": form_token_of(admin),
    }
    workbook = framework_workbook(load_document(framework()))
    page = admin.post(f"{ADMIN}/new-cycle", **multipart(("khung.xlsx", workbook), **typed))
    passed(send(admin, next(one for one in forms_of(page) if one.action.endswith("new-cycle")), confirmed="1"))
    quota = {"flags-K1": "1", "source-K1": "Hướng dẫn số 01"}
    passed(send(admin, open_form(admin, f"/cycles/{CYCLE}/quotas", "/quotas"), **quota))


def _agree_on_the_criteria(admin: FlaskClient, people: dict[str, FlaskClient]) -> None:
    page, head = f"/cycles/{CYCLE}/criteria", people["cum.truong"]
    proposal = {"changes": f"{CODES[0]}: -5\n{CODES[1]}: +5", "cluster": "K1", "legal_reference": "Quy chế cụm"}
    passed(send(head, open_form(head, page, "/proposals"), **proposal, reason="Phù hợp vùng"))
    for who, kind, text in (("can.bo", "approve", ""), ("thanh.vien", "dissent", "Chưa có nguồn đối chiếu")):
        passed(send(people[who], open_form(people[who], page, "/position"), kind=kind, text=text))
    passed(send(admin, open_form(admin, page, "/confirmation"), document_number="15/QĐ-HĐ"))


def _sign_the_covenant(people: dict[str, FlaskClient]) -> None:
    officer, leader = people["can.bo"], people["lanh.dao"]
    values = {f"value-{code}": "5,5" for code in TARGETED}
    passed(send(officer, open_form(officer, f"{UNIT}/covenant", "/covenant"), **values))
    passed(send(leader, open_form(leader, f"{UNIT}/covenant/signature", "/signature"), document_number="01/GƯ"))
    page = people["thanh.vien"].get(f"{UNIT}/covenant").get_data(as_text=True)
    assert "01/GƯ" in page


def _share_the_work(people: dict[str, FlaskClient]) -> None:
    officer, department = people["can.bo"], people["so.tai.chinh"]
    form = open_form(officer, f"{UNIT}/contributions", "/contributions")
    page = officer.get(f"{UNIT}/contributions").get_data(as_text=True)
    [account] = set(re.findall(r'<option value="([0-9a-f-]{36})"', page))
    passed(send(officer, form, **{f"account-{CODES[0]}": account, f"due-{CODES[0]}": "2026-12-15"}))
    fill = open_form(department, UNIT)
    assert [name for name in fill.fields if name.endswith(".value")] == [f"items.{CODES[0]}.value"]
    passed(send(department, fill, **{f"items.{CODES[0]}.value": "7,5", f"items.{CODES[0]}.self_points": "18,75"}))
    steps = f"{UNIT}/contributions"
    passed(send(department, open_form(department, steps, "/steps"), state="supplied", criterion=CODES[0]))
    passed(send(officer, open_form(officer, steps, "/steps"), state="accepted", criterion=CODES[0]))


def _fill_in_by_excel(officer: FlaskClient) -> None:
    def fill(book: Any) -> None:
        sheet = book.worksheets[0]
        rows = {sheet.cell(row, 1).value: row for row in range(1, 120)}
        for code in CODES[1:]:
            cell = sheet.cell(rows[code], 5)
            choice = next((one for one in sheet.data_validations.dataValidation if cell.coordinate in one.cells), None)
            words = choice.formula1.strip('"').split(",") if choice and choice.type == "list" else []
            cell.value = words[0] if words else 6
            sheet.cell(rows[code], 6).value = 10

    page = filled(officer, f"{UNIT}/workbook/file", f"{UNIT}/workbook", fill)
    confirm(officer, page, "/take")


def _send_with_the_dossier(people: dict[str, FlaskClient]) -> int:
    officer, leader = people["can.bo"], people["lanh.dao"]
    form = open_form(officer, f"{UNIT}/items/{CODES[0]}/evidence", "/evidence")
    document = {"document_number": "12/BC-CTK", "issuer": "Cục Thống kê", "issued_on": "2026-11-01", "signer": "Ông A"}
    passed(officer.post(form.action, data={**form.fields, **document, "file": (BytesIO(PDF), "Báo cáo.pdf")}))
    form = open_form(officer, f"{UNIT}/dossier", "/dossier")
    dossier = {
        "document_number": "125/BC-UBND",
        "issued_on": "2026-12-20",
        "signer": "Lê Văn Ký",
        "position": "Chủ tịch",
    }
    passed(officer.post(form.action, data={**form.fields, **dossier, "file": (BytesIO(PDF), "Bản ký.pdf")}))
    assert officer.get(f"{UNIT}/send").status_code == 403  # who collates does not sign
    sent = passed(send(leader, open_form(leader, f"{UNIT}/send", "/send")))
    receipt = leader.get(sent.location).get_data(as_text=True)
    assert ("125/BC-UBND" in receipt, "Sở Tài chính" in leader.get(f"{UNIT}/send").get_data(as_text=True)) == (
        True,
        True,
    )
    return int(sent.location.rpartition("/")[2])


# --- by API ---------------------------------------------------------------------------------------------------


def grant(role: str, unit: str | None, cluster: str | None) -> dict[str, Any]:
    narrowed = {"units": [unit] if unit else None, "clusters": [cluster] if cluster else None}
    return {"role": role, "council": COUNCIL, **{name: codes for name, codes in narrowed.items() if codes}}


def test_the_whole_way_by_api(web: Web, intake: SqlStore) -> None:
    a_registered_council(web)
    admin = web.api(administrator())
    since = {"valid_from": "2020-01-01"}
    council = f"/v1/councils/{COUNCIL}"
    lists: dict[str, list[dict[str, Any]]] = {
        "units": [{"unit": code, "title": {"vi": code}, **since} for code in ("HN", "HP", "QN")],
        "clusters": [{"cluster": "K1", "title": {"vi": "Cụm thi đua số 1"}, **since}],
        "memberships": [{"unit": code, "cluster": "K1", **since} for code in ("HN", "HP", "QN")],
        "headships": [
            {"cluster": "K1", "unit": "HP", "position": "head", **since},
            {"cluster": "K1", "unit": "QN", "position": "deputy", "place": 1, **since},
        ],
    }
    for kind, rows in lists.items():
        passed(admin.post(f"{council}/{kind}", json={kind: rows}), *FINE)
    api = {}
    for login, name, role, unit_of, cluster_of in CAST:
        grants = [grant(role, unit_of, cluster_of)]
        body = {"login": login, "name": name, "password": CHOSEN, "grants": grants}
        account = passed(admin.post("/v1/accounts", json=body), *FINE).get_json()["id"]
        token = web.app.test_client().post("/v1/tokens", json={"login": login, "password": CHOSEN}).get_json()["token"]
        api[login] = type(admin)(web.app.test_client(), {"Authorization": f"Bearer {token}"})
        api[login].headers["X-Account"] = account
    cycle, unit = f"/v1/cycles/{CYCLE}", f"/v1/cycles/{CYCLE}/units/HN"
    body = {
        "cycle": CYCLE,
        "council": COUNCIL,
        "title": {"vi": "Thi đua năm 2026"},
        "period": "2026",
        "period_kind": "year",
        "deadline_on": "2026-12-31",
        "framework": framework(),
    }
    passed(admin.post("/v1/cycles", json=body), *FINE)
    quota = {"cluster": "K1", "flags": 1, "legal_source": "Hướng dẫn số 01"}
    passed(admin.put(f"{cycle}/quotas", json={"quotas": [quota]}), *FINE)
    proposal = {"framework": framework(), "reason": "Như dự thảo"}
    passed(api["cum.truong"].post(f"{cycle}/proposals", json=proposal), *FINE)
    for login, name in (("can.bo", "HN"), ("thanh.vien", "QN")):
        passed(api[login].post(f"{cycle}/proposals/1/positions", json={"unit": name, "kind": "approve"}), *FINE)
    passed(admin.post(f"{cycle}/proposals/1/confirmation", json={"document_number": "15/QĐ-HĐ"}), *FINE)
    passed(admin.post(f"{cycle}/open"), *FINE)
    officer, leader, department = api["can.bo"], api["lanh.dao"], api["so.tai.chinh"]
    lines = {"lines": [{"criterion": code, "value": 5.5} for code in TARGETED]}
    seen = passed(officer.put(f"{unit}/covenant/lines", json=lines, headers={"If-Match": '"0"'}), *FINE)
    signed = leader.post(f"{unit}/covenant/signature", json={}, headers={"If-Match": seen.headers["ETag"]})
    passed(signed, *FINE)
    given = {"assignments": [{"criterion": CODES[0], "account": department.headers["X-Account"]}]}
    seen = passed(officer.put(f"{unit}/draft/contributions", json=given, headers={"If-Match": '"0"'}), *FINE)
    item = {"value": 7.5, "self_points": 18.75}
    path = f"{unit}/draft/items/{CODES[0]}"
    seen = passed(department.put(path, json=item, headers={"If-Match": seen.headers["ETag"]}), *FINE)
    for who, state in ((department, "supplied"), (officer, "accepted")):
        step = {"criteria": [CODES[0]], "state": state}
        seen = passed(
            who.post(f"{unit}/draft/contributions/steps", json=step, headers={"If-Match": seen.headers["ETag"]}), 200
        )
    book = load_workbook(BytesIO(officer.get(f"{unit}/draft/workbook").data))
    sheet = book.worksheets[0]
    row = next(row for row in range(1, 120) if sheet.cell(row, 1).value == CODES[1])
    sheet.cell(row, 5).value = 6
    out = BytesIO()
    book.save(out)
    passed(officer.post(f"{unit}/draft/workbook", **multipart(("a.xlsx", out.getvalue()), take="true")), *FINE)
    etag = officer.get(f"{unit}/draft").headers["ETag"]
    sent = passed(leader.post(f"{unit}/submissions", headers={"If-Match": etag}), *FINE).get_json()
    for state in ("received", "accepted"):
        done = api["tham.dinh"].post(f"{unit}/submissions/{sent['number']}/reception", json={"state": state})
        assert passed(done, *FINE).get_json()["state"] == state
    items = content_of(intake, sent["number"])["items"]
    assert {item["criterion"]: item["value"] for item in items} == {CODES[0]: 7.5, CODES[1]: 6.0}
