"""Next year's set-up on pages: the directory by Excel, quotas, last year's cycle copied."""

import re
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from services.intake.cycles.queries import read_cycle
from services.intake.directory.actions import record_council
from services.intake.directory.model import Council
from services.intake.directory.queries import read_directory
from services.intake.store import SqlStore
from shared.criteria.model import Title
from tests.builders.intake import COUNCIL, CYCLE, a_directory, administrator, an_open_cycle, officer
from tests.integration.intake.forms import form_token_of, forms_of, open_form, send
from tests.integration.intake.web import Web, multipart

PAGE = f"/administration/{COUNCIL}/directory/workbook"
MERGER = "Nghị quyết số 202/2025/QH15"


def bring(client: FlaskClient, book: Workbook) -> TestResponse:
    out = BytesIO()
    book.save(out)
    body = multipart(("danh-muc.xlsx", out.getvalue()), csrf_token=form_token_of(client))
    return client.post(PAGE, **body)


def download(client: FlaskClient) -> Workbook:
    return load_workbook(BytesIO(client.get(f"{PAGE}/file").data))


def said(page: TestResponse) -> str:
    return re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))


@pytest.fixture
def nation(intake: SqlStore) -> SqlStore:
    record_council(intake, administrator(), Council(COUNCIL, Title(vi="Hội đồng Trung ương")))
    return intake


def test_a_whole_directory_comes_in_by_excel(web: Web, nation: SqlStore) -> None:
    admin = web.browser(administrator())
    book = download(admin)
    units, clusters, members, heads, links = book.worksheets
    for code, title, until in (("BN", "Bắc Ninh", None), ("BG", "Bắc Giang", "1/7/2025"), ("HN", "Hà Nội", None)):
        units.append([code, title, "", date(2020, 1, 1), until])
    clusters.append(["K1", "Cụm 1", "", "theo điểm, sau đó bỏ phiếu", "01/01/2020"])
    for unit, until in (("BN", None), ("BG", date(2025, 7, 1)), ("HN", None)):
        members.append([unit, "K1", date(2020, 1, 1), until])
    heads.append(["K1", "HN", "cụm trưởng", None, "2020-01-01"])
    heads.append(["K1", "BN", "cụm phó", 1, "2020-01-01"])
    links.append(["BN", "BG", "1/7/2025", MERGER])
    links.append(["BN", "BN", "1/7/2025", MERGER])
    page = bring(admin, book)
    assert page.status_code == 200, said(page)
    assert not read_directory(nation, administrator(), COUNCIL).units  # a look changes nothing
    take = next(form for form in forms_of(page) if form.action.endswith("/take"))
    assert send(admin, take).status_code == 303
    known = read_directory(nation, administrator(), COUNCIL)
    assert (len(known.units), len(known.memberships), len(known.headships), len(known.successions)) == (3, 3, 2, 2)
    assert [(one.predecessor, one.since, one.legal_source) for one in known.successions] == [
        ("BG", date(2025, 7, 1), MERGER),
        ("BN", date(2025, 7, 1), MERGER),
    ]
    # What is downloaded and brought back as it is says nothing new, in either language.
    assert "không có gì cần sửa" in said(bring(admin, download(admin)))
    english = web.browser(administrator(), "en")
    assert "nothing to change" in said(bring(english, download(english)))
    # A change is shown beside what stands now.
    book = download(admin)
    [row] = [row for row in book.worksheets[0].iter_rows(min_row=2) if row[0].value == "HN"]
    row[1].value = "Thủ đô Hà Nội"
    shown = bring(admin, book).get_data(as_text=True)
    assert "<del>Hà Nội</del> <ins>Thủ đô Hà Nội</ins>" in shown


def test_faults_stand_at_their_cells_and_nothing_is_taken(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    book = download(admin)
    units, _clusters, members, heads, links = book.worksheets
    units.append(["Huế", "Huế", "", "31/2/2026", None])
    units.append(["HUE", "", "", date(2020, 1, 1), None])
    members.append(["HN", "K9", date(2026, 1, 1), None])
    heads.append(["K1", "HP", "vua", None, date(2026, 1, 1)])
    links.append(["HN", "HP", date(2026, 1, 1), "=1+1"])
    page = bring(admin, book)
    assert page.status_code == 422
    text = said(page)
    places = re.findall(r"([\w, ]+![A-Z]\d+)", text)
    assert [place.strip().partition("!")[2] for place in places] == ["A5", "D5", "B6", "C3", "D2"]
    assert "31/2/2026" in text
    # What each cell says is fine, and what they say together is not: at its row.
    book = download(admin)
    book.worksheets[2].append(["HN", "K9", date(2026, 1, 1), None])
    page = bring(admin, book)
    assert (page.status_code, "!A5" in said(page), "K9" in said(page)) == (422, True, True)
    assert len(read_directory(intake, administrator(), COUNCIL).units) == 3


def test_what_is_no_plain_workbook_is_refused(web: Web, intake: SqlStore) -> None:
    a_directory(intake)
    admin = web.browser(administrator())
    token = form_token_of(admin)
    page = admin.post(PAGE, **multipart(("a.xlsx", b"PK no"), csrf_token=token))
    assert (page.status_code, "không có gì" in said(page)) == (422, False)
    lost = admin.post(f"{PAGE}/take", data={"csrf_token": token, "lists": '{"units": [{"unit": "HN"}]}'})
    assert (lost.status_code, "bản xem trước" in said(lost)) == (422, True)
    assert web.browser(officer()).get(PAGE).status_code == 403


def test_the_nations_communes_pass_through_the_preview(web: Web, nation: SqlStore) -> None:
    """3,321 units with their memberships: the form that carries them is larger than forms usually may be."""
    admin = web.browser(administrator())
    book = download(admin)
    units, clusters, members = book.worksheets[:3]
    for number in range(300):
        clusters.append([f"K{number:03}", f"Cụm thi đua số {number}", "", "", "1/7/2025"])
    for number in range(3321):
        units.append([f"X{number:05}", f"Xã Nguyễn Văn Cừ thứ {number}", f"Commune {number}", "1/7/2025"])
        members.append([f"X{number:05}", f"K{number % 300:03}", "1/7/2025"])
    page = bring(admin, book)
    assert page.status_code == 200, said(page)[:2000]
    assert "và 3121 dòng nữa" in said(page)
    take = next(form for form in forms_of(page) if form.action.endswith("/take"))
    assert send(admin, take).status_code == 303
    assert len(read_directory(nation, administrator(), COUNCIL).memberships) == 3321


def test_last_years_cycle_is_copied_on_one_page(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    admin = web.browser(administrator())
    quotas = open_form(admin, f"/cycles/{CYCLE}/quotas", "/quotas")
    wrong = send(admin, quotas, **{"flags-K1": "hai"})
    assert (wrong.status_code, "số nguyên" in said(wrong)) == (422, True)
    assert send(admin, quotas, **{"flags-K1": "2", "source-K1": "Hướng dẫn 01"}).status_code == 303
    assert "Hướng dẫn 01" in said(web.browser(officer()).get(f"/cycles/{CYCLE}/quotas"))
    form = open_form(admin, f"/cycles/{CYCLE}/copy", "/copy")
    assert (form.fields["cycle"], form.fields["period"], form.fields["deadline_on"]) == (
        "year-2027",
        "2027",
        "2027-12-20",
    )
    wrong = send(admin, form, period="27")
    assert (wrong.status_code, "2025" in said(wrong)) == (422, True)
    twice = admin.post(form.action, data={**form.fields, "head-K1": "HP", "deputy-K1": ["HP", "QN"]})
    assert (twice.status_code, "hai lần" in said(twice)) == (422, True)
    made = admin.post(form.action, data={**form.fields, "head-K1": "HN", "deputy-K1": ["QN", "HP"]})
    assert made.status_code == 303
    assert "Hướng dẫn 01" in said(admin.get(made.headers["Location"]))
    assert read_cycle(intake, administrator(), "year-2027").cycle.state == "draft"
    heads = read_directory(intake, administrator(), COUNCIL).headships
    assert sorted((one.position, one.place, one.unit) for one in heads) == [
        ("deputy", 1, "QN"),
        ("deputy", 2, "HP"),
        ("head", 0, "HN"),
    ]
    again = admin.post(form.action, data={**form.fields, "head-K1": "HN", "deputy-K1": ["QN", "HP"]})
    assert (again.status_code, "year-2027" in said(again)) == (422, True)
    assert web.browser(officer()).get(f"/cycles/{CYCLE}/copy").status_code == 403


def test_copying_and_quotas_by_api(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake)
    api = web.api(administrator())
    given = {"quotas": [{"cluster": "K1", "flags": 1, "legal_source": "Hướng dẫn 01"}]}
    assert api.put(f"/v1/cycles/{CYCLE}/quotas", json=given).status_code == 200
    [shown] = web.api(officer()).get(f"/v1/cycles/{CYCLE}/quotas").get_json()["quotas"]
    assert (shown["flags"], shown["by"]) == (1, administrator().name)
    link = {"unit": "HN", "predecessor": "HN", "since": "2026-07-01", "legal_source": MERGER}
    path = f"/v1/councils/{COUNCIL}/successions"
    assert api.post(path, json={"successions": [link]}).get_json()["added"] == 1
    assert web.api(officer()).get(path).get_json() == {"successions": [link]}
    proposed = api.get(f"/v1/cycles/{CYCLE}/copy?rotate=true").get_json()
    assert (proposed["cycle"], proposed["quotas"]) == ("year-2027", given["quotas"])
    assert [one["said"]["en"] for one in proposed["changes"]] == [
        f"HN follows upon HN from 01/07/2026 ({MERGER}); its history begins afresh."
    ]
    made = api.post(f"/v1/cycles/{CYCLE}/copies", json={"heads": [{"cluster": "K1", "head": "HN", "deputies": ["HP"]}]})
    assert (made.status_code, made.get_json()["state"]) == (201, "draft")
    assert api.post(f"/v1/cycles/{CYCLE}/copies", json={}).status_code == 409
    assert web.api(officer()).post(f"/v1/cycles/{CYCLE}/copies", json={}).status_code == 403
